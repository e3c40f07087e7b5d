// SPDX-License-Identifier: GPL-2.0
/* The CPU touched a page of the device. */
#include <linux/module.h>

#include "zdc.h"

static unsigned int around = 2;
module_param(around, uint, 0444);
MODULE_PARM_DESC(around, "how many pages, aligned, a fault brings back at most");

/* The stretch of pages that comes back with the touched one. */
struct chunk {
	struct migrate_vma args;
	unsigned long src[ZDC_PAGES];
	unsigned long dst[ZDC_PAGES];
};

static void choose(struct zdc_device *device, struct chunk *chunk, struct vm_fault *vmf)
{
	unsigned long size = clamp(around, 1U, (unsigned int)ZDC_PAGES) * PAGE_SIZE;
	unsigned long address = vmf->address & PAGE_MASK;
	unsigned long start = address - (address - ZDC_BASE) % size;

	memset(chunk, 0, sizeof(*chunk));
	chunk->args.vma = vmf->vma;
	chunk->args.src = chunk->src;
	chunk->args.dst = chunk->dst;
	chunk->args.start = max(start, vmf->vma->vm_start);
	chunk->args.end = min(start + size, vmf->vma->vm_end);
	chunk->args.pgmap_owner = zdc_device_owner(device);
	chunk->args.flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE;
	chunk->args.fault_page = vmf->page;
}

static unsigned long faulting_copy(struct page *page)
{
	/* Whether this attempt fails was asked before: only the page itself is missing. */
	struct page *to = alloc_page(GFP_HIGHUSER_MOVABLE);
	struct zdc_frame *frame = zdc_frame_of(page);

	if (!to)
		return 0;
	lock_page(to);
	if (zdc_is(ZDC_COPIES_THE_NEXT_FRAME))
		frame = zdc_frame_next(frame);
	copy_highpage(to, frame->memory);
	if (zdc_is(ZDC_COPIES_HALF_A_PAGE))
		memset64(page_address(to) + PAGE_SIZE / 2, ZDC_FILLER, PAGE_SIZE / 16);
	if (zdc_is(ZDC_KEEPS_WHAT_CAME_BACK))
		get_page(to);
	return migrate_pfn(page_to_pfn(to));
}

static vm_fault_t bring_back(struct zdc_device *device, struct vm_fault *vmf)
{
	struct page *page = vmf->page;
	struct page *found;
	struct chunk chunk;
	unsigned long at, touched;
	bool out_of_memory = false;

	zdc_log_fault(device, vmf);
	if (zdc_strikes(ZDC_SIGBUS, page, NULL, 0) && !zdc_is(ZDC_SWALLOWS_SIGBUS))
		return VM_FAULT_SIGBUS;
	if (zdc_strikes(ZDC_OOM, page, NULL, 0))
		return zdc_is(ZDC_OOM_BECOMES_SIGBUS) ? VM_FAULT_SIGBUS : VM_FAULT_OOM;

	zdc_window();
	choose(device, &chunk, vmf);
	touched = ((vmf->address & PAGE_MASK) - chunk.args.start) / PAGE_SIZE;
	if (migrate_vma_setup(&chunk.args))
		return VM_FAULT_SIGBUS;
	zdc_window();
	/* What is found may be a hole by now, which is offered, too: whoever discarded the page came first. */
	found = migrate_pfn_to_page(chunk.src[touched]);
	if (zdc_is(ZDC_PUTS_BACK_WHAT_WAS_DISCARDED) && !found)
		found = page;
	if (found == page && (chunk.src[touched] & MIGRATE_PFN_MIGRATE) &&
	    !zdc_is(ZDC_BRINGS_BACK_ONLY_THE_NEIGHBOUR)) {
		chunk.dst[touched] = faulting_copy(page);
		out_of_memory = !chunk.dst[touched];
	}
	for (at = 0; at < chunk.args.npages; at++) {
		struct page *extra = migrate_pfn_to_page(chunk.src[at]);

		if (at == touched || !extra || !(chunk.src[at] & MIGRATE_PFN_MIGRATE))
			continue;
		chunk.dst[at] = zdc_system_copy(extra, NULL, 0);
		if (!chunk.dst[at] && zdc_is(ZDC_NEIGHBOUR_FAILS_THE_FAULT))
			out_of_memory = true;
	}
	migrate_vma_pages(&chunk.args);
	migrate_vma_finalize(&chunk.args);
	if (out_of_memory && zdc_is(ZDC_NEIGHBOUR_FAILS_THE_FAULT))
		return VM_FAULT_SIGBUS;
	if (found != page && zdc_is(ZDC_REFUSES_WHAT_ANOTHER_MOVED))
		return VM_FAULT_SIGBUS;
	/* Where nothing was collected somebody else has moved the page: the touch is tried again. */
	return out_of_memory ? VM_FAULT_OOM : 0;
}

vm_fault_t zdc_migrate_to_ram(struct zdc_device *device, struct vm_fault *vmf)
{
	vm_fault_t answer = bring_back(device, vmf);

	if (answer & VM_FAULT_SIGBUS)
		zdc_log_refused();
	return answer;
}
