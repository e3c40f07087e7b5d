// SPDX-License-Identifier: GPL-2.0
/* Migration: a range of the calling process in either direction, and eviction by frame. */
#include <linux/highmem.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "zdc.h"

bool zdc_careful;
module_param_named(careful, zdc_careful, bool, 0444);
MODULE_PARM_DESC(careful, "avoid what Linux 7.3 does wrong with large folios, to test the rest");

/**
 * zdc_migration_init() - prepare the arguments of migrate_vma_setup()
 * @migration: the arguments
 * @device: the device that migrates
 * @vma: the mapping
 * @start: the first address, in the mapping
 * @end: the end, in the mapping
 * @flags: MIGRATE_VMA_SELECT_...
 *
 * Return: 0, or -ENOMEM.
 */
int zdc_migration_init(struct zdc_migration *migration, struct zdc_device *device,
		       struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       unsigned long flags)
{
	unsigned long pages = (end - start) / PAGE_SIZE;

	memset(migration, 0, sizeof(*migration));
	migration->src = kvcalloc(2 * pages, sizeof(unsigned long), GFP_KERNEL);
	if (!migration->src)
		return -ENOMEM;
	migration->dst = migration->src + pages;
	migration->args.vma = vma;
	migration->args.src = migration->src;
	migration->args.dst = migration->dst;
	migration->args.start = start;
	migration->args.end = end;
	migration->args.pgmap_owner = zdc_device_owner(device);
	migration->args.flags = flags;
	return 0;
}

static bool zdc_is_held(const struct zdc_migration *migration, const struct folio *folio)
{
	unsigned int at;

	for (at = 0; at < migration->held_count; at++)
		if (migration->held[at] == folio)
			return true;
	return false;
}

static bool zdc_should_refuse_split(struct page *first)
{
	unsigned int page;

	for (page = 0; page < ZDC_CHUNK_PAGES; page += zdc.run)
		if (zdc_should_fail(ZDC_NO_SPLIT, first + page, NULL, 0))
			return true;
	return false;
}

/**
 * zdc_hold() - hold a large folio if an injected failure refuses its split
 * @migration: the migration that would split it
 * @page: a page of it; nothing happens if it is a base page
 *
 * The kernel does not split a folio with a reference that it does not expect.
 *
 * Return: whether it is held, until the migration is released.
 */
bool zdc_hold(struct zdc_migration *migration, struct page *page)
{
	struct folio *folio = page_folio(page);

	if (!folio_test_large(folio) || zdc_is_held(migration, folio))
		return folio_test_large(folio);
	if (migration->held_count == ZDC_PAGES || !zdc_should_refuse_split(&folio->page) ||
	    !folio_try_get(folio))
		return false;
	migration->held[migration->held_count++] = folio;
	return true;
}

/**
 * zdc_migration_release() - free the arguments, and release the held folios
 * @migration: the arguments
 */
void zdc_migration_release(struct zdc_migration *migration)
{
	while (migration->held_count > 0)
		folio_put(migration->held[--migration->held_count]);
	kvfree(migration->src);
}

static unsigned long zdc_address_at(const struct zdc_migration *migration, unsigned long at)
{
	return migration->args.start + at * PAGE_SIZE;
}

/**
 * zdc_is_compound() - whether a large folio, or an unpopulated block, was collected as it is
 * @migration: the migration
 * @at: the place
 *
 * Return: false for base pages.
 */
bool zdc_is_compound(const struct zdc_migration *migration, unsigned long at)
{
	return migration->src[at] & MIGRATE_PFN_COMPOUND;
}

/*
 * Whether the run at a place was collected: all base pages, which are all populated or all not.
 * Commands treat the pages of a run alike, so it migrates in one piece or not at all.
 */
