// SPDX-License-Identifier: GPL-2.0
/* The callback for a CPU access to a page of the device. */
#include <linux/module.h>

#include "zdc.h"

static unsigned int fault_around = 2;
module_param(fault_around, uint, 0444);
MODULE_PARM_DESC(fault_around, "the maximum number of pages, aligned, that a fault migrates");

static void zdc_fault_range(struct zdc_migration *migration, struct zdc_device *device,
			    struct vm_fault *vmf)
{
	unsigned long size = clamp(fault_around, 1U, (unsigned int)ZDC_PAGES) * PAGE_SIZE;
	unsigned long address = vmf->address & PAGE_MASK;
	unsigned long start = address - (address - ZDC_BASE) % size;

	zdc_migration_init(migration, device, vmf->vma, max(start, vmf->vma->vm_start),
			   min(start + size, vmf->vma->vm_end), MIGRATE_VMA_SELECT_DEVICE_PRIVATE);
	migration->args.fault_page = vmf->page;
}

/* Copies the pages around the faulting one. Returns whether all of them were copied. */
static bool zdc_fault_copy_others(struct zdc_migration *migration, unsigned long faulting)
{
	unsigned long at;
	bool copied = true;

	for (at = 0; at < migration->args.npages; at++) {
		struct page *page = migrate_pfn_to_page(migration->src[at]);

		if (at == faulting || !page || !(migration->src[at] & MIGRATE_PFN_MIGRATE))
			continue;
		migration->dst[at] = zdc_try_copy_to_system(page, NULL, 0);
		copied &= migration->dst[at] != 0;
	}
	return copied;
}

static vm_fault_t zdc_fault_migrate(struct zdc_device *device, struct vm_fault *vmf)
{
	struct zdc_migration migration;
	struct page *collected;
	unsigned long faulting;
	vm_fault_t ret = 0;
	bool others_failed;

	zdc_window();
	zdc_fault_range(&migration, device, vmf);
	faulting = ((vmf->address & PAGE_MASK) - migration.args.start) / PAGE_SIZE;
	if (migrate_vma_setup(&migration.args))
		return VM_FAULT_SIGBUS;
	zdc_window();
	/*
	 * The page may be unpopulated by now, because another task discarded it, or may have been
	 * migrated. Then nothing is copied, and the access is retried.
	 */
	collected = zdc_hook_fault_collected(migrate_pfn_to_page(migration.src[faulting]),
					     vmf->page);
	if (collected == vmf->page && (migration.src[faulting] & MIGRATE_PFN_MIGRATE)) {
		/* Injected failures of this page are decided before. */
		migration.dst[faulting] = zdc_copy_to_system(vmf->page);
		if (!migration.dst[faulting])
			ret = VM_FAULT_OOM;
	}
	others_failed = !zdc_fault_copy_others(&migration, faulting);
	migrate_vma_pages(&migration.args);
	migrate_vma_finalize(&migration.args);
	return zdc_hook_fault_result(ret, others_failed, collected != vmf->page);
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
	vm_fault_t ret = 0;

	zdc_log_fault(device, vmf);
	if (zdc_should_fail(ZDC_SIGBUS, vmf->page, NULL, 0))
		ret = zdc_hook_fault_error(VM_FAULT_SIGBUS);
	if (!ret && zdc_should_fail(ZDC_OOM, vmf->page, NULL, 0))
		ret = zdc_hook_fault_error(VM_FAULT_OOM);
	if (!ret)
		ret = zdc_fault_migrate(device, vmf);
	if (ret & VM_FAULT_SIGBUS)
		zdc_log_refused();
	return ret;
}
