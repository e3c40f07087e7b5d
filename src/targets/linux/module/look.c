// SPDX-License-Identifier: GPL-2.0
/* What can be seen of the world of a case from within the kernel. */
#include <linux/sched/mm.h>
#include <linux/swap.h>

#include "zdc.h"

static u8 mapping_at(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma = find_vma(mm, address);

	if (!vma || vma->vm_start > address)
		return ZDC_UNMAPPED;
	return vma->vm_flags & VM_SHARED ? ZDC_SHARED : ZDC_PRIVATE;
}

void zdc_look(struct zdc_look *look)
{
	unsigned int slot, page, device, at;

	for (slot = 0; slot < min_t(u32, look->processes, ZDC_PROCESSES); slot++) {
		struct mm_struct *mm = zdc.processes[slot].mm;

		if (!mm || !mmget_not_zero(mm))
			continue;
		mmap_read_lock(mm);
		for (page = 0; page < min_t(u32, look->pages, ZDC_PAGES); page++)
			look->mapping[slot][page] = mapping_at(mm, zdc_address(page));
		look->resident[slot] = zdc_resident(&zdc.processes[slot]);
		mmap_read_unlock(mm);
		mmput(mm);
	}
	for (device = 0; device < zdc.size.devices; device++) {
		for (at = 0; at < zdc.size.frames; at++) {
			const struct zdc_frame *frame = zdc_frame(&zdc.devices[device], at);

			look->refs[zdc_frame_number(frame)] = zdc_frame_refs(frame);
			look->maps[zdc_frame_number(frame)] = zdc_frame_maps(frame);
		}
	}
	/* Last, for it may let go of what is only on its way. */
	zdc_count_charged(look);
}

void zdc_info(struct zdc_info *info)
{
	unsigned int device, at;

	info->write_type = SWP_DEVICE_WRITE;
	info->read_type = SWP_DEVICE_READ;
	info->exclusive_types[0] = ZDC_EXCLUSIVE_WRITE_TYPE;
	info->exclusive_types[1] = ZDC_EXCLUSIVE_READ_TYPE;
	info->swap_areas = MAX_SWAPFILES;
	info->zero_pfn = page_to_pfn(ZERO_PAGE(0));
	for (device = 0; device < ZDC_DEVICES; device++)
		for (at = 0; at < ZDC_FRAMES; at++)
			info->pfns[device][at] = page_to_pfn(zdc_frame(&zdc.devices[device], at)->page);
}