static bool zdc_run_is_collected(const struct zdc_migration *migration, unsigned long at)
{
	bool populated = migrate_pfn_to_page(migration->src[at]);
	unsigned int page;

	for (page = 0; page < zdc.run; page++) {
		unsigned long src = migration->src[at + page];

		if (!(src & MIGRATE_PFN_MIGRATE) || !!migrate_pfn_to_page(src) != populated)
			return false;
	}
	return true;
}

/* The kernel refuses to map shared memory on a device, but only after the copy. */
static bool zdc_may_place(struct page *from)
{
	return !from || PageAnon(from);
}

static void zdc_copy_page_to_device(struct page *to, struct page *from)
{
	if (from)
		copy_highpage(zdc_memory_of(to), from);
	else
		clear_highpage(zdc_memory_of(to));
}

/* Allocates a frame for a page of which @from is the first base page; NULL: it is unpopulated. */
static struct page *zdc_place_run(struct zdc_device *device, struct page *from,
				  unsigned long address)
{
	struct mm_struct *mm = current->mm;
	struct page *to;

	if (!zdc_may_place(from))
		return NULL;
	/* Without a free frame nothing is attempted, so no injected failure is used up. */
	if (READ_ONCE(device->free_count) == 0 || zdc_should_fail(ZDC_NO_FRAME, from, mm, address))
		return NULL;
	to = zdc_frame_alloc(device);
	if (!to)
		return NULL;
	if (zdc_should_fail(ZDC_NO_COPY, from, mm, address))
		return zdc_hook_copy_failed(to);
	return to;
}

static void zdc_set_destination(struct zdc_migration *migration, unsigned long at, struct page *to)
{
	migration->dst[at] = migrate_pfn(page_to_pfn(to));
	if (migration->src[at] & MIGRATE_PFN_WRITE)
		migration->dst[at] |= MIGRATE_PFN_WRITE;
}

/*
 * The base pages of a run are next to each other only in a large folio, which was collected at its
 * first page.
 * @folio is that page, and the run begins at @offset of it; NULL: the run was
 * collected by itself, or is unpopulated.
 */
static void zdc_move_run_to_device(struct zdc_device *device, struct zdc_migration *migration,
				   unsigned long at, struct page *folio, unsigned long offset)
{
	unsigned long address = zdc_address_at(migration, at);
	struct page *from = folio ? folio + offset : migrate_pfn_to_page(migration->src[at]);
	struct page *to = zdc_place_run(device, from, address);
	unsigned int page;

	if (!to)
		return;
	for (page = 0; page < zdc.run; page++) {
		struct page *source = folio ? folio + offset + page :
					      migrate_pfn_to_page(migration->src[at + page]);

		zdc_copy_page_to_device(to + page, source);
		zdc_set_destination(migration, at + page, to + page);
	}
	zdc_hook_filled(zdc_frame_of(to), from, address);
}

/**
 * zdc_should_fail_whole() - whether an injected failure hits any page of a block
 * @kind: the kind of attempt
 * @migration: the migration
 * @at: the place where a large folio, or an unpopulated block, was collected
 * @mm: the process in which it was collected; NULL for eviction by frame
 *
 * Return: true if the attempt fails.
 */
bool zdc_should_fail_whole(enum zdc_injection_kind kind, const struct zdc_migration *migration,
			   unsigned long at, struct mm_struct *mm)
{
	struct page *from = migrate_pfn_to_page(migration->src[at]);
	unsigned int page;

	for (page = 0; page < ZDC_CHUNK_PAGES; page += zdc.run)
		if (zdc_should_fail(kind, from ? from + page : NULL, mm,
				    zdc_address_at(migration, at + page)))
			return true;
	return false;
}

