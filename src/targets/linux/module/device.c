// SPDX-License-Identifier: GPL-2.0
/* The device: its chunks of memory, and what it is to unplug it and plug it in again. */
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "zdc.h"

struct zdc_device zdc = {
	.mutex = __MUTEX_INITIALIZER(zdc.mutex),
	.lock = __SPIN_LOCK_UNLOCKED(zdc.lock),
};

static const struct dev_pagemap_ops ops = {
	.page_free = zdc_page_free,
	.migrate_to_ram = zdc_migrate_to_ram,
};

static void chunk_free(struct zdc_chunk *chunk)
{
	unsigned int at;

	for (at = 0; at < ZDC_CHUNK_FRAMES; at++)
		if (chunk->frames[at].memory)
			__free_page(chunk->frames[at].memory);
	kfree(chunk);
}

static struct zdc_chunk *chunk_make(unsigned int number)
{
	struct zdc_chunk *chunk = kzalloc(sizeof(*chunk), GFP_KERNEL);
	struct resource *region;
	unsigned int at;
	void *mapped;

	if (!chunk)
		return ERR_PTR(-ENOMEM);
	for (at = 0; at < ZDC_CHUNK_FRAMES; at++) {
		chunk->frames[at].number = number * ZDC_CHUNK_FRAMES + at;
		chunk->frames[at].memory = alloc_page(GFP_KERNEL);
		if (!chunk->frames[at].memory) {
			chunk_free(chunk);
			return ERR_PTR(-ENOMEM);
		}
		zdc_fill(chunk->frames[at].memory);
	}
	region = request_free_mem_region(&iomem_resource, SZ_2M, "zdc");
	if (IS_ERR(region)) {
		chunk_free(chunk);
		return ERR_CAST(region);
	}
	chunk->pagemap.type = MEMORY_DEVICE_PRIVATE;
	chunk->pagemap.range.start = region->start;
	chunk->pagemap.range.end = region->end;
	chunk->pagemap.nr_range = 1;
	chunk->pagemap.ops = &ops;
	chunk->pagemap.owner = &zdc;
	mapped = memremap_pages(&chunk->pagemap, NUMA_NO_NODE);
	if (IS_ERR(mapped)) {
		release_mem_region(region->start, resource_size(region));
		chunk_free(chunk);
		return ERR_CAST(mapped);
	}
	for (at = 0; at < ZDC_CHUNK_FRAMES; at++)
		chunk->frames[at].page = pfn_to_page((region->start >> PAGE_SHIFT) + at);
	return chunk;
}

static bool chunk_in_use(const struct zdc_chunk *chunk)
{
	unsigned int at;

	for (at = 0; at < ZDC_CHUNK_FRAMES; at++)
		if (page_ref_count(chunk->frames[at].page) != 0)
			return true;
	return false;
}

static void chunk_unplug(struct zdc_chunk *chunk)
{
	u64 start = chunk->pagemap.range.start;
	u64 size = range_len(&chunk->pagemap.range);

	memunmap_pages(&chunk->pagemap);
	release_mem_region(start, size);
	chunk_free(chunk);
}

/*
 * Unplugging waits for every page of a chunk. One that holds a page which never came back is left where it is: that
 * page was told of, and waiting for it would be for ever.
 */
static void chunk_retire(unsigned int number)
{
	struct zdc_chunk *chunk = zdc.chunks[number];

	zdc.chunks[number] = NULL;
	if (chunk && !chunk_in_use(chunk))
		chunk_unplug(chunk);
}

static int chunks_plug(void)
{
	unsigned int number;

	for (number = 0; number < ZDC_CHUNKS; number++) {
		struct zdc_chunk *chunk;

		if (zdc.chunks[number])
			continue;
		chunk = chunk_make(number);
		if (IS_ERR(chunk))
			return PTR_ERR(chunk);
		zdc.chunks[number] = chunk;
	}
	return 0;
}

/* A fresh world. Answers how many frames of the old one are still held, though nobody is left who could hold them. */
int zdc_device_reset(unsigned int frames)
{
	unsigned int number;
	int missing = 0;
	int failed;

	if (frames > ZDC_FRAMES)
		return -EINVAL;
	zdc_unpin_all();
	zdc_heal();
	for (number = 0; number < ZDC_PROCESSES; number++)
		zdc_process_leave(number);
	for (number = 0; number < ZDC_FRAMES && zdc.chunks[number / ZDC_CHUNK_FRAMES]; number++)
		if (zdc_frame(number)->taken || page_ref_count(zdc_frame(number)->page) != 0)
			missing++;
	for (number = 0; missing && number < ZDC_CHUNKS; number++)
		chunk_retire(number);
	failed = chunks_plug();
	if (failed)
		return failed;
	zdc.frames = frames;
	zdc.attached = true;
	/* From the end: frame 0 first, and later the one that came back last, which shows stale reads soonest. */
	zdc.free_count = 0;
	for (number = frames; number-- > 0;)
		zdc.free[zdc.free_count++] = number;
	zdc.log->count = 0;
	zdc.log->lost = 0;
	return missing;
}

void zdc_device_release(void)
{
	unsigned int number;

	for (number = 0; number < ZDC_CHUNKS; number++)
		chunk_retire(number);
}

int zdc_device_attach(void)
{
	if (zdc.attached)
		return -EBUSY;
	zdc.attached = true;
	return 0;
}

int zdc_device_detach(void)
{
	unsigned int number;
	bool remains = false;

	if (!zdc.attached)
		return -ENODEV;
	for (number = 0; number < zdc.frames; number++)
		if (zdc_frame(number)->taken && !zdc_is(ZDC_DETACHES_WITHOUT_EVICTING))
			remains |= !zdc_evict_frame(zdc_frame(number));
	if (remains)
		return -EBUSY;
	zdc.attached = false;
	return 0;
}
