// SPDX-License-Identifier: GPL-2.0
/* Eviction by frame, from whoever maps it: what a driver does that wants the room, or that is about to go. */
#include <linux/highmem.h>

#include "zdc.h"

bool zdc_evict_frame(struct zdc_frame *frame)
{
	unsigned long src = 0;
	unsigned long dst = 0;
	bool moved;

	zdc_window();
	if (migrate_device_range(&src, page_to_pfn(frame->page), 1))
		return false;
	zdc_window();
	if (src & MIGRATE_PFN_MIGRATE)
		dst = zdc_system_copy(frame->page);
	if (dst && zdc_is(ZDC_EVICTS_WITHOUT_COPYING))
		clear_highpage(migrate_pfn_to_page(dst));
	migrate_device_pages(&src, &dst, 1);
	moved = src & MIGRATE_PFN_MIGRATE;
	migrate_device_finalize(&src, &dst, 1);
	if (zdc_is(ZDC_FREES_A_FRAME_IN_USE) && !moved)
		zdc_page_free(frame->page);
	return moved;
}

int zdc_evict(struct zdc_range *range)
{
	struct page *page;

	if (range->page >= ZDC_PAGES)
		return -EINVAL;
	page = zdc_page_at(current->mm, zdc_address(range->page));
	range->moved[0] = page && is_device_private_page(page) && zdc_evict_frame(zdc_frame_of(page));
	return 0;
}

int zdc_evict_all(void)
{
	unsigned int number;
	int came = 0;

	for (number = 0; number < zdc.frames; number++)
		came += zdc_frame(number)->taken && zdc_evict_frame(zdc_frame(number));
	return came;
}
