// SPDX-License-Identifier: GPL-2.0
/* How many private pages the kernel counts for a process, less those that it needs for itself. */
#include "zdc.h"

static bool is_of_the_case(const struct vm_area_struct *vma)
{
	return vma->vm_start >= ZDC_BASE && vma->vm_start < zdc_address(ZDC_PAGES);
}

static s32 anonymous_between(struct mm_struct *mm, unsigned long address, unsigned long end)
{
	pte_t *at = zdc_entries_at(mm, address);
	s32 found = 0;

	for (; at && address < end; at++, address += PAGE_SIZE) {
		pte_t entry = READ_ONCE(*at);

		found += pte_present(entry) && PageAnon(pte_page(entry));
	}
	return found;
}

static s32 anonymous_in(struct vm_area_struct *vma)
{
	unsigned long address, end;
	s32 found = 0;

	/* One table after the other. */
	for (address = vma->vm_start; address < vma->vm_end; address = end) {
		end = pmd_addr_end(address, vma->vm_end);
		found += anonymous_between(vma->vm_mm, address, end);
	}
	return found;
}

s32 zdc_resident(struct zdc_process *process)
{
	struct vm_area_struct *vma;
	s32 own = 0;

	/* Without this there is no anonymous page, and there may be no pages at all. */
	for (vma = find_vma(process->mm, 0); vma; vma = find_vma(process->mm, vma->vm_end))
		if (vma->anon_vma && !is_of_the_case(vma))
			own += anonymous_in(vma);
	return zdc_anonymous_pages(process->mm, process->task) - own;
}
