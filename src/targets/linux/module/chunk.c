// SPDX-License-Identifier: GPL-2.0
/*
 * Device memory in pieces: each has a range of physical addresses, and struct pages for as long as it is plugged in.
 */
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "zdc.h"

/* Each device has callbacks of its own, so that it is seen whose the kernel calls. */
static vm_fault_t first_migrate_to_ram(struct vm_fault *vmf)
{
	return zdc_migrate_to_ram(&zdc.devices[0], vmf);
}

static vm_fault_t second_migrate_to_ram(struct vm_fault *vmf)
{
	return zdc_migrate_to_ram(&zdc.devices[1], vmf);
}

#ifdef ZDC_HAS_FOLIO_FREE
static void folio_free(struct folio *folio)
{
	zdc_page_free(&folio->page);
}

#define FREE .folio_free = folio_free
#else
#define FREE .page_free = zdc_page_free
#endif

static const struct dev_pagemap_ops ops[ZDC_DEVICES] = {
	{ FREE, .migrate_to_ram = first_migrate_to_ram },
	{ FREE, .migrate_to_ram = second_migrate_to_ram },
};

/* Not while it is plugged in. It finds another one when it is again. */
void zdc_chunk_give_up_range(struct zdc_chunk *chunk)
{
	if (chunk->region)
		release_mem_region(chunk->region->start, resource_size(chunk->region));
	chunk->region = NULL;
}

static void chunk_free(struct zdc_chunk *chunk)
{
	unsigned int at;

	for (at = 0; at < ZDC_CHUNK_FRAMES; at++)
		if (chunk->frames[at].memory)
			__free_page(chunk->frames[at].memory);
	zdc_chunk_give_up_range(chunk);
	kfree(chunk);
}

struct zdc_chunk *zdc_chunk_make(struct zdc_device *device, unsigned int number)
{
	struct zdc_chunk *chunk = kzalloc(sizeof(*chunk), GFP_KERNEL);
	unsigned int at;

	if (!chunk)
		return ERR_PTR(-ENOMEM);
	for (at = 0; at < ZDC_CHUNK_FRAMES; at++) {
		chunk->frames[at].device = device;
		chunk->frames[at].at = number * ZDC_CHUNK_FRAMES + at;
		chunk->frames[at].memory = alloc_page(GFP_KERNEL);
		if (!chunk->frames[at].memory) {
			chunk_free(chunk);
			return ERR_PTR(-ENOMEM);
		}
		zdc_fill(chunk->frames[at].memory);
	}
	return chunk;
}

static int find_region(struct zdc_chunk *chunk)
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

int zdc_chunk_plug(struct zdc_chunk *chunk)
{
	void *mapped;

	if (chunk->plugged)
		return 0;
	if (!chunk->region) {
		int failed = find_region(chunk);

		if (failed)
			return failed;
	}
	memset(&chunk->pagemap, 0, sizeof(chunk->pagemap));
	chunk->pagemap.type = MEMORY_DEVICE_PRIVATE;
	chunk->pagemap.range.start = chunk->region->start;
	chunk->pagemap.range.end = chunk->region->end;
	chunk->pagemap.nr_range = 1;
	chunk->pagemap.ops = &ops[chunk->frames[0].device->number];
	chunk->pagemap.owner = zdc_device_owner(chunk->frames[0].device);
	mapped = memremap_pages(&chunk->pagemap, NUMA_NO_NODE);
	if (IS_ERR(mapped))
		return PTR_ERR(mapped);
	chunk->plugged = true;
	return 0;
}

bool zdc_chunk_in_use(const struct zdc_chunk *chunk)
{
	unsigned int at;

	for (at = 0; at < ZDC_CHUNK_FRAMES && chunk->plugged; at++)
		if (page_ref_count(chunk->frames[at].page) != 0)
			return true;
	return false;
}

/* Its struct pages go. The kernel waits for every page that is in use, so that nobody must ask for it while one is. */
void zdc_chunk_unplug(struct zdc_chunk *chunk)
{
	if (!chunk->plugged)
		return;
	memunmap_pages(&chunk->pagemap);
	chunk->plugged = false;
}

/*
 * A chunk that holds a page which never came back is left where it is: that page was told of, and waiting for it would
 * be for ever.
 */
void zdc_chunk_retire(struct zdc_chunk *chunk)
{
	if (zdc_chunk_in_use(chunk))
		return;
	zdc_chunk_unplug(chunk);
	chunk_free(chunk);
}
