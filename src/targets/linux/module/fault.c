// SPDX-License-Identifier: GPL-2.0
/* The callback for a CPU access to a page of the device. */
#include <linux/module.h>

#include "zdc.h"

static unsigned int fault_around = 2;
module_param(fault_around, uint, 0444);
MODULE_PARM_DESC(fault_around, "the maximum number of pages, aligned, that a fault migrates");

/* Whether the access is to a whole entry: then the kernel gives no entry for a page. */
static bool zdc_is_whole_fault(const struct vm_fault *vmf)
{
	return !vmf->pte && PageCompound(vmf->page);
}

/*
 * The range that a fault migrates. Next to a page there may be a part of a large folio, which a
 * fault must not split in vain; so with large folios a fault migrates one page of the case.
 */
static int zdc_fault_range(struct zdc_migration *migration, struct zdc_device *device,
			   struct vm_fault *vmf)
{
	unsigned long flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE;
	unsigned long size = zdc_page_size();
	unsigned long address = vmf->address & PAGE_MASK;
	unsigned long start;
	int ret;

	if (!zdc_has_blocks())
		size *= clamp(fault_around, 1U, (unsigned int)ZDC_PAGES);
	if (zdc_is_whole_fault(vmf)) {
		size = SZ_2M;
		flags |= MIGRATE_VMA_SELECT_COMPOUND;
	}
	start = address - (address - ZDC_BASE) % size;
	ret = zdc_migration_init(migration, device, vmf->vma, max(start, vmf->vma->vm_start),
				 min(start + size, vmf->vma->vm_end), flags);
	migration->args.fault_page = vmf->page;
	return ret;
}

/* Copies the pages around the faulting one. Returns whether all of them were copied. */
static bool zdc_fault_copy_others(struct zdc_migration *migration, unsigned long faulting)
{
	unsigned long at;
	bool copied = true;

	for (at = 0; at < migration->args.npages; at += zdc.run) {
		struct page *page = migrate_pfn_to_page(migration->src[at]);

		if (at == faulting || !page || !(migration->src[at] & MIGRATE_PFN_MIGRATE))
			continue;
		copied &= zdc_try_copy_to_system(page, migration->dst + at, NULL, 0);
	}
	return copied;
}

/* Migrates the page, and others around it. */
static vm_fault_t zdc_fault_move_page(struct zdc_migration *migration, struct vm_fault *vmf)
{
	unsigned long faulting =
		zdc_address(zdc_page_number(vmf->address)) - migration->args.start;
	unsigned long at = ((vmf->address & PAGE_MASK) - migration->args.start) / PAGE_SIZE;
	struct page *collected;
	vm_fault_t ret = 0;
	bool others_failed;

	faulting /= PAGE_SIZE;
	/*
	 * The page may be unpopulated by now, because another task discarded it, or may have been
	 * migrated. Then nothing is copied, and the access is retried.
	 */
	collected = zdc_hook_fault_collected(migrate_pfn_to_page(migration->src[at]), vmf->page);
	if (collected == vmf->page && (migration->src[at] & MIGRATE_PFN_MIGRATE)) {
		/* Injected failures of this page are decided before. */
		if (!zdc_copy_to_system(vmf->page - (at - faulting), migration->dst + faulting))
			ret = VM_FAULT_OOM;
	}
	others_failed = !zdc_fault_copy_others(migration, faulting);
	migrate_vma_pages(&migration->args);
	return zdc_hook_fault_result(ret, others_failed, collected != vmf->page);
}

/*
 * Migrates the large folio of a whole entry. Without a large page, or if a failure hits another
 * page of it, the pages get system pages of their own, for which the kernel has to split the folio.
 * If it does not, the access fails, as the documentation of migrate_vma_setup() requires.
 *
 * Another task may have discarded the block by now, may have split the whole entry with a discard
 * of a part, or may have taken a reference. Then nothing moves, and the access is retried.
 */