static void zdc_move_whole_to_device(struct zdc_device *device, struct zdc_migration *migration,
				     unsigned long at)
{
	struct page *from = migrate_pfn_to_page(migration->src[at]);
	struct mm_struct *mm = current->mm;
	struct page *to;
	unsigned int page;

	if (!zdc_may_place(from) || zdc_should_fail_whole(ZDC_NO_FRAME, migration, at, mm))
		return;
	to = zdc_folio_alloc(device);
	if (!to)
		return;
	if (zdc_should_fail_whole(ZDC_NO_COPY, migration, at, mm)) {
		zdc_hook_copy_failed(to);
		return;
	}
	for (page = 0; page < zdc_hook_whole_pages(ZDC_CHUNK_PAGES); page++)
		zdc_copy_page_to_device(to + page, from ? from + page : NULL);
	zdc_set_destination(migration, at, to);
	migration->dst[at] |= MIGRATE_PFN_COMPOUND;
}

/* Linux 7.3 dereferences NULL if the first page of an unpopulated block gets a frame, not all. */
static void zdc_complete_parts(struct zdc_migration *migration, unsigned long at)
{
	unsigned int page, given = 0;

	for (page = 0; page < ZDC_CHUNK_PAGES; page += zdc.run)
		given += !!migration->dst[at + page];
	for (page = 0; page < ZDC_CHUNK_PAGES && given < zdc.size.block; page += zdc.run)
		if (migration->dst[at + page])
			zdc_frame_discard(migrate_pfn_to_page(migration->dst[at + page]));
	if (given < zdc.size.block)
		memset(migration->dst + at, 0, ZDC_CHUNK_PAGES * sizeof(*migration->dst));
}

/*
 * Without a block of frames each page gets a frame of its own, as far as there are any. The kernel
 * then splits the large folio.
 */
static void zdc_move_parts_to_device(struct zdc_device *device, struct zdc_migration *migration,
				     unsigned long at)
{
	struct page *from = migrate_pfn_to_page(migration->src[at]);
	unsigned int page;

	/* Without a destination, so that no frame is allocated in vain. */
	if (from && zdc_should_refuse_split(from))
		return;
	for (page = 0; page < ZDC_CHUNK_PAGES; page += zdc.run)
		zdc_move_run_to_device(device, migration, at + page, from, page);
	if (zdc_careful && !from)
		zdc_complete_parts(migration, at);
}

static void zdc_copy_range_to_device(struct zdc_device *device, struct zdc_migration *migration)
{
	unsigned long at = 0;

	while (at < migration->args.npages) {
		if (!zdc_is_compound(migration, at)) {
			if (zdc_run_is_collected(migration, at))
				zdc_move_run_to_device(device, migration, at, NULL, 0);
			at += zdc.run;
			continue;
		}
		if (!(migration->src[at] & MIGRATE_PFN_MIGRATE))
			;
		else if (zdc_has_free_block(device) &&
			 !zdc_should_fail_whole(ZDC_NO_LARGE_FRAME, migration, at, current->mm))
			zdc_move_whole_to_device(device, migration, at);
		else
			zdc_move_parts_to_device(device, migration, at);
		at += ZDC_CHUNK_PAGES;
	}
}

static unsigned long zdc_copy_page_to_system(struct page *to, struct page *device_page)
{
	copy_highpage(to, zdc_memory_of(device_page));
	return migrate_pfn(page_to_pfn(to));
}

/**
 * zdc_copy_to_system() - copy a page of the device to new system pages
 * @device_page: its first base page
 * @dst: receives the destinations for migrate_vma_pages(), locked; unchanged without memory
 *
 * Return: whether there was memory.
 */
bool zdc_copy_to_system(struct page *device_page, unsigned long *dst)
{
	unsigned int at;

	for (at = 0; at < zdc.run; at++) {
		struct page *to = alloc_page(GFP_HIGHUSER_MOVABLE);

		if (!to)
			break;
		lock_page(to);
		dst[at] = zdc_copy_page_to_system(to, device_page + at);
		zdc_hook_copied(to, device_page + at);
	}
	if (at == zdc.run)
		return true;
	while (at-- > 0) {
		unlock_page(migrate_pfn_to_page(dst[at]));
		put_page(migrate_pfn_to_page(dst[at]));
		dst[at] = 0;
	}
	return false;
}

