// SPDX-License-Identifier: GPL-2.0
/* The processes of the case and their page tables. */
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "zdc.h"

/**
 * zdc_process_enter() - the calling process takes a slot
 * @slot: the slot
 *
 * Return: 0, or a negative error.
 */
int zdc_process_enter(unsigned int slot)
{
	struct zdc_process *process = &zdc.processes[slot];
	int ret;

	if (slot >= ZDC_PROCESSES || process->mm)
		return -EINVAL;
	spin_lock_init(&process->lock);
	process->mirror = kvcalloc((ZDC_DEVICES * ZDC_PAGES + 1) * zdc.run, sizeof(unsigned long),
				   GFP_KERNEL);
	if (!process->mirror)
		return -ENOMEM;
	process->results = process->mirror + ZDC_DEVICES * ZDC_PAGES * zdc.run;
	ret = mmu_interval_notifier_insert(&process->notifier, current->mm, ZDC_BASE,
					   ZDC_PAGES * zdc_page_size(), &zdc_mirror_ops);
	if (ret) {
		kvfree(process->mirror);
		return ret;
	}
	mmgrab(current->mm);
	process->task = get_task_struct(current);
	WRITE_ONCE(process->mm, current->mm);
	return 0;
}

/**
 * zdc_process_leave() - free a slot, after its process has ended
 * @slot: the slot
 */
void zdc_process_leave(unsigned int slot)
{
	struct zdc_process *process = &zdc.processes[slot];
	struct mm_struct *mm;

	if (slot >= ZDC_PROCESSES || !process->mm)
		return;
	mm = process->mm;
	WRITE_ONCE(process->mm, NULL);
	mmu_interval_notifier_remove(&process->notifier);
	kvfree(process->mirror);
	mmdrop(mm);
	put_task_struct(process->task);
	process->task = NULL;
}

/**
 * zdc_process_slot() - the slot of a process
 * @mm: its memory
 *
 * Return: the slot, or -1 for a process that has none.
 */
int zdc_process_slot(struct mm_struct *mm)
{
	int slot;

	for (slot = 0; slot < ZDC_PROCESSES; slot++)
		if (READ_ONCE(zdc.processes[slot].mm) == mm)
			return slot;
	return -1;
}

/**
 * zdc_process_current() - the calling process
 *
 * Return: its slot, or NULL if it has none.
 */
struct zdc_process *zdc_process_current(void)
{
	int slot = zdc_process_slot(current->mm);

	return slot < 0 ? NULL : &zdc.processes[slot];
}

/* The entry for an address of a page table that nobody frees; NULL if there is none. */
static pmd_t *zdc_walk_to_pmd(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d;
	pud_t *pud;

	if (pgd_none(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d))
		return NULL;
	pud = pud_offset(p4d, address);
	if (pud_none(*pud) || pud_leaf(*pud))
		return NULL;
	return pmd_offset(pud, address);
}

/**
 * zdc_read_entry() - read a page-table entry without locks
 * @mm: the memory of a process
 * @address: an address in it
 * @entry: receives the entry
 *
 * Interrupts are off meanwhile, so that no other CPU frees the page table: it waits for this CPU to
 * answer an interrupt, or for a grace period.
 *
 * Return: whether there is a page table for the address.
 */
bool zdc_read_entry(struct mm_struct *mm, unsigned long address, pte_t *entry)
{
	unsigned long flags;
	pmd_t *pmdp, pmd;
	bool found = false;

	local_irq_save(flags);
	pmdp = zdc_walk_to_pmd(mm, address);
	if (pmdp) {
		pmd = READ_ONCE(*pmdp);
		found = pmd_present(pmd) && !pmd_trans_huge(pmd);
		if (found)
			*entry = READ_ONCE(*pte_offset_kernel(&pmd, address));
	}
	local_irq_restore(flags);
	return found;
}

/* The page of a whole entry at an address; NULL if there is none. */
static struct page *zdc_whole_page_at(struct mm_struct *mm, unsigned long address)
{
	struct page *page = NULL;
	unsigned long flags;
	pmd_t *pmd;

	local_irq_save(flags);
	pmd = zdc_walk_to_pmd(mm, address);
	if (pmd)
		page = zdc_whole_page(READ_ONCE(*pmd));
	local_irq_restore(flags);
	return page ? page + (address & ~PMD_MASK) / PAGE_SIZE : NULL;
}

/**
 * zdc_page_at() - the page at an address
 * @mm: the memory of a process
 * @address: an address in it
 *
 * Return: the page that the entry maps or names, without a reference; NULL if there is none.
 */
struct page *zdc_page_at(struct mm_struct *mm, unsigned long address)
{
	struct page *page = zdc_whole_page_at(mm, address);
	pte_t entry;

	if (page)
		return page;
	if (!zdc_read_entry(mm, address, &entry) || pte_none(entry))
		return NULL;
	return pte_present(entry) ? pte_page(entry) : zdc_entry_page(entry);
}

/**
 * zdc_is_whole() - whether a page is part of a whole entry
 * @mm: the memory of a process
 * @address: an address in a private anonymous mapping
 * @zero: receives whether that is the huge zero page
 *
 * Return: false for the huge zero page, which is no object.
 */
bool zdc_is_whole(struct mm_struct *mm, unsigned long address, bool *zero)
{
	struct page *page = zdc_whole_page_at(mm, address);

	*zero = page && !PageAnon(page);
	return page && !*zero;
}

/* The anonymous pages that an entry for a page table maps between two addresses. */
static s32 zdc_count_anonymous_in(pmd_t pmd, unsigned long address, unsigned long end)
{
	s32 count = 0;
	pte_t *pte;

	if (pmd_trans_huge(pmd))
		return PageAnon(pmd_page(pmd)) ? (end - address) / PAGE_SIZE : 0;
	if (!pmd_present(pmd))
		return 0;
	for (pte = pte_offset_kernel(&pmd, address); address < end; pte++, address += PAGE_SIZE) {
		pte_t entry = READ_ONCE(*pte);

		count += pte_present(entry) && PageAnon(pte_page(entry));
	}
	return count;
}

static s32 zdc_count_anonymous(struct vm_area_struct *vma)
{
	unsigned long address, end, flags;
	s32 count = 0;

	for (address = vma->vm_start; address < vma->vm_end; address = end) {
		pmd_t *pmd;

		end = pmd_addr_end(address, vma->vm_end);
		local_irq_save(flags);
		pmd = zdc_walk_to_pmd(vma->vm_mm, address);
		if (pmd)
			count += zdc_count_anonymous_in(READ_ONCE(*pmd), address, end);
		local_irq_restore(flags);
	}
	return count;
}

/**
 * zdc_process_resident() - the anonymous pages that the kernel counts for a process
 * @process: the process, with its mappings locked
 *
 * Return: their number, without the pages that the agent uses itself.
 */
s32 zdc_process_resident(struct zdc_process *process)
{
	struct vm_area_struct *vma;
	s32 own = 0;

	/* A mapping without anon_vma has no anonymous pages, and may have no struct pages. */
	for (vma = find_vma(process->mm, 0); vma; vma = find_vma(process->mm, vma->vm_end))
		if (vma->anon_vma &&
		    (vma->vm_start < ZDC_BASE || vma->vm_start >= zdc_address(ZDC_PAGES)))
			own += zdc_count_anonymous(vma);
	own = zdc_anonymous_pages(process->mm, process->task) - own;
	if (own % (s32)zdc.run)
		zdc_note_difference("a process has %d base pages, and %u make a page", own,
				    zdc.run);
	return own / (s32)zdc.run;
}
