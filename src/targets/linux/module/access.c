// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses by a device and by the kernel.
 *
 * A device loads and stores through its own page table, the mirror. hmm_range_fault() fills it, the
 * interval notifier empties it, and every use of it is under the lock that the notifier takes.
 */
#include <linux/highmem.h>
#include <linux/hmm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "zdc.h"

/* The number of times that an access is tried while other tasks change the page table. */
#define ZDC_MAX_TRIES 64

/* One access by a device. */
struct zdc_attempt {
	struct zdc_process *process;
	struct zdc_device *device;
	struct zdc_access *access;
	bool write;
};

/* The results for the base pages of a page. */
static unsigned long *zdc_mirror_of(const struct zdc_process *process,
				    const struct zdc_device *device, unsigned int page)
{
	return process->mirror + (device->number * ZDC_PAGES + page) * zdc.run;
}

static bool zdc_invalidate(struct mmu_interval_notifier *notifier,
			   const struct mmu_notifier_range *range, unsigned long sequence)
{
	struct zdc_process *process = container_of(notifier, struct zdc_process, notifier);
	unsigned int device, page;

	spin_lock(&process->lock);
	mmu_interval_set_seq(notifier, sequence);
	for (page = 0; page < ZDC_PAGES && zdc_hook_invalidates(); page++) {
		if (zdc_address(page + 1) <= range->start || zdc_address(page) >= range->end)
			continue;
		for (device = 0; device < ZDC_DEVICES; device++)
			memset(zdc_mirror_of(process, &zdc.devices[device], page), 0,
			       zdc.run * sizeof(unsigned long));
	}
	spin_unlock(&process->lock);
	return true;
}

const struct mmu_interval_notifier_ops zdc_mirror_ops = {
	.invalidate = zdc_invalidate,
};

/**
 * zdc_mirror_clear() - empty the page tables of a device
 * @device: the device
 */
void zdc_mirror_clear(const struct zdc_device *device)
{
	struct zdc_process *process;

	for (process = zdc.processes; process < zdc.processes + ZDC_PROCESSES; process++) {
		if (!process->mm)
			continue;
		spin_lock(&process->lock);
		memset(zdc_mirror_of(process, device, 0), 0,
		       ZDC_PAGES * zdc.run * sizeof(unsigned long));
		spin_unlock(&process->lock);
	}
}

/*
 * In Linux 7.3, the results for a part of a large folio of the owner begin with its first page,
 * whatever part was asked for.
 */
static void zdc_mirror_correct(unsigned long *results, unsigned long address)
{
	struct page *first = hmm_pfn_to_page(results[0]);
	unsigned long offset = (address & ~PMD_MASK) / PAGE_SIZE;
	unsigned int at;

	if (!(results[0] & HMM_PFN_VALID) || !is_device_private_page(first) ||
	    hmm_pfn_to_map_order(results[0]) != ZDC_FOLIO_ORDER || PageTail(first))
		return;
	for (at = 0; at < zdc.run; at++)
		results[at] += offset;
}

/* Faults the page in as the access needs it, and enters the result in the mirror. */
static int zdc_mirror_fault(const struct zdc_attempt *attempt, void *owner)
{
	struct zdc_process *process = attempt->process;
	unsigned int page = attempt->access->page;
	struct hmm_range range = {
		.notifier = &process->notifier,
		.start = zdc_address(page),
		.end = zdc_address(page + 1),
		.hmm_pfns = process->results,
		.default_flags = HMM_PFN_REQ_FAULT,
		.dev_private_owner = owner,
	};
	int tries;

	memset(process->results, 0, zdc.run * sizeof(unsigned long));
	if (zdc_hook_requests_write(attempt->write))
		range.default_flags |= HMM_PFN_REQ_WRITE;
	for (tries = 0; tries < ZDC_MAX_TRIES; tries++) {
		int ret;

		range.notifier_seq = mmu_interval_read_begin(range.notifier);
		mmap_read_lock(current->mm);
		ret = hmm_range_fault(&range);
		mmap_read_unlock(current->mm);
		if (ret == -EBUSY)
			continue;
		if (ret)
			return ret;
		if (zdc_careful)
			zdc_mirror_correct(process->results, range.start);
		spin_lock(&process->lock);
		if (!mmu_interval_read_retry(range.notifier, range.notifier_seq)) {
			memcpy(zdc_mirror_of(process, attempt->device, page), process->results,
			       zdc.run * sizeof(unsigned long));
			spin_unlock(&process->lock);
			return 0;
		}
		spin_unlock(&process->lock);
	}
	return -EBUSY;
}

/**
 * zdc_read_cells() - read the value of a page
 * @page: a page with memory
 * @cells: receives the cells
 */
