// SPDX-License-Identifier: GPL-2.0
/*
 * Device memory: chunks of physical addresses, which have struct pages while they are attached, and
 * the frames in them.
 */
#include <linux/highmem.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "zdc.h"

/* Each device has callbacks of its own, which identify the device that the kernel calls. */
static vm_fault_t zdc_first_migrate_to_ram(struct vm_fault *vmf)
{
	return zdc_fault(&zdc.devices[0], vmf);
}

static vm_fault_t zdc_second_migrate_to_ram(struct vm_fault *vmf)
{
	return zdc_fault(&zdc.devices[1], vmf);
}

#ifdef ZDC_HAS_FOLIO_FREE
static void zdc_folio_free(struct folio *folio)
{
	zdc_frame_free(&folio->page);
}
#endif

static const struct dev_pagemap_ops zdc_pagemap_ops[ZDC_DEVICES] = {
	{
#ifdef ZDC_HAS_FOLIO_FREE
		.folio_free = zdc_folio_free,
#else
		.page_free = zdc_frame_free,
#endif
		.migrate_to_ram = zdc_first_migrate_to_ram,
	},
	{
#ifdef ZDC_HAS_FOLIO_FREE
		.folio_free = zdc_folio_free,
#else
		.page_free = zdc_frame_free,
#endif
		.migrate_to_ram = zdc_second_migrate_to_ram,
	},
};

/**
 * zdc_fill() - fill a page with the content of free frames
 * @memory: the page
 */
void zdc_fill(struct page *memory)
{
	memset64(page_address(memory), ZDC_FILLER, PAGE_SIZE / 8);
}

/**
 * zdc_chunk_give_up_region() - release the addresses of a chunk
 * @chunk: a chunk that is not attached; it gets other addresses when it is attached again
 */
void zdc_chunk_give_up_region(struct zdc_chunk *chunk)
{
	if (chunk->region)
		release_mem_region(chunk->region->start, resource_size(chunk->region));
	chunk->region = NULL;
}

static void zdc_chunk_free(struct zdc_chunk *chunk)
{
	unsigned int at;

	for (at = 0; at < ZDC_CHUNK_FRAMES; at++)
		if (chunk->frames[at].memory)
			__free_page(chunk->frames[at].memory);
	zdc_chunk_give_up_region(chunk);
	kfree(chunk);
}

/**
 * zdc_chunk_create() - create a chunk, which is not attached
 * @device: its device
 * @number: its number on the device
 *
 * Return: the chunk, or an error pointer.
 */
struct zdc_chunk *zdc_chunk_create(struct zdc_device *device, unsigned int number)
{
	struct zdc_chunk *chunk = kzalloc(sizeof(*chunk), GFP_KERNEL);
	unsigned int at;

	if (!chunk)
		return ERR_PTR(-ENOMEM);
	for (at = 0; at < ZDC_CHUNK_FRAMES; at++) {
		struct zdc_frame *frame = &chunk->frames[at];

		frame->device = device;
		frame->number = number * ZDC_CHUNK_FRAMES + at;
		frame->memory = alloc_page(GFP_KERNEL);
		if (!frame->memory) {
			zdc_chunk_free(chunk);
			return ERR_PTR(-ENOMEM);
		}
		zdc_fill(frame->memory);
	}
	return chunk;
}

static int zdc_chunk_request_region(struct zdc_chunk *chunk)
{
	struct resource *region = request_free_mem_region(&iomem_resource, SZ_2M, "zdc");
	unsigned int at;

	if (IS_ERR(region))
		return PTR_ERR(region);
	chunk->region = region;
	for (at = 0; at < ZDC_CHUNK_FRAMES; at++)
		chunk->frames[at].page = pfn_to_page((region->start >> PAGE_SHIFT) + at);
	return 0;
}

/**
 * zdc_chunk_attach() - create the struct pages of a chunk
 * @chunk: the chunk; nothing happens if it is attached already
 *
 * Return: 0, or a negative error.
 */
