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
};

static struct page *device_copy(struct page *from, unsigned long address)
{
	struct mm_struct *mm = current->mm;
	struct page *to;

	/* The kernel would refuse to map it, but only at the end. The device has no business with shared memory. */
	if (from && !PageAnon(from))
		return NULL;
	/* Where there is no frame anyway nothing is attempted, and no failure used up. */
	if (zdc.free_count == 0 || zdc_strikes(ZDC_NO_FRAME, from, mm, address))
		return NULL;
	to = zdc_frame_take();
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

static void copy_to_device(struct stretch *stretch)
{
	unsigned long at;

	for (at = 0; at < stretch->args.npages; at++) {
		struct page *to;

		if (!(stretch->src[at] & MIGRATE_PFN_MIGRATE))
			continue;
		to = device_copy(migrate_pfn_to_page(stretch->src[at]), stretch->args.start + at * PAGE_SIZE);
		if (!to)
			continue;
		stretch->dst[at] = migrate_pfn(page_to_pfn(to));
		if (stretch->src[at] & MIGRATE_PFN_WRITE)
			stretch->dst[at] |= MIGRATE_PFN_WRITE;
		if (zdc_is(ZDC_KEEPS_A_REFERENCE))
			get_page(to);
	}
}

unsigned long zdc_system_copy(struct page *device_page)
{
	struct zdc_frame *frame = zdc_frame_of(device_page);
	struct page *to;

	if (zdc_strikes(ZDC_SIGBUS, device_page, NULL, 0) || zdc_strikes(ZDC_OOM, device_page, NULL, 0))
		return 0;
	to = alloc_page(GFP_HIGHUSER_MOVABLE);
	if (!to)
		return 0;
	lock_page(to);
	if (zdc_is(ZDC_COPIES_THE_NEXT_FRAME))
		frame = zdc_frame((frame->number + 1) % zdc.frames);
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
			stretch->dst[at] = zdc_system_copy(page);
	}
}

static void move(struct stretch *stretch, u8 *moved)
{
	bool to_device = stretch->args.flags == MIGRATE_VMA_SELECT_SYSTEM;
	unsigned long at;

	if (migrate_vma_setup(&stretch->args))
		return;
	zdc_window();
	if (to_device)
		copy_to_device(stretch);
	else
		copy_to_system(stretch);
	migrate_vma_pages(&stretch->args);
	for (at = 0; at < stretch->args.npages; at++)
		moved[at] = !!(stretch->src[at] & MIGRATE_PFN_MIGRATE);
	migrate_vma_finalize(&stretch->args);
}

static int migrate(struct zdc_range *range, unsigned long flags)
{
	unsigned long address = zdc_address(range->page);
	unsigned long end;
	struct stretch stretch;

	if (range->count > ZDC_PAGES || range->page > ZDC_PAGES - range->count)
		return -EINVAL;
	memset(range->moved, 0, sizeof(range->moved));
	if (!zdc.attached && !zdc_is(ZDC_WORKS_WHILE_DETACHED))
		return 0;
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
		stretch.args.pgmap_owner = &zdc;
		stretch.args.flags = flags;
		move(&stretch, range->moved + (address - zdc_address(range->page)) / PAGE_SIZE);
		address = stretch.args.end;
	}
	mmap_read_unlock(current->mm);
	if (zdc_is(ZDC_CLAIMS_WHAT_IT_SKIPPED))
		memset(range->moved, 1, range->count);
	return 0;
}

int zdc_to_device(struct zdc_range *range)
{
	return migrate(range, MIGRATE_VMA_SELECT_SYSTEM);
}

int zdc_to_system(struct zdc_range *range)
{
	return migrate(range, MIGRATE_VMA_SELECT_DEVICE_PRIVATE);
}
