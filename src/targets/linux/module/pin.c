// SPDX-License-Identifier: GPL-2.0
/* Pages held by the kernel for a device that reads and writes them: get_user_pages, with FOLL_PIN. */
#include "zdc.h"

int zdc_pin(const struct zdc_access *access)
{
	struct page *page;
	int pinned;

	if (access->slot >= ZDC_SLOTS || access->page >= ZDC_PAGES)
		return -EINVAL;
	if (zdc.pins[access->slot])
		return -EBUSY;
	pinned = pin_user_pages_fast(zdc_address(access->page), 1, FOLL_WRITE, &page);
	if (pinned != 1)
		return pinned < 0 ? pinned : -EFAULT;
	zdc.pins[access->slot] = page;
	return 0;
}

int zdc_unpin(struct zdc_access *access)
{
	if (access->slot >= ZDC_SLOTS || !zdc.pins[access->slot])
		return -EINVAL;
	zdc_read_cells(zdc.pins[access->slot], access->cells);
	unpin_user_page(zdc.pins[access->slot]);
	zdc.pins[access->slot] = NULL;
	return 0;
}

void zdc_unpin_all(void)
{
	unsigned int slot;

	for (slot = 0; slot < ZDC_SLOTS; slot++) {
		if (zdc.pins[slot])
			unpin_user_page(zdc.pins[slot]);
		zdc.pins[slot] = NULL;
	}
}