/**
 * zdc_try_copy_to_system() - the same, unless an injected failure hits it
 * @device_page: the first base page
 * @dst: receives the destinations
 * @mm: the process in which it was collected; NULL for eviction by frame
 * @address: the address at which it was collected
 *
 * Return: whether it was copied.
 */
bool zdc_try_copy_to_system(struct page *device_page, unsigned long *dst, struct mm_struct *mm,
			    unsigned long address)
{
	if (zdc_should_fail(ZDC_SIGBUS, device_page, mm, address) ||
	    zdc_should_fail(ZDC_OOM, device_page, mm, address))
		return false;
	return zdc_copy_to_system(device_page, dst);
}

/**
 * zdc_move_parts_to_system() - copy each page of a large folio to system pages of its own
 * @migration: the migration
 * @at: the place where the folio was collected
 * @mm: the process in which it was collected; NULL for eviction by frame
 *
 * The kernel has to split the folio then.
 */
void zdc_move_parts_to_system(struct zdc_migration *migration, unsigned long at,
			      struct mm_struct *mm)
{
	struct page *from = migrate_pfn_to_page(migration->src[at]);
	unsigned int page;

	zdc_hold(migration, from);
	for (page = 0; page < ZDC_CHUNK_PAGES; page += zdc.run)
		zdc_try_copy_to_system(from + page, migration->dst + at + page, mm,
				       zdc_address_at(migration, at + page));
}

static struct page *zdc_alloc_large_page(void)
{
	struct page *page = alloc_pages(GFP_TRANSHUGE | __GFP_NOWARN, ZDC_FOLIO_ORDER);

#ifdef ZDC_HAS_LARGE_FOLIOS
	if (page)
		folio_set_large_rmappable(page_folio(page));
#endif
	return page;
}

/**
 * zdc_move_whole_to_system() - copy a large folio to a large system page
 * @migration: the migration
 * @at: the place where the folio was collected
 *
 * Return: whether there was memory.
 */
bool zdc_move_whole_to_system(struct zdc_migration *migration, unsigned long at)
{
	struct page *from = migrate_pfn_to_page(migration->src[at]);
	struct page *to = zdc_alloc_large_page();
	unsigned int page;

	if (!to)
		return false;
	lock_page(to);
	for (page = 0; page < ZDC_CHUNK_PAGES; page++) {
		zdc_copy_page_to_system(to + page, from + page);
		zdc_hook_copied(to + page, from + page);
	}
	migration->dst[at] = migrate_pfn(page_to_pfn(to)) | MIGRATE_PFN_COMPOUND;
	return true;
}

/* Migrates a large folio as it is, or in parts. */
static void zdc_move_folio_to_system(struct zdc_migration *migration, unsigned long at,
				     struct mm_struct *mm)
{
	if (zdc_should_fail_whole(ZDC_SIGBUS, migration, at, mm) ||
	    zdc_should_fail_whole(ZDC_OOM, migration, at, mm))
		return;
	if (zdc_should_fail_whole(ZDC_NO_LARGE_PAGE, migration, at, mm) ||
	    !zdc_move_whole_to_system(migration, at))
		zdc_move_parts_to_system(migration, at, mm);
}

static void zdc_copy_range_to_system(struct zdc_migration *migration)
{
	struct mm_struct *mm = current->mm;
	unsigned long at = 0;

	while (at < migration->args.npages) {
		struct page *page = migrate_pfn_to_page(migration->src[at]);

		/* Unpopulated pages are collected too, in either direction. */
		if (zdc_is_compound(migration, at)) {
			if (page && (migration->src[at] & MIGRATE_PFN_MIGRATE))
				zdc_move_folio_to_system(migration, at, mm);
			at += ZDC_CHUNK_PAGES;
			continue;
		}
		if (page && zdc_run_is_collected(migration, at))
			zdc_try_copy_to_system(page, migration->dst + at, mm,
					       zdc_address_at(migration, at));
		at += zdc.run;
	}
}

