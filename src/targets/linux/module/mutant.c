// SPDX-License-Identifier: GPL-2.0
/* Planted bugs of the driver: each changes one or two hooks. */
#include <linux/highmem.h>
#include <linux/module.h>
#include <linux/string.h>

#include "zdc.h"

enum zdc_mutant {
	ZDC_NO_MUTANT,
	ZDC_FAILED_COPY_KEEPS_ITS_FRAME,
	ZDC_COPIES_THE_NEXT_FRAME,
	ZDC_COPIES_HALF_A_PAGE,
	ZDC_IGNORES_A_FAILED_COPY,
	ZDC_BRINGS_BACK_ONLY_THE_NEIGHBOUR,
	ZDC_FREES_A_FRAME_IN_USE,
	ZDC_SWALLOWS_SIGBUS,
	ZDC_OOM_BECOMES_SIGBUS,
	ZDC_NEIGHBOUR_FAILS_THE_FAULT,
	ZDC_STORES_THROUGH_READ,
	ZDC_IGNORES_INVALIDATIONS,
	ZDC_DETACHES_WITHOUT_EVICTING,
	ZDC_LEAVES_A_HOLE_UNCLEARED,
	ZDC_EVICTS_WITHOUT_COPYING,
	ZDC_CLAIMS_WHAT_IT_SKIPPED,
	ZDC_KEEPS_A_REFERENCE,
	ZDC_LOAD_ASKS_FOR_WRITE,
	ZDC_WORKS_WHILE_DETACHED,
	ZDC_PUTS_BACK_WHAT_WAS_DISCARDED,
	ZDC_COPIES_BEFORE_IT_COLLECTS,
	ZDC_REFUSES_WHAT_ANOTHER_MOVED,
	ZDC_ALL_DEVICES_HAVE_ONE_OWNER,
	ZDC_KEEPS_WHAT_CAME_BACK,
	ZDC_FREES_PART_OF_A_FOLIO,
	ZDC_COPIES_PART_OF_A_FOLIO,
	ZDC_CALLS_A_FOLIO_BASE_PAGES,
	ZDC_EVICTS_WHOLE_BLOCKS,
	ZDC_FREED_FRAME_STAYS_CHARGED,
	ZDC_MUTANTS,
};

static const char *const zdc_mutant_names[ZDC_MUTANTS] = {
	[ZDC_NO_MUTANT] = "",
	[ZDC_FAILED_COPY_KEEPS_ITS_FRAME] = "failed-copy-keeps-its-frame",
	[ZDC_COPIES_THE_NEXT_FRAME] = "copies-the-next-frame",
	[ZDC_COPIES_HALF_A_PAGE] = "copies-half-a-page",
	[ZDC_IGNORES_A_FAILED_COPY] = "ignores-a-failed-copy",
	[ZDC_BRINGS_BACK_ONLY_THE_NEIGHBOUR] = "brings-back-only-the-neighbour",
	[ZDC_FREES_A_FRAME_IN_USE] = "frees-a-frame-in-use",
	[ZDC_SWALLOWS_SIGBUS] = "swallows-sigbus",
	[ZDC_OOM_BECOMES_SIGBUS] = "oom-becomes-sigbus",
	[ZDC_NEIGHBOUR_FAILS_THE_FAULT] = "neighbour-fails-the-fault",
	[ZDC_STORES_THROUGH_READ] = "stores-through-read",
	[ZDC_IGNORES_INVALIDATIONS] = "ignores-invalidations",
	[ZDC_DETACHES_WITHOUT_EVICTING] = "detaches-without-evicting",
	[ZDC_LEAVES_A_HOLE_UNCLEARED] = "leaves-a-hole-uncleared",
	[ZDC_EVICTS_WITHOUT_COPYING] = "evicts-without-copying",
	[ZDC_CLAIMS_WHAT_IT_SKIPPED] = "claims-what-it-skipped",
	[ZDC_KEEPS_A_REFERENCE] = "keeps-a-reference",
	[ZDC_LOAD_ASKS_FOR_WRITE] = "load-asks-for-write",
	[ZDC_WORKS_WHILE_DETACHED] = "works-while-detached",
	[ZDC_PUTS_BACK_WHAT_WAS_DISCARDED] = "puts-back-what-was-discarded",
	[ZDC_COPIES_BEFORE_IT_COLLECTS] = "copies-before-it-collects",
	[ZDC_REFUSES_WHAT_ANOTHER_MOVED] = "refuses-what-another-moved",
	[ZDC_ALL_DEVICES_HAVE_ONE_OWNER] = "all-devices-have-one-owner",
	[ZDC_KEEPS_WHAT_CAME_BACK] = "keeps-what-came-back",
	[ZDC_FREES_PART_OF_A_FOLIO] = "frees-part-of-a-folio",
	[ZDC_COPIES_PART_OF_A_FOLIO] = "copies-part-of-a-folio",
	[ZDC_CALLS_A_FOLIO_BASE_PAGES] = "calls-a-folio-base-pages",
	[ZDC_EVICTS_WHOLE_BLOCKS] = "evicts-whole-blocks",
	[ZDC_FREED_FRAME_STAYS_CHARGED] = "freed-frame-stays-charged",
};

