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

#ifdef ZDC_HAS_LARGE_FOLIOS
static void zdc_log_split(struct folio *head, int tail)
{
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_SPLIT,
		.frame = zdc_frame_id(zdc_frame_of(&head->page)),
		.tail = tail,
	});
}

/* The kernel has split a large folio, and gives each new folio in order; at the end NULL. */
static void zdc_folio_split(struct folio *head, struct folio *tail)
{
	struct zdc_frame *first = zdc_frame_of(&head->page);
	struct zdc_chunk *chunk = first->chunk;
	unsigned int at = tail ? folio_pfn(tail) - folio_pfn(head) : ZDC_CHUNK_PAGES;

	if (at != ++chunk->split)
		zdc_note_difference("base page %u left the large folio on frame %u, not %u", at,
				    zdc_frame_id(first), chunk->split);
	chunk->split = tail ? at : 0;
	if (!tail) {
		zdc_log_split(head, -1);
		return;
	}
	if (at % zdc.run == 0)
		zdc_log_split(head, zdc_frame_id(first + at / zdc.run));
	tail->pgmap = head->pgmap;
	tail->page.mapping = head->page.mapping;
	tail->page.zone_device_data = first + at / zdc.run;
}
#endif

static const struct dev_pagemap_ops zdc_pagemap_ops[ZDC_DEVICES] = {
	{
#ifdef ZDC_HAS_FOLIO_FREE
		.folio_free = zdc_folio_free,
#else
		.page_free = zdc_frame_free,
#endif
#ifdef ZDC_HAS_LARGE_FOLIOS
		.folio_split = zdc_folio_split,
#endif
		.migrate_to_ram = zdc_first_migrate_to_ram,
	},
	{
#ifdef ZDC_HAS_FOLIO_FREE
		.folio_free = zdc_folio_free,
#else
		.page_free = zdc_frame_free,
#endif
#ifdef ZDC_HAS_LARGE_FOLIOS
		.folio_split = zdc_folio_split,
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
	u64 cells[ZDC_CELLS];

	memset64(cells, ZDC_FILLER, ZDC_CELLS);
	zdc_write_cells(memory, cells);
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

static struct page *zdc_chunk_page(const struct zdc_chunk *chunk, unsigned int at)
{
	return pfn_to_page(PHYS_PFN(chunk->region->start) + at);
}

static void zdc_chunk_free(struct zdc_chunk *chunk)
{
	unsigned int at;

	for (at = 0; at < ZDC_CHUNK_PAGES && chunk->memory[at]; at++)
		__free_page(chunk->memory[at]);
	zdc_chunk_give_up_region(chunk);
	kfree(chunk);
}

/**
 * zdc_chunk_arrange() - divide a chunk into the frames of the world
 * @chunk: a chunk without a page in use
 * @device: its device
 * @number: its number on the device
 *
 * Return: 0, or -ENOMEM.
 */
int zdc_chunk_arrange(struct zdc_chunk *chunk, struct zdc_device *device, unsigned int number)
{
	unsigned int at;

	for (at = 0; at < zdc_frames_of_chunk() * zdc.run; at++) {
		if (chunk->memory[at])
			continue;
		chunk->memory[at] = alloc_page(GFP_KERNEL);
		if (!chunk->memory[at])
			return -ENOMEM;
		zdc_fill(chunk->memory[at]);
	}
	for (at = 0; at < zdc_frames_of_chunk(); at++)
		chunk->frames[at] = (struct zdc_frame){
			.page = chunk->region ? zdc_chunk_page(chunk, at * zdc.run) : NULL,
			.chunk = chunk,
			.device = device,
			.number = number * zdc_frames_of_chunk() + at,
		};
	return 0;
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

	if (!chunk)
		return ERR_PTR(-ENOMEM);
	if (zdc_chunk_arrange(chunk, device, number)) {
		zdc_chunk_free(chunk);
		return ERR_PTR(-ENOMEM);
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
	for (at = 0; at < zdc_frames_of_chunk(); at++)
		chunk->frames[at].page = zdc_chunk_page(chunk, at * zdc.run);
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

	for (at = 0; at < ZDC_CHUNK_PAGES && chunk->attached; at++)
		if (page_ref_count(zdc_chunk_page(chunk, at)) != 0)
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

/* Whether a block of frames is free: -1, or the number of the one that was freed last. */
static int zdc_find_block(const struct zdc_device *device)
{
	unsigned int block = zdc.size.block;
	unsigned int at, first, number;

	for (at = device->free_count; at-- > 0;) {
		first = device->free[at] - device->free[at] % block;
		for (number = first; number < first + block; number++)
			if (number >= zdc.size.frames || zdc_frame(device, number)->used)
				break;
		if (number == first + block)
			return first;
	}
	return -1;
}

static void zdc_take_frame(struct zdc_device *device, unsigned int number)
{
	unsigned int at = 0;

	while (device->free[at] != number)
		at++;
	device->free_count--;
	memmove(device->free + at, device->free + at + 1, device->free_count - at);
	zdc_frame(device, number)->used = zdc.run;
}

/**
 * zdc_has_free_block() - whether a large folio can be allocated
 * @device: the device
 *
 * Return: true if all frames of a block are free.
 */
bool zdc_has_free_block(struct zdc_device *device)
{
	unsigned long flags;
	bool found;

	spin_lock_irqsave(&zdc.lock, flags);
	found = zdc_find_block(device) >= 0;
	spin_unlock_irqrestore(&zdc.lock, flags);
	return found;
}

/**
 * zdc_folio_alloc() - allocate a block of frames as one large folio
 * @device: the device
 *
 * Return: its first page, locked and with one reference; NULL if there is no free block.
 */
struct page *zdc_folio_alloc(struct zdc_device *device)
{
	struct zdc_frame *frame;
	unsigned long flags;
	int first, at;

	spin_lock_irqsave(&zdc.lock, flags);
	first = zdc_find_block(device);
	for (at = 0; first >= 0 && at < zdc.size.block; at++)
		zdc_take_frame(device, first + at);
	spin_unlock_irqrestore(&zdc.lock, flags);
	if (first < 0)
		return NULL;
	frame = zdc_frame(device, first);
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_ALLOC,
		.frame = zdc_frame_id(frame),
		.large = true,
	});
	zdc_folio_init(frame->page, &frame->chunk->pagemap);
	frame->page->zone_device_data = frame;
	return frame->page;
}

/**
 * zdc_frame_alloc() - allocate a frame
 * @device: the device
 *
 * Return: its first page; each page is locked and has one reference, as migrate_vma_pages() expects
 * it; NULL if all frames are in use.
 */
struct page *zdc_frame_alloc(struct zdc_device *device)
{
	struct zdc_frame *frame = NULL;
	unsigned long flags;
	unsigned int at;

	spin_lock_irqsave(&zdc.lock, flags);
	if (device->free_count > 0) {
		frame = zdc_frame(device, device->free[device->free_count - 1]);
		zdc_take_frame(device, frame->number);
	}
	spin_unlock_irqrestore(&zdc.lock, flags);
	if (!frame)
		return NULL;
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_ALLOC,
		.frame = zdc_frame_id(frame),
	});
	for (at = 0; at < zdc.run; at++) {
		zdc_page_init(frame->page + at, &frame->chunk->pagemap);
		frame->page[at].zone_device_data = frame;
	}
	zdc_hook_allocated(frame);
	return frame->page;
}

