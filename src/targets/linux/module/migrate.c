// SPDX-License-Identifier: GPL-2.0
/* Migration: a range of the calling process in either direction, and eviction by frame. */
#include <linux/highmem.h>
#include <linux/pagemap.h>

#include "zdc.h"

/**
 * zdc_migration_init() - prepare the arguments of migrate_vma_setup()
 * @migration: the arguments
 * @device: the device that migrates
 * @vma: the mapping
 * @start: the first address, in the mapping
 * @end: the end, in the mapping
 * @flags: MIGRATE_VMA_SELECT_...
 */
void zdc_migration_init(struct zdc_migration *migration, struct zdc_device *device,
			struct vm_area_struct *vma, unsigned long start, unsigned long end,
			unsigned long flags)
{
	memset(migration, 0, sizeof(*migration));
	migration->args.vma = vma;
	migration->args.src = migration->src;
	migration->args.dst = migration->dst;
	migration->args.start = start;
	migration->args.end = end;
	migration->args.pgmap_owner = zdc_device_owner(device);
	migration->args.flags = flags;
}

/* Allocates and fills a frame. @from is NULL for an unpopulated page. */
static struct page *zdc_copy_page_to_device(struct zdc_device *device, struct page *from,
					    unsigned long address)
{
	struct mm_struct *mm = current->mm;
	struct zdc_frame *frame;
	struct page *to;

	/* The kernel refuses to map shared memory on a device, but only after the copy. */
	if (from && !PageAnon(from))
		return NULL;
	/* Without a free frame nothing is attempted, so no injected failure is used up. */
	if (READ_ONCE(device->free_count) == 0 || zdc_should_fail(ZDC_NO_FRAME, from, mm, address))
		return NULL;
	to = zdc_frame_alloc(device);
	if (!to)
		return NULL;
	if (zdc_should_fail(ZDC_NO_COPY, from, mm, address))
		return zdc_hook_copy_failed(to);
	frame = zdc_frame_of(to);
	if (from)
		copy_highpage(frame->memory, from);
	else
		clear_highpage(frame->memory);
	zdc_hook_filled(frame, from, address);
	return to;
}

static void zdc_copy_range_to_device(struct zdc_device *device, struct zdc_migration *migration)
{
	unsigned long at;

	for (at = 0; at < migration->args.npages; at++) {
		struct page *to;

		if (!(migration->src[at] & MIGRATE_PFN_MIGRATE))
			continue;
		to = zdc_copy_page_to_device(device, migrate_pfn_to_page(migration->src[at]),
					     migration->args.start + at * PAGE_SIZE);
		if (!to)
			continue;
		migration->dst[at] = migrate_pfn(page_to_pfn(to));
		if (migration->src[at] & MIGRATE_PFN_WRITE)
			migration->dst[at] |= MIGRATE_PFN_WRITE;
	}
}

/**
 * zdc_copy_to_system() - copy a page of the device to a new system page
 * @device_page: the page of the device
 *
 * Return: the destination for migrate_vma_pages(), locked; 0 without memory.
 */
unsigned long zdc_copy_to_system(struct page *device_page)
{
	struct zdc_frame *frame = zdc_frame_of(device_page);
	struct page *to = alloc_page(GFP_HIGHUSER_MOVABLE);

	if (!to)
		return 0;
	lock_page(to);
	copy_highpage(to, frame->memory);
	zdc_hook_copied(to, frame);
	return migrate_pfn(page_to_pfn(to));
}

/**
 * zdc_try_copy_to_system() - the same, unless an injected failure hits it
 * @device_page: the page of the device
 * @mm: the process in which it was collected; NULL for eviction by frame
 * @address: the address at which it was collected
 *
 * Return: the destination for migrate_vma_pages(), locked; 0 after a failure.
 */
unsigned long zdc_try_copy_to_system(struct page *device_page, struct mm_struct *mm,
				     unsigned long address)
{
	if (zdc_should_fail(ZDC_SIGBUS, device_page, mm, address) ||
	    zdc_should_fail(ZDC_OOM, device_page, mm, address))
		return 0;
	return zdc_copy_to_system(device_page);
}