void zdc_read_cells(struct page *page, u64 *cells)
{
	void *memory = kmap_local_page(page);
	int at;

	for (at = 0; at < ZDC_CELLS; at++)
		cells[at] = *(u64 *)(memory + ZDC_CELL(at));
	kunmap_local(memory);
}

/**
 * zdc_write_cells() - write the value of a page
 * @page: a page with memory
 * @cells: the cells
 */
void zdc_write_cells(struct page *page, const u64 *cells)
{
	void *memory = kmap_local_page(page);
	int at;

	for (at = 0; at < ZDC_CELLS; at++)
		*(u64 *)(memory + ZDC_CELL(at)) = cells[at];
	kunmap_local(memory);
}

/* Where the mirror says that a base page is; NULL if it does not permit the access. */
static struct page *zdc_mirror_page(const struct zdc_attempt *attempt, unsigned int at)
{
	unsigned long pfn = zdc_mirror_of(attempt->process, attempt->device,
					  attempt->access->page)[at];

	if (!(pfn & HMM_PFN_VALID))
		return NULL;
	if (attempt->write && !zdc_hook_permits_write(pfn & HMM_PFN_WRITE))
		return NULL;
	return hmm_pfn_to_page(pfn);
}

/* Adds the value of a base page of a run. Cells of a run that differ stay different. */
static void zdc_merge_cells(struct page *page, u64 *cells, bool first)
{
	u64 next[ZDC_CELLS];

	zdc_read_cells(page, next);
	if (first)
		memcpy(cells, next, sizeof(next));
	else if (memcmp(cells, next, sizeof(next)))
		cells[ZDC_CELLS - 1] = ~cells[0];
}

static void zdc_mirror_access_page(const struct zdc_attempt *attempt, unsigned int at)
{
	struct page *page = zdc_mirror_page(attempt, at);

	/*
	 * No page table records a store by the device: without this, the kernel may drop the page
	 * as unmodified. A page that was not invalidated may belong to anybody.
	 */
	if (attempt->write && !is_device_private_page(page) && zdc_hook_invalidates())
		set_page_dirty(page);
	if (is_device_private_page(page))
		page = zdc_memory_of(page);
	if (attempt->write)
		zdc_write_cells(page, attempt->access->cells);
	else
		zdc_merge_cells(page, attempt->access->cells, at == 0);
}

/* Executes an access if the mirror permits it. Returns whether it was executed. */
static bool zdc_mirror_access(const struct zdc_attempt *attempt)
{
	struct zdc_process *process = attempt->process;
	bool permitted = true;
	unsigned int at;

	spin_lock(&process->lock);
	for (at = 0; at < zdc.run && permitted; at++)
		permitted = zdc_mirror_page(attempt, at);
	for (at = 0; at < zdc.run && permitted; at++)
		zdc_mirror_access_page(attempt, at);
	spin_unlock(&process->lock);
	return permitted;
}

/**
 * zdc_device_access() - a load or store by a device
 * @device: the device
 * @access: the page, and the value, which a load receives
 * @write: whether it is a store
 *
 * Return: 0, or a negative error.
 */
int zdc_device_access(struct zdc_device *device, struct zdc_access *access, bool write)
{
	struct zdc_attempt attempt = {
		.process = zdc_process_current(),
		.device = device,
		.access = access,
		.write = write,
	};
	int tries;

	if (!attempt.process || access->page >= ZDC_PAGES)
		return -EINVAL;
	if (!zdc_device_serves(device))
		return -ENODEV;
	for (tries = 0; tries < ZDC_MAX_TRIES; tries++) {
		int ret;

		if (zdc_mirror_access(&attempt))
			return 0;
		ret = zdc_mirror_fault(&attempt, zdc_device_owner(device));
		if (ret)
			return ret;
		if (zdc_mirror_access(&attempt))
			return 0;
		/*
		 * hmm_range_fault() reports a page of the owner that is not writable as it is.
		 * Without an owner, it migrates the page and breaks the sharing, as for a CPU.
		 */
		ret = zdc_mirror_fault(&attempt, NULL);
		if (ret)
			return ret;
	}
	return -EBUSY;
}

/**
 * zdc_nofault_load() - a load by the kernel that must not fault
 * @access: the page; receives the value
 *
 * Return: 0, or a negative error.
 */
int zdc_nofault_load(struct zdc_access *access)
{
	u64 cells[ZDC_CELLS];
	unsigned int at, page;

	if (access->page >= ZDC_PAGES)
		return -EINVAL;
	for (page = 0; page < zdc.run; page++) {
		for (at = 0; at < ZDC_CELLS; at++) {
			unsigned long from =
				zdc_address(access->page) + page * PAGE_SIZE + ZDC_CELL(at);

			if (copy_from_user_nofault(&cells[at], (void __user *)from, sizeof(u64)))
				return -EFAULT;
		}
		if (page == 0)
			memcpy(access->cells, cells, sizeof(cells));
		else if (memcmp(access->cells, cells, sizeof(cells)))
			access->cells[ZDC_CELLS - 1] = ~access->cells[0];
	}
	return 0;
}

