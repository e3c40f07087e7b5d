// SPDX-License-Identifier: GPL-2.0
/* Failures that wait for their victim. */
#include "zdc.h"

void zdc_heal(void)
{
	memset(zdc.injections, 0, sizeof(zdc.injections));
}

int zdc_inject(const struct zdc_inject *wanted)
{
	if (wanted->kind >= ZDC_INJECTIONS || wanted->process >= ZDC_PROCESSES || wanted->page >= ZDC_PAGES)
		return -EINVAL;
	zdc.injections[wanted->kind] = (struct zdc_injection){
		.armed = true,
		.process = wanted->process,
		.page = wanted->page,
		.remaining = wanted->remaining,
	};
	return 0;
}

/*
 * The victim's page table is read without its lock, for the victim may be the process whose lock we hold. With interrupts
 * off nobody frees it meanwhile.
 */
static bool is_victim(const struct zdc_injection *injection, struct page *page, struct mm_struct *mm,
		      unsigned long address)
{
	struct mm_struct *victim;

	if (injection->process < 0)
		return true;
	victim = zdc.processes[injection->process].mm;
	if (!victim)
		return false;
	/* It was collected there: a discard that came since has emptied the page table, and took nothing back. */
	if (victim == mm && zdc_address(injection->page) == address)
		return true;
	return page && zdc_page_at(victim, zdc_address(injection->page)) == page;
}

bool zdc_strikes(enum zdc_injection_kind kind, struct page *page, struct mm_struct *mm, unsigned long address)
{
	struct zdc_injection *injection = &zdc.injections[kind];
	unsigned long flags;
	bool strikes;

	spin_lock_irqsave(&zdc.lock, flags);
	strikes = injection->armed && is_victim(injection, page, mm, address);
	if (strikes && injection->remaining > 0 && --injection->remaining == 0)
		injection->armed = false;
	spin_unlock_irqrestore(&zdc.lock, flags);
	return strikes;
}
