// SPDX-License-Identifier: GPL-2.0
/* Which process fills which slot, and what its page table holds. */
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "zdc.h"

int zdc_process_enter(unsigned int slot)
{
	struct zdc_process *process = &zdc.processes[slot];
	int failed;

	if (slot >= ZDC_PROCESSES || process->mm)
		return -EINVAL;
	spin_lock_init(&process->lock);
	memset(process->mirror, 0, sizeof(process->mirror));
	failed = mmu_interval_notifier_insert(&process->notifier, current->mm, ZDC_BASE, ZDC_PAGES * ZDC_PAGE,
					      &zdc_mirror_ops);
	if (failed)
		return failed;
	mmgrab(current->mm);
	process->mm = current->mm;
	process->task = get_task_struct(current);
	return 0;
}

void zdc_process_leave(unsigned int slot)
{
	struct zdc_process *process = &zdc.processes[slot];

	if (slot >= ZDC_PROCESSES || !process->mm)
		return;
	mmu_interval_notifier_remove(&process->notifier);
	mmdrop(process->mm);
	put_task_struct(process->task);
	process->mm = NULL;
	process->task = NULL;
}

int zdc_slot_of(struct mm_struct *mm)
{
	int slot;

	for (slot = 0; slot < ZDC_PROCESSES; slot++)
		if (zdc.processes[slot].mm == mm)
			return slot;
	return -1;
}

struct zdc_process *zdc_process_current(void)
{
	int slot = zdc_slot_of(current->mm);

	return slot < 0 ? NULL : &zdc.processes[slot];
}

pte_t *zdc_entries_at(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d))
		return NULL;
	pud = pud_offset(p4d, address);
	if (pud_none(*pud))
		return NULL;
	pmd = pmd_offset(pud, address);
	if (pmd_none(*pmd) || !pmd_present(*pmd))
		return NULL;
	return pte_offset_kernel(pmd, address);
}

bool zdc_entry_at(struct mm_struct *mm, unsigned long address, pte_t *entry)
{
	pte_t *at = zdc_entries_at(mm, address);

	if (at)
		*entry = READ_ONCE(*at);
	return at;
}

/* The page behind an address: in the system (a device may have it to itself), on the device, or between the two. */
struct page *zdc_page_at(struct mm_struct *mm, unsigned long address)
{
	pte_t entry;

	if (!zdc_entry_at(mm, address, &entry) || pte_none(entry))
		return NULL;
	return pte_present(entry) ? pte_page(entry) : zdc_entry_page(entry);
}
