// SPDX-License-Identifier: GPL-2.0
/* Migration of a range of the asking process, with one outcome for each of its pages. */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "zdc.h"

/* One stretch of a range that lies in one mapping, as migrate_vma_setup demands. */
struct stretch {
	struct migrate_vma args;
	unsigned long src[ZDC_PAGES];
	unsigned long dst[ZDC_PAGES];
	/* What the pages held before they were collected: of use to one of the mutants. */
	u64 early[ZDC_PAGES][ZDC_CELLS];
};

static struct page *device_copy(struct zdc_device *device, struct page *from, unsigned long address)
{
	struct mm_struct *mm = current->mm;
	struct page *to;

	/* The kernel would refuse to map it, but only at the end. The device has no business with shared memory. */
	if (from && !PageAnon(from))
		return NULL;
	/* Where there is no frame anyway nothing is attempted, and no failure used up. */
	if (device->free_count == 0 || zdc_strikes(ZDC_NO_FRAME, from, mm, address))
		return NULL;
	to = zdc_frame_take(device);
	if (!to)
		return NULL;
	if (zdc_strikes(ZDC_NO_COPY, from, mm, address) && !zdc_is(ZDC_IGNORES_A_FAILED_COPY)) {
		if (!zdc_is(ZDC_FAILED_COPY_KEEPS_ITS_FRAME))
			zdc_frame_drop(to);
		else
			unlock_page(to);
		return NULL;
	}
	if (zdc_is(ZDC_IGNORES_A_FAILED_COPY) && zdc.injections[ZDC_NO_COPY].armed)
		return to;
	if (from)
		copy_highpage(zdc_frame_of(to)->memory, from);
	else if (!zdc_is(ZDC_LEAVES_A_HOLE_UNCLEARED))
		clear_highpage(zdc_frame_of(to)->memory);
	return to;
}

/* What a store that comes now leaves is lost. */
static void copy_early(struct stretch *stretch)
{
	unsigned long address;

	for (address = stretch->args.start; address < stretch->args.end; address += PAGE_SIZE) {
		pte_t entry;

		if (zdc_entry_at(current->mm, address, &entry) && pte_present(entry))
			zdc_read_cells(pte_page(entry), stretch->early[(address - stretch->args.start) / PAGE_SIZE]);
	}
	zdc_window();
}

static void copy_to_device(struct zdc_device *device, struct stretch *stretch)
{
	unsigned long at;

	for (at = 0; at < stretch->args.npages; at++) {
		struct page *to;

		if (!(stretch->src[at] & MIGRATE_PFN_MIGRATE))
			continue;
		to = device_copy(device, migrate_pfn_to_page(stretch->src[at]),
				 stretch->args.start + at * PAGE_SIZE);
		if (!to)
			continue;
		if (zdc_is(ZDC_COPIES_BEFORE_IT_COLLECTS))
			zdc_write_cells(zdc_frame_of(to)->memory, stretch->early[at]);
		stretch->dst[at] = migrate_pfn(page_to_pfn(to));
		if (stretch->src[at] & MIGRATE_PFN_WRITE)
			stretch->dst[at] |= MIGRATE_PFN_WRITE;
		if (zdc_is(ZDC_KEEPS_A_REFERENCE))
			get_page(to);
	}
}

unsigned long zdc_system_copy(struct page *device_page, struct mm_struct *mm, unsigned long address)
{
	struct zdc_frame *frame = zdc_frame_of(device_page);
	struct page *to;

	if (zdc_strikes(ZDC_SIGBUS, device_page, mm, address) || zdc_strikes(ZDC_OOM, device_page, mm, address))
		return 0;
	to = alloc_page(GFP_HIGHUSER_MOVABLE);
	if (!to)
		return 0;
	lock_page(to);
	if (zdc_is(ZDC_COPIES_THE_NEXT_FRAME))
		frame = zdc_frame_next(frame);
	copy_highpage(to, frame->memory);
	if (zdc_is(ZDC_COPIES_HALF_A_PAGE))
		memset64(page_address(to) + PAGE_SIZE / 2, ZDC_FILLER, PAGE_SIZE / 16);
	if (zdc_is(ZDC_KEEPS_WHAT_CAME_BACK))
		get_page(to);
	return migrate_pfn(page_to_pfn(to));
}

static void copy_to_system(struct stretch *stretch)
{
	unsigned long at;

	for (at = 0; at < stretch->args.npages; at++) {
		struct page *page = migrate_pfn_to_page(stretch->src[at]);

		/* A hole is offered, too, in whatever direction: without a page. */
		if (page && (stretch->src[at] & MIGRATE_PFN_MIGRATE))
			stretch->dst[at] = zdc_system_copy(page, current->mm, stretch->args.start + at * PAGE_SIZE);
	}
}

static void move(struct zdc_device *device, struct stretch *stretch, u8 *moved)
{
	bool to_device = stretch->args.flags == MIGRATE_VMA_SELECT_SYSTEM;
	unsigned long at;

	if (to_device && zdc_is(ZDC_COPIES_BEFORE_IT_COLLECTS))
		copy_early(stretch);
	if (migrate_vma_setup(&stretch->args))
		return;
	zdc_window();
	if (to_device)
		copy_to_device(device, stretch);
	else
		copy_to_system(stretch);
	migrate_vma_pages(&stretch->args);
	for (at = 0; at < stretch->args.npages; at++)
		moved[at] = !!(stretch->src[at] & MIGRATE_PFN_MIGRATE);
	migrate_vma_finalize(&stretch->args);
}

static int migrate(struct zdc_device *device, struct zdc_range *range, unsigned long flags)
{
	unsigned long address = zdc_address(range->page);
	unsigned long end;
	struct stretch stretch;

	if (range->count > ZDC_PAGES || range->page > ZDC_PAGES - range->count)
		return -EINVAL;
	memset(range->moved, 0, sizeof(range->moved));
	end = zdc_address(range->page + range->count);
	mmap_read_lock(current->mm);
	while (address < end) {
		struct vm_area_struct *vma = find_vma(current->mm, address);

		if (!vma || vma->vm_start >= end)
			break;
		if (vma->vm_start > address)
			address = vma->vm_start;
		memset(&stretch, 0, sizeof(stretch));
		stretch.args.vma = vma;
		stretch.args.src = stretch.src;
		stretch.args.dst = stretch.dst;
		stretch.args.start = address;
		stretch.args.end = min(end, vma->vm_end);
		stretch.args.pgmap_owner = zdc_device_owner(device);
		stretch.args.flags = flags;
		move(device, &stretch, range->moved + (address - zdc_address(range->page)) / PAGE_SIZE);
		address = stretch.args.end;
	}
	mmap_read_unlock(current->mm);
	if (zdc_is(ZDC_CLAIMS_WHAT_IT_SKIPPED))
		memset(range->moved, 1, range->count);
	return 0;
}

int zdc_to_device(struct zdc_device *device, struct zdc_range *range)
{
	if (zdc_device_serves(device))
		return migrate(device, range, MIGRATE_VMA_SELECT_SYSTEM);
	memset(range->moved, 0, sizeof(range->moved));
	return 0;
}

/* Also by a device that nobody uses; one that is gone has no pages. */
int zdc_to_system(struct zdc_device *device, struct zdc_range *range)
{
	return migrate(device, range, MIGRATE_VMA_SELECT_DEVICE_PRIVATE);
}
