// SPDX-License-Identifier: GPL-2.0
/*
 * The system pages that the case has, and those that it had and that are charged still: to look at every page of the guest
 * would take too long at every step.
 */
#include <linux/sched/mm.h>
#include <linux/swap.h>

#include "zdc.h"

/* Those that somebody sees come first. Under zdc.mutex. */
struct page *zdc_known[ZDC_MOST_KNOWN];
unsigned int zdc_known_count;

/* Puts a page that somebody sees before all that nobody has been found to see so far. Answers how many are seen. */
static unsigned int see(struct page *page, unsigned int seen)
{
	unsigned int at;

	for (at = 0; at < zdc_known_count && zdc_known[at] != page; at++)
		continue;
	if (at < seen || at == ZDC_MOST_KNOWN)
		return seen;
	if (at == zdc_known_count)
		zdc_known_count++;
	zdc_known[at] = zdc_known[seen];
	zdc_known[seen] = page;
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

static unsigned int see_all(unsigned int processes, unsigned int pages)
{
	unsigned int seen = 0;
	unsigned int slot;

	for (slot = 0; slot < min(processes, (unsigned int)ZDC_PROCESSES); slot++)
		seen = see_mapped(zdc.processes[slot].mm, min(pages, (unsigned int)ZDC_PAGES), seen);
	for (slot = 0; slot < ZDC_SLOTS; slot++)
		if (zdc.pins[slot] && PageAnon(zdc.pins[slot]))
			seen = see(zdc.pins[slot], seen);
	return seen;
}

static void forget_freed(unsigned int seen)
{
	unsigned int at = seen;

	while (at < zdc_known_count)
		if (zdc_is_of_a_case(zdc_known[at]) && zdc_payer_of(zdc_known[at]))
			at++;
		else
			zdc_known[at] = zdc_known[--zdc_known_count];
}

/*
 * A page on its way into or out of a list of the kernel's is held by a batch of its processor, of which there is one. Who
 * asks for the migration of no page at all has them worked off.
 */
void zdc_work_off_batches(void)
{
	unsigned long none;

	migrate_device_range(&none, 0, 0);
}

void zdc_know_what_is_seen(unsigned int processes, unsigned int pages)
{
	unsigned int seen = see_all(processes, pages);

	forget_freed(seen);
	/* It is a change to the world, if a small one: only where it may be needed. */
	if (zdc_known_count > seen) {
		zdc_work_off_batches();
		forget_freed(seen);
	}
}

void zdc_forget_known(void)
{
	zdc_known_count = 0;
}