static vm_fault_t zdc_fault_move_whole(struct zdc_migration *migration, struct vm_fault *vmf)
{
	struct mm_struct *mm = vmf->vma->vm_mm;

	if (!zdc_is_compound(migration, 0) || !migrate_pfn_to_page(migration->src[0]) ||
	    !(migration->src[0] & MIGRATE_PFN_MIGRATE))
		return 0;
	if (zdc_should_fail_whole(ZDC_SIGBUS, migration, 0, mm) ||
	    zdc_should_fail_whole(ZDC_OOM, migration, 0, mm) ||
	    zdc_should_fail_whole(ZDC_NO_LARGE_PAGE, migration, 0, mm) ||
	    !zdc_move_whole_to_system(migration, 0))
		zdc_move_parts_to_system(migration, 0, mm);
	migrate_vma_pages(&migration->args);
	if (migration->dst[0] & MIGRATE_PFN_COMPOUND)
		return 0;
	return migration->src[0] & MIGRATE_PFN_MIGRATE ? 0 : VM_FAULT_SIGBUS;
}

/*
 * In Linux 7.3, a setup that splits a large folio does not collect the page that faults, because it
 * is locked; the next one does.
 */
static int zdc_fault_setup(struct zdc_migration *migration, struct vm_fault *vmf)
{
	bool was_large = PageCompound(vmf->page);
	int ret = migrate_vma_setup(&migration->args);

	if (ret || !zdc_careful || !was_large || PageCompound(vmf->page))
		return ret;
	migrate_vma_finalize(&migration->args);
	return migrate_vma_setup(&migration->args);
}

static vm_fault_t zdc_fault_migrate(struct zdc_device *device, struct vm_fault *vmf)
{
	struct zdc_migration migration;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	zdc_window();
	if (zdc_fault_range(&migration, device, vmf))
		return VM_FAULT_OOM;
	/* The setup splits a large folio of which one page is accessed. */
	if (!zdc_is_whole_fault(vmf) && zdc_hold(&migration, vmf->page)) {
		zdc_migration_release(&migration);
		return ret;
	}
	if (!zdc_fault_setup(&migration, vmf)) {
		zdc_migration_window(&migration);
		ret = zdc_is_whole_fault(vmf) ? zdc_fault_move_whole(&migration, vmf) :
						zdc_fault_move_page(&migration, vmf);
		migrate_vma_finalize(&migration.args);
	}
	zdc_migration_release(&migration);
	return ret;
}

/* The first base page of the page of the case that is accessed. */
static struct page *zdc_fault_page(const struct vm_fault *vmf)
{
	unsigned long from = zdc_is_whole_fault(vmf) ? ALIGN_DOWN(vmf->address, SZ_2M) :
						       vmf->address & PAGE_MASK;

	return vmf->page + (long)(zdc_address(zdc_page_number(vmf->address)) - from) /
				   (long)PAGE_SIZE;
}

/**
 * zdc_fault() - migrate a page to system memory because the CPU accesses it
 * @device: the device that the kernel calls
 * @vmf: the fault
 *
 * Return: 0 if the access is to be retried, or the error with which it ends.
 */
vm_fault_t zdc_fault(struct zdc_device *device, struct vm_fault *vmf)
{
	struct page *page = zdc_fault_page(vmf);
	vm_fault_t ret = 0;

	zdc_log_fault(device, vmf);
	if (zdc_should_fail(ZDC_SIGBUS, page, NULL, 0))
		ret = zdc_hook_fault_error(VM_FAULT_SIGBUS);
	if (!ret && zdc_should_fail(ZDC_OOM, page, NULL, 0))
		ret = zdc_hook_fault_error(VM_FAULT_OOM);
	if (!ret)
		ret = zdc_fault_migrate(device, vmf);
	if (ret & VM_FAULT_SIGBUS)
		zdc_log_refused();
	return ret;
}
