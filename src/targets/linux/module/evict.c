// SPDX-License-Identifier: GPL-2.0
/* Eviction by frame, from whoever maps it: what a driver does that wants the room, or that is about to go. */
#include <linux/highmem.h>

#include "zdc.h"

bool zdc_evict_frame(struct zdc_frame *frame, struct mm_struct *mm, unsigned long address)
{
	unsigned long src = 0;
	unsigned long dst = 0;
	bool moved;

	zdc_window();
	if (migrate_device_range(&src, page_to_pfn(frame->page), 1))
		return false;
	zdc_window();
	if (src & MIGRATE_PFN_MIGRATE)
		dst = zdc_system_copy(frame->page, mm, address);
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
	unsigned long address = zdc_address(range->page);
	struct page *page;

	if (range->page >= ZDC_PAGES)
		return -EINVAL;
	page = zdc_page_at(current->mm, address);
	range->moved[0] = page && is_device_private_page(page) &&
			  zdc_evict_frame(zdc_frame_of(page), current->mm, address);
	return 0;
}

int zdc_evict_all(struct zdc_device *device)
{
	unsigned int at;
	int came = 0;

	for (at = 0; at < zdc.size.frames; at++)
		came += zdc_frame(device, at)->taken && zdc_evict_frame(zdc_frame(device, at), NULL, 0);
	return came;
}
