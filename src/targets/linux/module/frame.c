// SPDX-License-Identifier: GPL-2.0
/* The driver's own free frames. */
#include <linux/highmem.h>

#include "zdc.h"

void zdc_fill(struct page *memory)
{
	memset64(page_address(memory), ZDC_FILLER, PAGE_SIZE / 8);
}

/* A frame for the caller, locked and with one reference, as migrate_vma wants its destinations. */
struct page *zdc_frame_take(struct zdc_device *device)
{
	struct zdc_frame *frame = NULL;
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	if (device->free_count > 0) {
		frame = zdc_frame(device, device->free[--device->free_count]);
		frame->taken = true;
	}
	spin_unlock_irqrestore(&zdc.lock, flags);
	if (!frame)
		return NULL;
	zdc_log_event((struct zdc_event){ .kind = ZDC_EVENT_ALLOC, .frame = zdc_frame_number(frame) });
	zdc_page_init(frame->page, &device->chunks[frame->at / ZDC_CHUNK_FRAMES]->pagemap);
	frame->page->zone_device_data = frame;
	return frame->page;
}

/* Gives a frame back that was taken in vain. */
void zdc_frame_drop(struct page *page)
{
	unlock_page(page);
	put_page(page);
}

/* Called by the kernel when the last reference is gone; often with a page table's lock held. */
void zdc_page_free(struct page *page)
{
	struct zdc_frame *frame = zdc_frame_of(page);
	struct zdc_device *device = frame->device;
	unsigned long flags;

	/* One that a world left behind, with its chunk: it comes too late to be anybody's. */
	if (!device->chunks[frame->at / ZDC_CHUNK_FRAMES] || zdc_frame(device, frame->at) != frame)
		return;
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_FREE,
		.frame = zdc_frame_number(frame),
		.refs = page_ref_count(page),
		.maps = atomic_read(&page->_mapcount) + 1,
	});
	zdc_fill(frame->memory);
	spin_lock_irqsave(&zdc.lock, flags);
	if (frame->taken && device->free_count < ZDC_FRAMES)
		device->free[device->free_count++] = frame->at;
	frame->taken = false;
	spin_unlock_irqrestore(&zdc.lock, flags);
}