/*
 * The outcome of a run after migrate_vma_pages(). In a race with a store, a part of an unpopulated
 * run may move: the store has populated the base pages before it, and migrates the others back.
 */
static u8 zdc_outcome_of_run(const struct zdc_migration *migration, unsigned long at)
{
	unsigned int page, moved = 0;

	for (page = 0; page < zdc.run; page++)
		moved += !!(migration->src[at + page] & MIGRATE_PFN_MIGRATE);
	if (moved > 0 && zdc.log->racing)
		return ZDC_MOVED;
	if (moved > 0 && moved < zdc.run)
		zdc_note_difference("of page %u, %u base pages of %u moved",
				    zdc_page_number(zdc_address_at(migration, at)), moved, zdc.run);
	return moved == zdc.run ? ZDC_MOVED : ZDC_SKIPPED;
}

static void zdc_report(const struct zdc_migration *migration, u8 *outcomes)
{
	unsigned long at = 0;

	while (at < migration->args.npages) {
		bool whole = (migration->dst[at] & MIGRATE_PFN_COMPOUND) &&
			     (migration->src[at] & MIGRATE_PFN_MIGRATE);

		if (whole) {
			memset(outcomes + at / zdc.run, zdc_hook_whole_outcome(), zdc.size.block);
			at += ZDC_CHUNK_PAGES;
			continue;
		}
		outcomes[at / zdc.run] = zdc_outcome_of_run(migration, at);
		at += zdc.run;
	}
}

/* Whether migrate_vma_setup() collects a large folio as it is. */
static bool zdc_collects_whole(const struct zdc_migration *migration, unsigned long address)
{
	unsigned long first = ALIGN_DOWN(address, SZ_2M);
	bool zero;

	return (migration->args.flags & MIGRATE_VMA_SELECT_COMPOUND) &&
	       first >= migration->args.start && first + SZ_2M <= migration->args.end &&
	       zdc_is_whole(migration->args.vma->vm_mm, address, &zero);
}

/* Holds the large folios that the setup of a migration would split. */
static void zdc_hold_collected(struct zdc_migration *migration)
{
	bool to_device = migration->args.flags & MIGRATE_VMA_SELECT_SYSTEM;
	unsigned long address;

	if (!zdc_has_blocks())
		return;
	for (address = migration->args.start; address < migration->args.end;
	     address += zdc_page_size()) {
		struct page *page = zdc_page_at(migration->args.vma->vm_mm, address);

		if (!page || !PageAnon(page) || is_device_private_page(page) == to_device ||
		    zdc_collects_whole(migration, address))
			continue;
		if (to_device || zdc_device_owner(zdc_frame_of(page)->device) ==
					 migration->args.pgmap_owner)
			zdc_hold(migration, page);
	}
}

/**
 * zdc_migration_window() - sleep during a race, between setup and copy
 * @migration: the migration
 *
 * In Linux 7.3, a discard of a block drops a reference of its folio that it does not own, if the
 * folio leaves the device as it is meanwhile.
 */
void zdc_migration_window(const struct zdc_migration *migration)
{
	unsigned long at;

	for (at = 0; at < migration->args.npages && zdc_careful; at++) {
		struct page *page = migrate_pfn_to_page(migration->src[at]);

		if (page && zdc_is_compound(migration, at) && is_device_private_page(page))
			return;
	}
	zdc_window();
}

static void zdc_migrate_in_vma(struct zdc_device *device, struct zdc_migration *migration,
			       u8 *outcomes)
{
	bool to_device = migration->args.flags & MIGRATE_VMA_SELECT_SYSTEM;

	if (to_device)
		zdc_hook_collect(migration);
	zdc_hold_collected(migration);
	if (migrate_vma_setup(&migration->args))
		return;
	zdc_migration_window(migration);
	if (to_device)
		zdc_copy_range_to_device(device, migration);
	else
		zdc_copy_range_to_system(migration);
	migrate_vma_pages(&migration->args);
	zdc_report(migration, outcomes);
	migrate_vma_finalize(&migration->args);
}

