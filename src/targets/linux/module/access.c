// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and stores by a device, through its own page table: the mirror. hmm_range_fault fills it, and the interval
 * notifier empties it, under one lock with every use.
 */
#include <linux/highmem.h>
#include <linux/hmm.h>
#include <linux/uaccess.h>

#include "zdc.h"

#define PATIENCE 64

/* One access by a device to a page of a process. */
struct attempt {
	struct zdc_process *process;
	struct zdc_device *device;
	struct zdc_access *access;
	bool write;
	bool asks_write;
};

static bool invalidate(struct mmu_interval_notifier *notifier, const struct mmu_notifier_range *range,
		       unsigned long sequence)
{
	struct zdc_process *process = container_of(notifier, struct zdc_process, notifier);
	unsigned int device, page;

	spin_lock(&process->lock);
	mmu_interval_set_seq(notifier, sequence);
	for (page = 0; page < ZDC_PAGES; page++) {
		if (zdc_address(page) < range->start || zdc_address(page) >= range->end ||
		    zdc_is(ZDC_IGNORES_INVALIDATIONS))
			continue;
		for (device = 0; device < ZDC_DEVICES; device++)
			process->mirror[device][page] = 0;
	}
	spin_unlock(&process->lock);
	return true;
}

const struct mmu_interval_notifier_ops zdc_mirror_ops = {
	.invalidate = invalidate,
};

/* The device is about to go, and its page tables with it. */
void zdc_forget_mirrors(const struct zdc_device *device)
{
	struct zdc_process *process;

	for (process = zdc.processes; process < zdc.processes + ZDC_PROCESSES; process++) {
		if (!process->mm)
			continue;
		spin_lock(&process->lock);
		memset(process->mirror[device->number], 0, sizeof(process->mirror[0]));
		spin_unlock(&process->lock);
	}
}

/* Asks for the page with all that is needed for the access; its answer goes into the mirror. */
static int ask(const struct attempt *attempt, void *owner)
{
	struct zdc_process *process = attempt->process;
	unsigned int page = attempt->access->page;
	unsigned long pfn = 0;
	struct hmm_range range = {
		.notifier = &process->notifier,
		.start = zdc_address(page),
		.end = zdc_address(page) + PAGE_SIZE,
		.hmm_pfns = &pfn,
		.default_flags = HMM_PFN_REQ_FAULT | (attempt->asks_write ? HMM_PFN_REQ_WRITE : 0),
		.dev_private_owner = owner,
	};
	int patience;

	for (patience = 0; patience < PATIENCE; patience++) {
		int failed;

		range.notifier_seq = mmu_interval_read_begin(range.notifier);
		mmap_read_lock(current->mm);
		failed = hmm_range_fault(&range);
		mmap_read_unlock(current->mm);
		if (failed == -EBUSY)
			continue;
		if (failed)
			return failed;
		spin_lock(&process->lock);
		if (!mmu_interval_read_retry(range.notifier, range.notifier_seq)) {
			process->mirror[attempt->device->number][page] = pfn;
			spin_unlock(&process->lock);
			return 0;
		}
		spin_unlock(&process->lock);
	}
	return -EBUSY;
}

void zdc_read_cells(struct page *page, u64 *cells)
{
	void *memory = kmap_local_page(page);
	int at;

	for (at = 0; at < ZDC_CELLS; at++)
		cells[at] = *(u64 *)(memory + ZDC_CELL(at));
	kunmap_local(memory);
}

void zdc_write_cells(struct page *page, const u64 *cells)
{
	void *memory = kmap_local_page(page);
	int at;

	for (at = 0; at < ZDC_CELLS; at++)
		*(u64 *)(memory + ZDC_CELL(at)) = cells[at];
	kunmap_local(memory);
}

/* Carries out the access if the mirror permits it. */
static bool try(const struct attempt *attempt)
{
	struct zdc_process *process = attempt->process;
	struct zdc_access *access = attempt->access;
	bool write = attempt->write;
	struct page *page;
	unsigned long pfn;

	spin_lock(&process->lock);
	pfn = process->mirror[attempt->device->number][access->page];
	if (!(pfn & HMM_PFN_VALID) || (write && !(pfn & HMM_PFN_WRITE) && !zdc_is(ZDC_STORES_THROUGH_READ))) {
		spin_unlock(&process->lock);
		return false;
	}
	page = hmm_pfn_to_page(pfn);
	/*
	 * No page table tells of a store by the device; without this the page could be dropped as if it were unused. With this
	 * bug it may be anybody's page by now, and whether the kernel minds the mark depends on whose.
	 */
	if (write && !is_device_private_page(page) && !zdc_is(ZDC_IGNORES_INVALIDATIONS))
		set_page_dirty(page);
	if (is_device_private_page(page))
		page = zdc_frame_of(page)->memory;
	if (write)
		zdc_write_cells(page, access->cells);
	else
		zdc_read_cells(page, access->cells);
	spin_unlock(&process->lock);
	return true;
}

int zdc_device_access(struct zdc_device *device, struct zdc_access *access, bool write)
{
	struct attempt attempt = {
		.process = zdc_process_current(),
		.device = device,
		.access = access,
		.write = write,
		.asks_write = write || zdc_is(ZDC_LOAD_ASKS_FOR_WRITE),
	};
	int patience;

	if (!attempt.process || access->page >= ZDC_PAGES)
		return -EINVAL;
	if (!zdc_device_serves(device))
		return -ENODEV;
	for (patience = 0; patience < PATIENCE; patience++) {
		int failed;

		if (try(&attempt))
			return 0;
		failed = ask(&attempt, zdc_device_owner(device));
		if (failed)
			return failed;
		if (try(&attempt))
			return 0;
		/*
		 * A page of ours that may not be written: hmm_range_fault reports it as it is. For a stranger it
		 * brings the page back and breaks the sharing, as for a CPU.
		 */
		failed = ask(&attempt, NULL);
		if (failed)
			return failed;
	}
	return -EBUSY;
}

/* What the kernel can read of a process where it must not fault. */
int zdc_peek(struct zdc_access *access)
{
	int at;

	if (access->page >= ZDC_PAGES)
		return -EINVAL;
	for (at = 0; at < ZDC_CELLS; at++) {
		void __user *from = (void __user *)(zdc_address(access->page) + ZDC_CELL(at));

		if (copy_from_user_nofault(&access->cells[at], from, sizeof(u64)))
			return -EFAULT;
	}
	return 0;
}