/**
 * zdc_frame_discard() - free a frame that was allocated and is not used
 * @page: its first page, or that of a large folio
 */
void zdc_frame_discard(struct page *page)
{
	unsigned int pages = PageCompound(page) ? 1 : zdc.run;
	unsigned int at;

	for (at = 0; at < pages; at++) {
		unlock_page(page + at);
		put_page(page + at);
	}
}

/* Whether the free of a base page frees its frame, which is then among the free ones. */
static bool zdc_release(struct zdc_frame *frame)
{
	struct zdc_device *device = frame->device;
	unsigned long flags;
	bool last;

	spin_lock_irqsave(&zdc.lock, flags);
	last = frame->used == 1;
	if (frame->used > 0)
		frame->used--;
	if (last)
		device->free[device->free_count++] = frame->number;
	spin_unlock_irqrestore(&zdc.lock, flags);
	return last;
}

static void zdc_log_free(const struct zdc_frame *frame, struct page *page)
{
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_FREE,
		.frame = zdc_frame_id(frame),
		.large = PageCompound(page),
		.refs = zdc_frame_refs(frame, page - frame->page),
		.maps = zdc_frame_maps(frame, page - frame->page),
	});
}

/**
 * zdc_frame_free() - the callback for a page, or a large folio, without references
 * @page: the first page; the caller often holds the lock of a page table
 */
void zdc_frame_free(struct page *page)
{
	unsigned int pages = PageCompound(page) ? ZDC_CHUNK_PAGES : 1;
	struct zdc_frame *frame = zdc_frame_of(page);
	struct zdc_device *device = frame->device;
	unsigned int at;

	/* The chunk of a frame that an earlier case leaked belongs to no device. */
	if (device->chunks[frame->number / zdc_frames_of_chunk()] != frame->chunk)
		return;
	if (pages > 1 || frame->used <= 1)
		zdc_log_free(frame, page);
	for (at = 0; at < zdc_hook_freed_pages(pages); at++) {
		zdc_fill(zdc_memory_of(page + at));
		zdc_release(zdc_frame_of(page + at));
	}
	zdc_hook_freed(frame);
}

/**
 * zdc_frame_is_large() - whether a large folio is on a frame
 * @frame: the frame
 *
 * Return: false also for a free frame, whose pages may still look like those of a large folio.
 */
bool zdc_frame_is_large(const struct zdc_frame *frame)
{
	return frame->chunk->attached && frame->used > 0 && PageCompound(frame->page);
}

/*
 * The counts of a large folio are for base pages. Here a whole entry counts one, as there, and the
 * entries for a run count one together.
 */
static int zdc_count_runs(int count, int whole)
{
	return (count - whole) % (int)zdc.run ? -1 : whole + (count - whole) / (int)zdc.run;
}

/**
 * zdc_frame_refs() - the reference count of a frame
 * @frame: the frame
 * @at: a base page of it
 *
 * Return: the count; 0 while the chunk is detached, because there is no struct page then.
 */
int zdc_frame_refs(const struct zdc_frame *frame, unsigned int at)
{
	struct folio *folio;

	if (!frame->chunk->attached)
		return 0;
	if (!zdc_frame_is_large(frame))
		return page_ref_count(frame->page + at);
	folio = page_folio(frame->page);
	return zdc_count_runs(folio_ref_count(folio), zdc_whole_maps(folio));
}

/**
 * zdc_frame_maps() - the map count of a frame
 * @frame: the frame
 * @at: a base page of it
 *
 * Return: the count; 0 while the chunk is detached.
 */
int zdc_frame_maps(const struct zdc_frame *frame, unsigned int at)
{
	struct folio *folio;

	if (!frame->chunk->attached)
		return 0;
	if (!zdc_frame_is_large(frame))
		return atomic_read(&frame->page[at]._mapcount) + 1;
	folio = page_folio(frame->page);
	return zdc_count_runs(zdc_all_maps(folio), zdc_whole_maps(folio));
}