static void zdc_copy_range_to_system(struct zdc_migration *migration)
{
	unsigned long at;

	for (at = 0; at < migration->args.npages; at++) {
		struct page *page = migrate_pfn_to_page(migration->src[at]);

		/* Unpopulated pages are collected too, in either direction. */
		if (page && (migration->src[at] & MIGRATE_PFN_MIGRATE))
			migration->dst[at] =
				zdc_try_copy_to_system(page, current->mm,
						       migration->args.start + at * PAGE_SIZE);
	}
}

static void zdc_migrate_in_vma(struct zdc_device *device, struct zdc_migration *migration,
			       u8 *moved)
{
	bool to_device = migration->args.flags == MIGRATE_VMA_SELECT_SYSTEM;
	unsigned long at;

	if (to_device)
		zdc_hook_collect(migration);
	if (migrate_vma_setup(&migration->args))
		return;
	zdc_window();
	if (to_device)
		zdc_copy_range_to_device(device, migration);
	else
		zdc_copy_range_to_system(migration);
	migrate_vma_pages(&migration->args);
	for (at = 0; at < migration->args.npages; at++)
		moved[at] = !!(migration->src[at] & MIGRATE_PFN_MIGRATE);
	migrate_vma_finalize(&migration->args);
}

static int zdc_migrate(struct zdc_device *device, struct zdc_range *range, unsigned long flags)
{
	unsigned long address = zdc_address(range->page);
	struct zdc_migration migration;
	unsigned long end;

	if (range->count > ZDC_PAGES || range->page > ZDC_PAGES - range->count)
		return -EINVAL;
	memset(range->moved, 0, sizeof(range->moved));
	end = zdc_address(range->page + range->count);
	mmap_read_lock(current->mm);
	while (address < end) {
		struct vm_area_struct *vma = find_vma(current->mm, address);

		if (!vma || vma->vm_start >= end)
			break;
		address = max(address, vma->vm_start);
		zdc_migration_init(&migration, device, vma, address, min(end, vma->vm_end), flags);
		zdc_migrate_in_vma(device, &migration,
				   range->moved + zdc_page_number(address) - range->page);
		address = migration.args.end;
	}
	mmap_read_unlock(current->mm);
	zdc_hook_reported(range);
	return 0;
}

/**
 * zdc_migrate_to_device() - migrate a range to a device
 * @device: the device
 * @range: the range; receives for each page whether it moved
 *
 * Return: 0, or -EINVAL.
 */
int zdc_migrate_to_device(struct zdc_device *device, struct zdc_range *range)
{
	if (zdc_device_serves(device))
		return zdc_migrate(device, range, MIGRATE_VMA_SELECT_SYSTEM);
	memset(range->moved, 0, sizeof(range->moved));
	return 0;
}

/**
 * zdc_migrate_to_system() - migrate a range to system memory
 * @device: the device, which may be closed; a detached one has no pages
 * @range: the range; receives for each page whether it moved
 *
 * Return: 0, or -EINVAL.
 */
int zdc_migrate_to_system(struct zdc_device *device, struct zdc_range *range)
{
	return zdc_migrate(device, range, MIGRATE_VMA_SELECT_DEVICE_PRIVATE);
}

/**
 * zdc_evict_frame() - migrate the page in a frame to system memory, in all processes
 * @frame: the frame
 * @mm: the process that an injected failure may concern; NULL for any that maps the page
 * @address: the address in @mm
 *
 * Return: whether it moved.
 */
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
		dst = zdc_try_copy_to_system(frame->page, mm, address);
	if (dst)
		zdc_hook_evicted(migrate_pfn_to_page(dst));
	migrate_device_pages(&src, &dst, 1);
	moved = src & MIGRATE_PFN_MIGRATE;
	migrate_device_finalize(&src, &dst, 1);
	if (!moved)
		zdc_hook_not_evicted(frame);
	return moved;
}

/**
 * zdc_evict() - evict the frame that the calling process has at a page
 * @range: the page; receives whether it moved
 *
 * Return: 0, or -EINVAL.
 */
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

/**
 * zdc_evict_all() - evict all frames of a device
 * @device: the device
 *
 * Return: the number of pages that moved.
 */
int zdc_evict_all(struct zdc_device *device)
{
	unsigned int at;
	int moved = 0;

	for (at = 0; at < zdc.size.frames; at++)
		if (zdc_frame(device, at)->allocated)
			moved += zdc_evict_frame(zdc_frame(device, at), NULL, 0);
	return moved;
}
