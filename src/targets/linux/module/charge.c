// SPDX-License-Identifier: GPL-2.0
/*
 * The pages that are charged to a control group, counted one by one from their struct pages: the
 * counter of a group is rounded, because each CPU charges in batches, and includes other pages.
 *
 * System pages that a snapshot has shown are tracked until they are free, because reading every
 * page of the system at each step would take too long. Of the base pages of a run, the first one is
 * counted for all.
 */
#include <linux/cpu.h>
#include <linux/nodemask.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>

#include "zdc.h"

/* All pages that can be in use at once, and as many that are in use no more. */
#define ZDC_MAX_TRACKED (2 * (ZDC_PROCESSES * ZDC_PAGES + ZDC_SLOTS))

/* Pages in use come first. Under zdc.mutex. */
static struct page *zdc_tracked[ZDC_MAX_TRACKED];
static unsigned int zdc_tracked_count;

/*
 * Whether a page holds anonymous memory of a case, or did and was not used for anything else since:
 * it keeps its index, and no other memory of the system has one of these.
 */
static bool zdc_page_is_of_case(struct page *page)
{
	struct folio *folio = page_folio(page);

	return folio->index - PHYS_PFN(ZDC_BASE) < ZDC_PAGES * zdc.run &&
	       folio_ref_count(folio) > 0 && !PageSlab(page) && PageAnon(page);
}

/* The same of the first base page of a run: a page that is free may come back as another one. */
static bool zdc_run_is_of_case(struct page *page)
{
	struct folio *folio = page_folio(page);

	return zdc_page_is_of_case(page) &&
	       (folio->index - PHYS_PFN(ZDC_BASE) + (page - &folio->page)) % zdc.run == 0;
}

/* Moves a page to the pages in use. Returns their number. */
static unsigned int zdc_track(struct page *page, unsigned int used)
{
	unsigned int at;

	for (at = 0; at < zdc_tracked_count && zdc_tracked[at] != page; at++)
		continue;
	if (at < used || at == ZDC_MAX_TRACKED)
		return used;
	if (at == zdc_tracked_count)
		zdc_tracked_count++;
	zdc_tracked[at] = zdc_tracked[used];
	zdc_tracked[used] = page;
	return used + 1;
}

static unsigned int zdc_track_mapped(struct mm_struct *mm, unsigned int pages, unsigned int used)
{
	unsigned int number;

	if (!mm || !mmget_not_zero(mm))
		return used;
	for (number = 0; number < pages; number++) {
		struct page *page = zdc_page_at(mm, zdc_address(number));

		if (page && !is_device_private_page(page) && PageAnon(page))
			used = zdc_track(page, used);
	}
	mmput(mm);
	return used;
}

static unsigned int zdc_track_all(unsigned int processes, unsigned int pages)
{
	unsigned int used = 0;
	unsigned int slot;

	for (slot = 0; slot < min_t(unsigned int, processes, ZDC_PROCESSES); slot++)
		used = zdc_track_mapped(zdc.processes[slot].mm,
					min_t(unsigned int, pages, ZDC_PAGES), used);
	for (slot = 0; slot < ZDC_SLOTS; slot++)
		if (zdc.pins[slot] && PageAnon(zdc.pins[slot][0]))
			used = zdc_track(zdc.pins[slot][0], used);
	return used;
}

static void zdc_forget_freed(unsigned int used)
{
	unsigned int at = used;

	while (at < zdc_tracked_count)
		if (zdc_run_is_of_case(zdc_tracked[at]) && zdc_page_group(zdc_tracked[at]))
			at++;
		else
			zdc_tracked[at] = zdc_tracked[--zdc_tracked_count];
}

/* A migration of no pages drains the batches of this CPU. */
static long zdc_drain_cpu(void *unused)
{
	unsigned long none;

	migrate_device_range(&none, 0, 0);
	return 0;
}

/*
 * A page that is added to a list of the kernel, or removed, is held by a batch of a CPU meanwhile.
 */
static void zdc_drain_batches(void)
{
	unsigned int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		if (num_online_cpus() == 1)
			zdc_drain_cpu(NULL);
		else
			work_on_cpu(cpu, zdc_drain_cpu, NULL);
	cpus_read_unlock();
}

static void zdc_update_tracked(unsigned int processes, unsigned int pages)
{
	unsigned int used = zdc_track_all(processes, pages);

	zdc_forget_freed(used);
	/* Draining changes the state of the kernel a little, so only if it may be needed. */
	if (zdc_tracked_count > used) {
		zdc_drain_batches();
		zdc_forget_freed(used);
	}
}

static void zdc_count_page(struct page *page, struct zdc_snapshot *snapshot)
{
	u64 group = zdc_page_group(page);
	unsigned int at;

	if (!group)
		return;
	snapshot->charged++;
	for (at = 0; at < ZDC_GROUPS; at++)
		if (snapshot->groups[at] == group)
			snapshot->charged_to[at]++;
}

/*
 * A free frame should not be charged, so it is counted, too. But its pages may still look like
 * parts of a large folio, which is none any more.
 */
static bool zdc_frame_is_counted(const struct zdc_frame *frame)
{
	return frame->chunk->attached && (frame->used > 0 || !PageCompound(frame->page));
}

/**
 * zdc_count_charges() - count the charged pages of the case
 * @snapshot: has the processes, pages and groups; receives the counts
 */
void zdc_count_charges(struct zdc_snapshot *snapshot)
{
	unsigned int number, at;

	zdc_update_tracked(snapshot->processes, snapshot->pages);
	for (at = 0; at < zdc_tracked_count; at++)
		zdc_count_page(zdc_tracked[at], snapshot);
	for (number = 0; number < zdc.size.devices; number++)
		for (at = 0; at < zdc.size.frames; at++) {
			struct zdc_frame *frame = zdc_frame(&zdc.devices[number], at);

			if (!zdc_frame_is_counted(frame))
				continue;
			zdc_count_page(frame->page, snapshot);
			zdc_hook_counted(frame);
		}
}

/**
 * zdc_forget_tracked() - begin a case without tracked pages
 */
void zdc_forget_tracked(void)
{
	zdc_tracked_count = 0;
}

static unsigned int zdc_count_charged_between(unsigned long start, unsigned long end)
{
	unsigned int charged = 0;

	for (; start < end; start = ALIGN(start + 1, PAGES_PER_SECTION)) {
		struct page *page, *last;

		if (!pfn_valid(start))
			continue;
		page = pfn_to_page(start);
		last = page + min(end, ALIGN(start + 1, PAGES_PER_SECTION)) - start;
		for (; page < last; page++)
			charged += zdc_page_is_of_case(page) && zdc_page_group(page);
	}
	return charged;
}

/**
 * zdc_count_leaked() - count charged pages that no snapshot showed
 *
 * Called when no process of the case is left. Reads every page of the system.
 *
 * Return: their number, without those that an earlier call has counted.
 */
int zdc_count_leaked(void)
{
	static unsigned int leaked;
	unsigned int before = leaked;
	int node, zone;

	zdc_unpin_all();
	zdc_drain_batches();
	zdc_update_tracked(0, 0);
	leaked = 0;
	for_each_online_node(node)
		for (zone = 0; zone < ZONE_DEVICE; zone++) {
			struct zone *one = &NODE_DATA(node)->node_zones[zone];

			leaked += zdc_count_charged_between(one->zone_start_pfn, zone_end_pfn(one));
		}
	return max(0, (int)(leaked - zdc_tracked_count * zdc.run - before));
}
