// SPDX-License-Identifier: GPL-2.0
/* Somebody who would add ordinary memory where a device's is: the kernel must not let him. */
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

#include "zdc.h"

/* Nothing is ever put on what was added: it is not brought online. */
int zdc_hot_add(struct zdc_device *device)
{
	struct zdc_chunk *chunk = device->chunks[0];
	u64 size = memory_block_size_bytes();
	int failed;

	if (chunk->region)
		device->range = ALIGN_DOWN(chunk->region->start, size);
	/* A device that is gone has no say in what its addresses are used for. */
	if (!chunk->plugged)
		zdc_chunk_give_up_range(chunk);
	failed = add_memory(0, device->range, size, MHP_NONE);
	if (!failed)
		device->lost_range = true;
	return failed;
}

/* When the device has found another range. */
void zdc_hot_remove(struct zdc_device *device)
{
	if (device->lost_range)
		remove_memory(device->range, memory_block_size_bytes());
	device->lost_range = false;
}