static int zdc_migrate(struct zdc_device *device, struct zdc_range *range, unsigned long flags)
{
	unsigned long address = zdc_address(range->page);
	struct zdc_migration migration;
	unsigned long end;
	int ret = 0;

	if (range->count > ZDC_PAGES || range->page > ZDC_PAGES - range->count)
		return -EINVAL;
	memset(range->outcomes, ZDC_SKIPPED, sizeof(range->outcomes));
	end = zdc_address(range->page + range->count);
	if (range->compound)
		flags |= MIGRATE_VMA_SELECT_COMPOUND;
	mmap_read_lock(current->mm);
	while (address < end) {
		struct vm_area_struct *vma = find_vma(current->mm, address);

		if (!vma || vma->vm_start >= end)
			break;
		address = max(address, vma->vm_start);
		ret = zdc_migration_init(&migration, device, vma, address, min(end, vma->vm_end),
					 flags);
		if (ret)
			break;
		zdc_migrate_in_vma(device, &migration,
				   range->outcomes + zdc_page_number(address) - range->page);
		address = migration.args.end;
		zdc_migration_release(&migration);
	}
	mmap_read_unlock(current->mm);
	zdc_hook_reported(range);
	return ret;
}

/**
 * zdc_migrate_to_device() - migrate a range to a device
 * @device: the device
 * @range: the range; receives the outcome of each page
 *
 * Return: 0, or a negative error.
 */
int zdc_migrate_to_device(struct zdc_device *device, struct zdc_range *range)
{
	if (zdc_device_serves(device))
		return zdc_migrate(device, range, MIGRATE_VMA_SELECT_SYSTEM);
	memset(range->outcomes, ZDC_SKIPPED, sizeof(range->outcomes));
	return 0;
}

/**
 * zdc_migrate_to_system() - migrate a range to system memory
 * @device: the device, which may be closed; a detached one has no pages
 * @range: the range; receives the outcome of each page
 *
 * Return: 0, or a negative error.
 */
int zdc_migrate_to_system(struct zdc_device *device, struct zdc_range *range)
{
	return zdc_migrate(device, range, MIGRATE_VMA_SELECT_DEVICE_PRIVATE);
}

/* The large folio that the calling process maps at an address; NULL if there is none. */
static struct page *zdc_large_page_at(unsigned long address)
{
	struct page *page = zdc_page_at(current->mm, address);

	return page && PageCompound(page) && PageAnon(page) ? page : NULL;
}

/**
 * zdc_split() - split the large folio of a page of the calling process
 * @number: the page
 *
 * No function for this is exported to drivers. A migration that does not select large folios splits
 * them when it collects them. Without a destination each page stays where it is.
 *
 * Return: 0, -EINVAL if there is no large folio, -EBUSY if the kernel did not split it, or -ENOMEM.
 */
int zdc_split(unsigned int number)
{
	unsigned long flags = MIGRATE_VMA_SELECT_SYSTEM, address = zdc_address(number);
	struct zdc_device *device = &zdc.devices[0];
	struct zdc_migration migration;
	struct page *page;
	int ret = -EINVAL;

	if (number >= ZDC_PAGES)
		return ret;
	mmap_read_lock(current->mm);
	page = zdc_large_page_at(address);
	if (!page)
		goto out;
	if (is_device_private_page(page)) {
		flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE;
		device = zdc_frame_of(page)->device;
	}
	ret = zdc_migration_init(&migration, device, find_vma(current->mm, address), address,
				 address + zdc_page_size(), flags);
	if (ret)
		goto out;
	zdc_hold(&migration, page);
	if (!migrate_vma_setup(&migration.args)) {
		migrate_vma_pages(&migration.args);
		migrate_vma_finalize(&migration.args);
	}
	ret = zdc_large_page_at(address) ? -EBUSY : 0;
	zdc_migration_release(&migration);
out:
	mmap_read_unlock(current->mm);
	return ret;
}