/**
 * zdc_make_exclusive() - make a page of the calling process exclusive to a device
 * @device: the device
 * @access: the page
 *
 * Return: 0, or a negative error.
 */
int zdc_make_exclusive(struct zdc_device *device, const struct zdc_access *access)
{
	int ret;

	if (access->page >= ZDC_PAGES)
		return -EINVAL;
	if (!zdc_device_serves(device))
		return -ENODEV;
	mmap_read_lock(current->mm);
	ret = zdc_exclude(current->mm, zdc_address(access->page), zdc_device_owner(device));
	mmap_read_unlock(current->mm);
	return ret;
}

/* -EAGAIN if the page table has changed meanwhile. */
static int zdc_try_exchange(struct zdc_process *process, struct zdc_access *access)
{
	unsigned long sequence = mmu_interval_read_begin(&process->notifier);
	unsigned long address = zdc_address(access->page);
	struct vm_area_struct *vma;
	u64 before[ZDC_CELLS];
	int ret = -EAGAIN;
	pte_t entry;
	bool writable;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, address);
	writable = vma && vma->vm_start <= address && (vma->vm_flags & VM_WRITE);
	mmap_read_unlock(current->mm);
	if (!writable)
		return -EFAULT;
	if (!zdc_read_entry(current->mm, address, &entry) || pte_none(entry) ||
	    pte_present(entry) || !zdc_entry_is_exclusive(entry) ||
	    zdc_entry_is_write_protected(entry))
		return -EINVAL;
	/* A task that changes the entry calls the notifier first, which takes this lock. */
	spin_lock(&process->lock);
	if (!mmu_interval_read_retry(&process->notifier, sequence)) {
		struct page *page = zdc_entry_page(entry);

		zdc_read_cells(page, before);
		set_page_dirty(page);
		zdc_write_cells(page, access->cells);
		memcpy(access->cells, before, sizeof(before));
		ret = 0;
	}
	spin_unlock(&process->lock);
	return ret;
}

/**
 * zdc_exchange() - an atomic exchange by a device in a page that is exclusive to it
 * @device: the device
 * @access: the page and the value; receives the value before
 *
 * Return: 0, -EINVAL if the page is not exclusive, or another negative error.
 */
int zdc_exchange(const struct zdc_device *device, struct zdc_access *access)
{
	struct zdc_process *process = zdc_process_current();
	int tries, ret = -EBUSY;

	if (!process || access->page >= ZDC_PAGES)
		return -EINVAL;
	if (!zdc_device_serves(device))
		return -ENODEV;
	for (tries = 0; tries < ZDC_MAX_TRIES; tries++) {
		ret = zdc_try_exchange(process, access);
		if (ret != -EAGAIN)
			return ret;
	}
	return -EBUSY;
}

/**
 * zdc_pin() - pin a page of the calling process for reading and writing, with FOLL_PIN
 * @access: the page and the slot of the pin
 *
 * Return: 0, or a negative error.
 */
int zdc_pin(const struct zdc_access *access)
{
	struct page **pages;
	int ret;

	if (access->slot >= ZDC_SLOTS || access->page >= ZDC_PAGES)
		return -EINVAL;
	if (zdc.pins[access->slot])
		return -EBUSY;
	pages = kvcalloc(zdc.run, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(zdc_address(access->page), zdc.run, FOLL_WRITE, pages);
	if (ret != zdc.run) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		kvfree(pages);
		return ret < 0 ? ret : -EFAULT;
	}
	zdc.pins[access->slot] = pages;
	return 0;
}

static void zdc_end_pin(unsigned int slot)
{
	unpin_user_pages(zdc.pins[slot], zdc.run);
	kvfree(zdc.pins[slot]);
	zdc.pins[slot] = NULL;
}

/**
 * zdc_unpin() - end a pin
 * @access: its slot; receives the value of the page
 *
 * Return: 0, or -EINVAL for a free slot.
 */
int zdc_unpin(struct zdc_access *access)
{
	unsigned int at;

	if (access->slot >= ZDC_SLOTS || !zdc.pins[access->slot])
		return -EINVAL;
	for (at = 0; at < zdc.run; at++)
		zdc_merge_cells(zdc.pins[access->slot][at], access->cells, at == 0);
	zdc_end_pin(access->slot);
	return 0;
}

/**
 * zdc_unpin_all() - end all pins
 */
void zdc_unpin_all(void)
{
	unsigned int slot;

	for (slot = 0; slot < ZDC_SLOTS; slot++)
		if (zdc.pins[slot])
			zdc_end_pin(slot);
}
