// SPDX-License-Identifier: GPL-2.0
/*
 * Which pages are charged to a control group, counted one by one: what a group says of itself is rounded up, for each
 * processor charges in batches, and has kernel memory in it. Whom a page is charged to is read from the page itself, where
 * the kernel keeps it.
 */
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "zdc.h"

/* A page of anonymous memory keeps the place that it was made for: none but those of a case have one of these. */
#define FIRST_INDEX (ZDC_BASE >> PAGE_SHIFT)

/* As many as can be seen at once, and as many that nobody sees any more and that are charged all the same. */
#define MOST_KNOWN (2 * (ZDC_PROCESSES * ZDC_PAGES + ZDC_SLOTS))

/* System pages that the case has or had: those that somebody sees come first. Under zdc.mutex. */
static struct page *known[MOST_KNOWN];
static unsigned int known_count;

/* Whether it holds, or held, anonymous memory of a case, and nobody has taken it since for anything else. */
static bool is_of_a_case(struct page *page)
{
	return page->index - FIRST_INDEX < ZDC_PAGES && page_ref_count(page) > 0 && !PageSlab(page) && PageAnon(page);
}

/* The number of the group that is charged for it, or 0. The root has no limit and no count: what it has nobody pays for. */
static u64 group_of(struct page *page)
{
	struct mem_cgroup *group;
	u64 id = 0;

	rcu_read_lock();
	group = folio_memcg(page_folio(page));
	if (group && group->css.parent)
		id = cgroup_id(group->css.cgroup);
	rcu_read_unlock();
	return id;
}

static bool is_charged(struct page *page)
{
	return is_of_a_case(page) && group_of(page) != 0;
}

/* Puts a page that somebody sees before all that nobody has been found to see so far. */
static unsigned int see(struct page *page, unsigned int seen)
{
	unsigned int at;

	for (at = 0; at < known_count && known[at] != page; at++)
		continue;
	if (at < seen)
		return seen;
	if (at == known_count) {
		if (known_count == MOST_KNOWN)
			return seen;
		known_count++;
	}
	known[at] = known[seen];
	known[seen] = page;
	return seen + 1;
}

static unsigned int see_mapped(struct mm_struct *mm, unsigned int pages, unsigned int seen)
{
	unsigned int number;

	/* Of a process that has ended nothing is left. */
	if (!mm || !mmget_not_zero(mm))
		return seen;
	for (number = 0; number < pages; number++) {
		struct page *page = zdc_page_at(mm, zdc_address(number));

		if (page && !is_device_private_page(page) && PageAnon(page))
			seen = see(page, seen);
	}
	mmput(mm);
	return seen;
}

static unsigned int see_pinned(unsigned int seen)
{
	unsigned int slot;

	for (slot = 0; slot < ZDC_SLOTS; slot++)
		if (zdc.pins[slot] && PageAnon(zdc.pins[slot]))
			seen = see(zdc.pins[slot], seen);
	return seen;
}

/* Forgets those that are not charged any more, of those that nobody sees. */
static void forget_freed(unsigned int seen)
{
	unsigned int at = seen;

	while (at < known_count)
		if (is_charged(known[at]))
			at++;
		else
			known[at] = known[--known_count];
}

/*
 * A page on its way into or out of a list of the kernel's is held by a batch of its processor, of which there is one. Who
 * asks for the migration of no page at all has them worked off.
 */
static void work_off_batches(void)
{
	unsigned long none;

	migrate_device_range(&none, 0, 0);
}

static unsigned int see_all(const struct zdc_look *look)
{
	unsigned int slot;
	unsigned int seen = 0;

	for (slot = 0; slot < min_t(u32, look->processes, ZDC_PROCESSES); slot++)
		seen = see_mapped(zdc.processes[slot].mm, min_t(u32, look->pages, ZDC_PAGES), seen);
	return see_pinned(seen);
}

static void count(struct page *page, struct zdc_look *look)
{
	u64 group = group_of(page);
	unsigned int at;

	if (!group)
		return;
	look->charged++;
	for (at = 0; at < ZDC_GROUPS; at++)
		if (look->groups[at] == group)
			look->charged_to[at]++;
}

static void count_frames(struct zdc_look *look)
{
	unsigned int frame;

	for (frame = 0; frame < zdc.frames; frame++)
		if (zdc.chunks[frame / ZDC_CHUNK_FRAMES]->plugged)
			count(zdc_frame(frame)->page, look);
}

void zdc_count_charged(struct zdc_look *look)
{
	unsigned int seen = see_all(look);
	unsigned int at;

	forget_freed(seen);
	if (known_count > seen) {
		work_off_batches();
		forget_freed(seen);
	}
	for (at = 0; at < known_count; at++)
		count(known[at], look);
	count_frames(look);
}

static unsigned int charged_between(unsigned long start, unsigned long end)
{
	unsigned int charged = 0;

	for (; start < end; start = ALIGN(start + 1, PAGES_PER_SECTION)) {
		struct page *page, *last;

		if (!pfn_valid(start))
			continue;
		page = pfn_to_page(start);
		last = page + min(end, ALIGN(start + 1, PAGES_PER_SECTION)) - start;
		for (; page < last; page++)
			charged += is_charged(page);
	}
	return charged;
}

/*
 * Answers how many pages have stayed charged that no look has shown, though nobody is left who could hold them: every page of
 * the system is looked at. Those that were left behind before are told of once.
 */
int zdc_count_lost(void)
{
	static unsigned int lost;
	unsigned int before = lost;
	struct zone *zone;

	zdc_unpin_all();
	work_off_batches();
	forget_freed(0);
	lost = 0;
	for (zone = NODE_DATA(0)->node_zones; zone < NODE_DATA(0)->node_zones + ZONE_DEVICE; zone++)
		lost += charged_between(zone->zone_start_pfn, zone_end_pfn(zone));
	return max(0, (int)(lost - known_count - before));
}

/* What is left of one case is not the next one's. */
void zdc_forget_known(void)
{
	known_count = 0;
}