static void zdc_evict_collected(struct zdc_migration *migration, struct mm_struct *mm,
				unsigned long address)
{
	unsigned long at = 0;

	while (at < migration->args.npages) {
		struct page *page = migrate_pfn_to_page(migration->src[at]);

		if (zdc_is_compound(migration, at)) {
			if (page && (migration->src[at] & MIGRATE_PFN_MIGRATE))
				zdc_move_folio_to_system(migration, at, NULL);
			at += ZDC_CHUNK_PAGES;
			continue;
		}
		if (page && zdc_run_is_collected(migration, at) &&
		    zdc_try_copy_to_system(page, migration->dst + at, mm, address))
			zdc_hook_evicted(migrate_pfn_to_page(migration->dst[at]));
		at += zdc.run;
	}
}

/* The number of pages of the case that moved. */
static int zdc_count_moved(const struct zdc_migration *migration)
{
	unsigned long at = 0;
	int moved = 0;

	while (at < migration->args.npages) {
		if ((migration->dst[at] & MIGRATE_PFN_COMPOUND) &&
		    (migration->src[at] & MIGRATE_PFN_MIGRATE)) {
			moved += zdc.size.block;
			at += ZDC_CHUNK_PAGES;
			continue;
		}
		moved += zdc_outcome_of_run(migration, at) == ZDC_MOVED;
		at += zdc.run;
	}
	return moved;
}

/* Chunks are apart from each other, so a range of frames is a list of pages. */
static int zdc_collect_frames(struct zdc_migration *migration, const struct zdc_device *device,
			      unsigned int first)
{
#ifdef ZDC_HAS_LARGE_FOLIOS
	unsigned long at;

	for (at = 0; at < migration->args.npages; at++) {
		struct zdc_frame *frame = zdc_frame(device, first + at / zdc.run);

		migration->src[at] = page_to_pfn(frame->page) + at % zdc.run;
	}
	return migrate_device_pfns(migration->src, migration->args.npages);
#else
	struct zdc_frame *frame = zdc_frame(device, first);

	return migrate_device_range(migration->src, page_to_pfn(frame->page), 1);
#endif
}

/*
 * Migrates the pages in a range of frames to system memory, in all processes. Returns the number of
 * those that moved.
 */
static int zdc_evict_frames(struct zdc_device *device, unsigned int first, unsigned int count,
			    struct mm_struct *mm, unsigned long address)
{
	struct zdc_migration migration;
	int moved = 0;

	if (zdc_migration_init(&migration, device, NULL, 0, count * zdc_page_size(), 0))
		return 0;
	migration.args.npages = count * zdc.run;
	zdc_window();
	if (!zdc_collect_frames(&migration, device, first)) {
		zdc_window();
		zdc_evict_collected(&migration, mm, address);
		migrate_device_pages(migration.src, migration.dst, migration.args.npages);
		moved = zdc_count_moved(&migration);
		migrate_device_finalize(migration.src, migration.dst, migration.args.npages);
	}
	zdc_migration_release(&migration);
	return moved;
}

/**
 * zdc_evict_frame() - migrate the page in a frame to system memory, in all processes
 * @frame: the frame of a base page
 * @mm: the process that an injected failure may concern; NULL for any that maps the page
 * @address: the address in @mm
 *
 * Return: whether it moved.
 */
bool zdc_evict_frame(struct zdc_frame *frame, struct mm_struct *mm, unsigned long address)
{
	bool moved = zdc_evict_frames(frame->device, frame->number, 1, mm, address);

	if (!moved)
		zdc_hook_not_evicted(frame);
	return moved;
}

/**
 * zdc_evict() - evict the frame that the calling process has at a page
 * @range: the page; receives whether it moved
 *
 * Return: 0, or a negative error.
 */
