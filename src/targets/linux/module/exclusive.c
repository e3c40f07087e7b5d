// SPDX-License-Identifier: GPL-2.0
/* Pages that the device has to itself, to change them atomically. */
#include <linux/highmem.h>

#include "zdc.h"

int zdc_make_exclusive(struct zdc_device *device, const struct zdc_access *access)
{
	unsigned long address = zdc_address(access->page);
	int failed;

	if (access->page >= ZDC_PAGES)
		return -EINVAL;
	if (!zdc_device_serves(device))
		return -ENODEV;
	mmap_read_lock(current->mm);
	failed = zdc_exclude(current->mm, address, zdc_device_owner(device));
	mmap_read_unlock(current->mm);
	return failed;
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
	    !zdc_entry_is_exclusive(entry) || zdc_entry_is_protected(entry))
		return -EINVAL;
	zdc_read_cells(zdc_entry_page(entry), before);
	set_page_dirty(zdc_entry_page(entry));
	zdc_write_cells(zdc_entry_page(entry), access->cells);
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
