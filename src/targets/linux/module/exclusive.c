// SPDX-License-Identifier: GPL-2.0
/* Pages that the device has to itself, to change them atomically. */
#include <linux/highmem.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "zdc.h"

int zdc_make_exclusive(struct zdc_device *device, const struct zdc_access *access)
{
	unsigned long address = zdc_address(access->page);
	struct page *page = NULL;
	int made;

	if (access->page >= ZDC_PAGES)
		return -EINVAL;
	if (!zdc_device_serves(device))
		return -ENODEV;
	mmap_read_lock(current->mm);
	made = make_device_exclusive_range(current->mm, address, address + PAGE_SIZE, &page,
					   zdc_device_owner(device));
	mmap_read_unlock(current->mm);
	if (made < 0)
		return made;
	if (!page)
		return -EBUSY;
	unlock_page(page);
	put_page(page);
	return 0;
}

/*
 * That the page is still the device's is read from the page table, under the lock that changes of mappings take, and nobody else
 * runs: a driver would have been told by its notifier.
 */
static int exchange(struct zdc_access *access)
{
	unsigned long address = zdc_address(access->page);
	struct vm_area_struct *vma = find_vma(current->mm, address);
	u64 before[ZDC_CELLS];
	pte_t entry;

	if (!vma || vma->vm_start > address || !(vma->vm_flags & VM_WRITE))
		return -EFAULT;
	if (!zdc_entry_at(current->mm, address, &entry) || pte_none(entry) || pte_present(entry) ||
	    !is_device_exclusive_entry(pte_to_swp_entry(entry)) || pte_swp_uffd_wp(entry))
		return -EINVAL;
	zdc_read_cells(pfn_swap_entry_to_page(pte_to_swp_entry(entry)), before);
	set_page_dirty(pfn_swap_entry_to_page(pte_to_swp_entry(entry)));
	zdc_write_cells(pfn_swap_entry_to_page(pte_to_swp_entry(entry)), access->cells);
	memcpy(access->cells, before, sizeof(before));
	return 0;
}

int zdc_exchange(const struct zdc_device *device, struct zdc_access *access)
{
	int failed;

	if (access->page >= ZDC_PAGES)
		return -EINVAL;
	if (!zdc_device_serves(device))
		return -ENODEV;
	mmap_read_lock(current->mm);
	failed = exchange(access);
	mmap_read_unlock(current->mm);
	return failed;
}