static char *mutant = "";
module_param(mutant, charp, 0444);
MODULE_PARM_DESC(mutant, "the name of a planted bug; none by default");

static int zdc_selected;

/**
 * zdc_mutant_select() - read the module parameter
 *
 * Return: 0, or -EINVAL if there is no planted bug of this name.
 */
int zdc_mutant_select(void)
{
	zdc_selected = match_string(zdc_mutant_names, ZDC_MUTANTS, mutant);
	return zdc_selected < 0 ? zdc_selected : 0;
}

static bool zdc_mutant_is(enum zdc_mutant asked)
{
	return zdc_selected == asked;
}

bool zdc_hook_serves(bool serves)
{
	return serves || zdc_mutant_is(ZDC_WORKS_WHILE_DETACHED);
}

void *zdc_hook_owner(struct zdc_device *device)
{
	return zdc_mutant_is(ZDC_ALL_DEVICES_HAVE_ONE_OWNER) ? (void *)&zdc : device;
}

bool zdc_hook_detach_evicts(void)
{
	return !zdc_mutant_is(ZDC_DETACHES_WITHOUT_EVICTING);
}

/* With either bug pages are on the device afterwards, and need their struct pages. */
bool zdc_hook_detach_removes(void)
{
	return !zdc_mutant_is(ZDC_WORKS_WHILE_DETACHED) &&
	       !zdc_mutant_is(ZDC_DETACHES_WITHOUT_EVICTING);
}

/* What the pages of a range held before they were collected. Under zdc.mutex. */
static u64 zdc_early[ZDC_PAGES][ZDC_CELLS];

/* A store between this copy and the migration is lost. */
void zdc_hook_collect(const struct zdc_migration *migration)
{
	unsigned long address;

	if (!zdc_mutant_is(ZDC_COPIES_BEFORE_IT_COLLECTS))
		return;
	memset(zdc_early, 0, sizeof(zdc_early));
	for (address = migration->args.start; address < migration->args.end; address += PAGE_SIZE) {
		pte_t entry;

		if (zdc_read_entry(current->mm, address, &entry) && pte_present(entry))
			zdc_read_cells(pte_page(entry), zdc_early[zdc_page_number(address)]);
	}
	zdc_window();
}

void zdc_hook_filled(struct zdc_frame *frame, struct page *from, unsigned long address)
{
	if (zdc_mutant_is(ZDC_LEAVES_A_HOLE_UNCLEARED) && !from)
		zdc_fill(zdc_memory_of(frame->page));
	if (zdc_mutant_is(ZDC_COPIES_BEFORE_IT_COLLECTS))
		zdc_write_cells(zdc_memory_of(frame->page),
				zdc_early[zdc_page_number(address)]);
	if (zdc_mutant_is(ZDC_KEEPS_A_REFERENCE))
		get_page(frame->page);
}

struct page *zdc_hook_copy_failed(struct page *to)
{
	if (zdc_mutant_is(ZDC_IGNORES_A_FAILED_COPY))
		return to;
	if (zdc_mutant_is(ZDC_FAILED_COPY_KEEPS_ITS_FRAME))
		unlock_page(to);
	else
		zdc_frame_discard(to);
	return NULL;
}

void zdc_hook_reported(struct zdc_range *range)
{
	if (zdc_mutant_is(ZDC_CLAIMS_WHAT_IT_SKIPPED))
		memset(range->outcomes, ZDC_MOVED, range->count);
}

#ifdef CONFIG_MEMCG
/* The group of each frame when its charge was counted last. */
static unsigned long zdc_charges[ZDC_ALL_FRAMES];

static void zdc_set_charge(struct zdc_frame *frame, unsigned long charge)
{
	if (zdc_mutant_is(ZDC_FREED_FRAME_STAYS_CHARGED))
		page_folio(frame->page)->memcg_data = charge;
}

