// SPDX-License-Identifier: GPL-2.0
/* Injected failures, and injected pauses in races. */
#include <linux/delay.h>

#include "zdc.h"

#define ZDC_MAX_PAUSE_US 10000U

/**
 * zdc_heal() - remove all injected failures
 */
void zdc_heal(void)
{
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	memset(zdc.injections, 0, sizeof(zdc.injections));
	spin_unlock_irqrestore(&zdc.lock, flags);
}

/**
 * zdc_inject() - inject a failure
 * @wanted: its kind, the page that it concerns, and the number of attempts that fail
 *
 * Return: 0, or -EINVAL if an argument is out of range.
 */
int zdc_inject(const struct zdc_inject *wanted)
{
	unsigned long flags;

	if (wanted->kind >= ZDC_INJECTIONS || wanted->process >= ZDC_PROCESSES ||
	    wanted->page >= ZDC_PAGES)
		return -EINVAL;
	spin_lock_irqsave(&zdc.lock, flags);
	zdc.injections[wanted->kind] = (struct zdc_injection){
		.armed = true,
		.process = wanted->process,
		.page = wanted->page,
		.remaining = wanted->remaining,
	};
	spin_unlock_irqrestore(&zdc.lock, flags);
	return 0;
}

/* The victim's page table is read without its lock: the fault may hold the lock of this table. */
static bool zdc_injection_concerns(const struct zdc_injection *injection, struct page *page,
				   struct mm_struct *mm, unsigned long address)
{
	struct mm_struct *victim;

	if (injection->process < 0)
		return true;
	victim = READ_ONCE(zdc.processes[injection->process].mm);
	if (!victim)
		return false;
	/* The page was collected there; a discard may have emptied the page table since. */
	if (victim == mm && zdc_address(injection->page) == address)
		return true;
	return page && zdc_page_at(victim, zdc_address(injection->page)) == page;
}

/**
 * zdc_should_fail() - whether an injected failure hits this attempt
 * @kind: the kind of attempt
 * @page: its first base page, as it was collected; NULL for an unpopulated page
 * @mm: the process in which it was collected; NULL if @page alone identifies it
 * @address: the address at which it was collected
 *
 * Return: true if the attempt fails. It then counts as one of the failures that remain.
 */
bool zdc_should_fail(enum zdc_injection_kind kind, struct page *page, struct mm_struct *mm,
		     unsigned long address)
{
	struct zdc_injection *injection = &zdc.injections[kind];
	unsigned long flags;
	bool fails;

	spin_lock_irqsave(&zdc.lock, flags);
	fails = injection->armed && zdc_injection_concerns(injection, page, mm, address);
	if (fails && injection->remaining > 0 && --injection->remaining == 0)
		injection->armed = false;
	spin_unlock_irqrestore(&zdc.lock, flags);
	return fails;
}

/**
 * zdc_window() - sleep during a race
 *
 * Called where the driver has read a state and not acted on it yet. It holds no lock here for which
 * the other command must wait without end.
 */
void zdc_window(void)
{
	unsigned int pause = 0;
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	if (zdc.log->windows > 0) {
		zdc.log->windows--;
		pause = min(zdc.log->pause, ZDC_MAX_PAUSE_US);
	}
	spin_unlock_irqrestore(&zdc.lock, flags);
	if (pause > 0)
		usleep_range(pause, pause + 20);
}