int zdc_chunk_attach(struct zdc_chunk *chunk)
{
	struct zdc_device *device = chunk->frames[0].device;
	void *mapped;
	int ret;

	if (chunk->attached)
		return 0;
	if (!chunk->region) {
		ret = zdc_chunk_request_region(chunk);
		if (ret)
			return ret;
	}
	memset(&chunk->pagemap, 0, sizeof(chunk->pagemap));
	chunk->pagemap.type = MEMORY_DEVICE_PRIVATE;
	chunk->pagemap.range.start = chunk->region->start;
	chunk->pagemap.range.end = chunk->region->end;
	chunk->pagemap.nr_range = 1;
	chunk->pagemap.ops = &zdc_pagemap_ops[device->number];
	chunk->pagemap.owner = zdc_device_owner(device);
	mapped = memremap_pages(&chunk->pagemap, NUMA_NO_NODE);
	if (IS_ERR(mapped))
		return PTR_ERR(mapped);
	chunk->attached = true;
	return 0;
}

/**
 * zdc_chunk_in_use() - whether a page of a chunk has references
 * @chunk: the chunk
 *
 * Return: true if detaching it would wait.
 */
bool zdc_chunk_in_use(const struct zdc_chunk *chunk)
{
	unsigned int at;

	for (at = 0; at < ZDC_CHUNK_FRAMES && chunk->attached; at++)
		if (page_ref_count(chunk->frames[at].page) != 0)
			return true;
	return false;
}

/**
 * zdc_chunk_detach() - remove the struct pages of a chunk
 * @chunk: a chunk that is not in use: the kernel waits for pages in use without limit
 */
void zdc_chunk_detach(struct zdc_chunk *chunk)
{
	if (!chunk->attached)
		return;
	memunmap_pages(&chunk->pagemap);
	chunk->attached = false;
}

/**
 * zdc_chunk_destroy() - destroy a chunk
 * @chunk: the chunk; if a page of it is in use, it leaks, because the kernel would wait for that
 *         page without limit, and the module stays loaded for the callback
 */
void zdc_chunk_destroy(struct zdc_chunk *chunk)
{
	if (zdc_chunk_in_use(chunk)) {
		__module_get(THIS_MODULE);
		return;
	}
	zdc_chunk_detach(chunk);
	zdc_chunk_free(chunk);
}

/**
 * zdc_frame_alloc() - allocate a frame
 * @device: the device
 *
 * Return: its page, locked and with one reference, as migrate_vma_pages() expects it; NULL if all
 * frames are in use.
 */
struct page *zdc_frame_alloc(struct zdc_device *device)
{
	struct zdc_frame *frame = NULL;
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	if (device->free_count > 0) {
		frame = zdc_frame(device, device->free[--device->free_count]);
		frame->allocated = true;
	}
	spin_unlock_irqrestore(&zdc.lock, flags);
	if (!frame)
		return NULL;
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_ALLOC,
		.frame = zdc_frame_id(frame),
	});
	zdc_page_init(frame->page, &zdc_frame_chunk(frame)->pagemap);
	frame->page->zone_device_data = frame;
	return frame->page;
}

/**
 * zdc_frame_discard() - free a frame that was allocated and is not used
 * @page: its page
 */
void zdc_frame_discard(struct page *page)
{
	unlock_page(page);
	put_page(page);
}

/**
 * zdc_frame_free() - the callback for a page without references
 * @page: the page; the caller often holds the lock of a page table
 */
void zdc_frame_free(struct page *page)
{
	struct zdc_frame *frame = zdc_frame_of(page);
	struct zdc_device *device = frame->device;
	unsigned long flags;

	/* The chunk of a frame that an earlier case leaked belongs to no device. */
	if (!zdc_frame_chunk(frame) || zdc_frame(device, frame->number) != frame)
		return;
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_FREE,
		.frame = zdc_frame_id(frame),
		.refs = page_ref_count(page),
		.maps = atomic_read(&page->_mapcount) + 1,
	});
	zdc_fill(frame->memory);
	spin_lock_irqsave(&zdc.lock, flags);
	if (frame->allocated && device->free_count < ZDC_FRAMES)
		device->free[device->free_count++] = frame->number;
	frame->allocated = false;
	spin_unlock_irqrestore(&zdc.lock, flags);
}