void zdc_hook_allocated(struct zdc_frame *frame)
{
	zdc_set_charge(frame, 0);
}

void zdc_hook_counted(struct zdc_frame *frame)
{
	zdc_charges[zdc_frame_id(frame)] = page_folio(frame->page)->memcg_data;
}

void zdc_hook_freed(struct zdc_frame *frame)
{
	zdc_set_charge(frame, zdc_charges[zdc_frame_id(frame)]);
}
#else
void zdc_hook_allocated(struct zdc_frame *frame)
{
}

void zdc_hook_counted(struct zdc_frame *frame)
{
}

void zdc_hook_freed(struct zdc_frame *frame)
{
}
#endif

unsigned int zdc_hook_freed_pages(unsigned int pages)
{
	return zdc_mutant_is(ZDC_FREES_PART_OF_A_FOLIO) && pages > 1 ? pages / 2 : pages;
}

unsigned int zdc_hook_whole_pages(unsigned int pages)
{
	return zdc_mutant_is(ZDC_COPIES_PART_OF_A_FOLIO) ? pages / 2 : pages;
}

u8 zdc_hook_whole_outcome(void)
{
	return zdc_mutant_is(ZDC_CALLS_A_FOLIO_BASE_PAGES) ? ZDC_MOVED : ZDC_MOVED_WHOLE;
}

void zdc_hook_evicts(unsigned int *first, unsigned int *end)
{
	if (!zdc_mutant_is(ZDC_EVICTS_WHOLE_BLOCKS) || !zdc_has_blocks())
		return;
	*first -= *first % zdc.size.block;
	*end = min(roundup(*end, zdc.size.block), zdc.size.frames);
}

void zdc_hook_copied(struct page *to, struct page *from)
{
	const struct zdc_frame *frame = zdc_frame_of(from);

	if (zdc_mutant_is(ZDC_COPIES_THE_NEXT_FRAME)) {
		frame = zdc_frame(frame->device, (frame->number + 1) % zdc.size.frames);
		copy_highpage(to, zdc_frame_memory(frame, frame->page));
	}
	if (zdc_mutant_is(ZDC_COPIES_HALF_A_PAGE))
		memset64(page_address(to) + PAGE_SIZE / 2, ZDC_FILLER, PAGE_SIZE / 16);
	if (zdc_mutant_is(ZDC_KEEPS_WHAT_CAME_BACK))
		get_page(to);
}

void zdc_hook_evicted(struct page *to)
{
	if (zdc_mutant_is(ZDC_EVICTS_WITHOUT_COPYING))
		clear_highpage(to);
}

void zdc_hook_not_evicted(struct zdc_frame *frame)
{
	if (zdc_mutant_is(ZDC_FREES_A_FRAME_IN_USE))
		zdc_frame_free(frame->page);
}

vm_fault_t zdc_hook_fault_error(vm_fault_t error)
{
	if (zdc_mutant_is(ZDC_SWALLOWS_SIGBUS) && error == VM_FAULT_SIGBUS)
		return 0;
	if (zdc_mutant_is(ZDC_OOM_BECOMES_SIGBUS) && error == VM_FAULT_OOM)
		return VM_FAULT_SIGBUS;
	return error;
}

struct page *zdc_hook_fault_collected(struct page *collected, struct page *faulting)
{
	if (zdc_mutant_is(ZDC_PUTS_BACK_WHAT_WAS_DISCARDED) && !collected)
		return faulting;
	if (zdc_mutant_is(ZDC_BRINGS_BACK_ONLY_THE_NEIGHBOUR))
		return NULL;
	return collected;
}

vm_fault_t zdc_hook_fault_result(vm_fault_t ret, bool others_failed, bool was_moved)
{
	if (zdc_mutant_is(ZDC_NEIGHBOUR_FAILS_THE_FAULT) && others_failed)
		return VM_FAULT_SIGBUS;
	if (zdc_mutant_is(ZDC_REFUSES_WHAT_ANOTHER_MOVED) && was_moved)
		return VM_FAULT_SIGBUS;
	return ret;
}

bool zdc_hook_requests_write(bool write)
{
	return write || zdc_mutant_is(ZDC_LOAD_ASKS_FOR_WRITE);
}

bool zdc_hook_permits_write(bool permits)
{
	return permits || zdc_mutant_is(ZDC_STORES_THROUGH_READ);
}

bool zdc_hook_invalidates(void)
{
	return !zdc_mutant_is(ZDC_IGNORES_INVALIDATIONS);
}