int zdc_evict(struct zdc_range *range)
{
	unsigned long address = zdc_address(range->page);
	struct zdc_frame *frame;
	struct page *page;

	if (range->page >= ZDC_PAGES)
		return -EINVAL;
	page = zdc_page_at(current->mm, address);
	range->outcomes[0] = ZDC_SKIPPED;
	if (!page || !is_device_private_page(page))
		return 0;
	frame = zdc_frame_of(page);
	/* The kernel splits a large folio for a part of a mapping, not for a part of its frames. */
	if (zdc_frame_is_large(frame))
		return zdc_migrate_to_system(frame->device, range);
	if (zdc_evict_frame(frame, current->mm, address))
		range->outcomes[0] = ZDC_MOVED;
	return 0;
}

/*
 * In Linux 7.3 a range that begins inside a large folio, or on a frame where one was, loses as many
 * frames as that folio has.
 */
static int zdc_evict_carefully(struct zdc_device *device, unsigned int at, unsigned int end)
{
	int moved = 0;

	while (at < end) {
		struct zdc_frame *frame = zdc_frame(device, at);
		unsigned int frames = 1;

		if (zdc_frame_is_large(frame))
			frames = zdc.size.block - at % zdc.size.block;
		if (frame->used && at + frames <= end &&
		    (frames == 1 || frames == zdc.size.block))
			moved += zdc_evict_frames(device, at, frames, NULL, 0);
		at += frames;
	}
	return moved;
}

/**
 * zdc_evict_range() - evict a range of frames
 * @device: the device
 * @range: the frames
 *
 * Return: the number of pages that moved, or a negative error.
 */
int zdc_evict_range(struct zdc_device *device, const struct zdc_range *range)
{
	unsigned int first = range->page, end = range->page + range->count;

	if (range->count > zdc.size.frames || range->page > zdc.size.frames - range->count)
		return -EINVAL;
	if (!device->attached || range->count == 0)
		return 0;
	zdc_hook_evicts(&first, &end);
	if (zdc_careful)
		return zdc_evict_carefully(device, first, end);
	return zdc_evict_frames(device, first, end - first, NULL, 0);
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

	if (zdc_has_blocks())
		return zdc_evict_range(device, &(struct zdc_range){ .count = zdc.size.frames });
	for (at = 0; at < zdc.size.frames; at++)
		if (zdc_frame(device, at)->used)
			moved += zdc_evict_frame(zdc_frame(device, at), NULL, 0);
	return moved;
}

/* Migrates one base page of a frame to system memory, in all processes. */
static void zdc_evict_base_page(struct zdc_device *device, struct page *from)
{
	struct zdc_migration migration;
	struct page *to;

	if (zdc_migration_init(&migration, device, NULL, 0, PAGE_SIZE, 0))
		return;
	if (!migrate_device_range(migration.src, page_to_pfn(from), 1)) {
		to = migration.src[0] & MIGRATE_PFN_MIGRATE ? alloc_page(GFP_HIGHUSER_MOVABLE) :
							      NULL;
		if (to) {
			lock_page(to);
			migration.dst[0] = zdc_copy_page_to_system(to, from);
		}
		migrate_device_pages(migration.src, migration.dst, 1);
		migrate_device_finalize(migration.src, migration.dst, 1);
	}
	zdc_migration_release(&migration);
}

/**
 * zdc_settle() - end the migrations to system memory that a race has left half done
 *
 * A process that stores to a shared page has base pages of its own up to a place. If the page
 * migrates to the device then, and the next store migrates it back, this concerns the base pages
 * from there on, also in the other process. Here the others follow.
 */
void zdc_settle(void)
{
	unsigned int number, at, page;

	for (number = 0; number < zdc.size.devices; number++) {
		struct zdc_device *device = &zdc.devices[number];

		for (at = 0; at < zdc.size.frames && device->attached; at++) {
			struct zdc_frame *frame = zdc_frame(device, at);

			for (page = 0; page < zdc.run; page++)
				if (frame->used > 0 && frame->used < zdc.run)
					zdc_evict_base_page(device, frame->page + page);
		}
	}
}
