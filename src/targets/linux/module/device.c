// SPDX-License-Identifier: GPL-2.0
/* The devices: attach and detach, close and open, hot-add; and the world of a case. */
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

#include "zdc.h"

struct zdc_world zdc = {
	.mutex = __MUTEX_INITIALIZER(zdc.mutex),
	.lock = __SPIN_LOCK_UNLOCKED(zdc.lock),
	.size = { .block = 1 },
	.run = 1,
};

static void zdc_device_init(struct zdc_device *device, u8 number)
{
	unsigned int at;

	device->number = number;
	device->attached = true;
	device->open = true;
	/*
	 * Frame 0 is allocated first; later the frame that was freed last, which shows a read of
	 * freed memory soonest.
	 */
	device->free_count = 0;
	for (at = zdc.size.frames; at-- > 0;)
		device->free[device->free_count++] = at;
}

static void zdc_device_hot_remove(struct zdc_device *device)
{
	if (device->lost_range)
		remove_memory(device->range, memory_block_size_bytes());
	device->lost_range = false;
}

/* In a world with blocks as many as there are frames for; also for frames that fill no block. */
static unsigned int zdc_chunks_needed(void)
{
	if (!zdc_has_blocks())
		return ZDC_BASE_CHUNKS;
	return DIV_ROUND_UP(zdc.size.frames, zdc_frames_of_chunk());
}

static int zdc_device_add_pages(struct zdc_device *device)
{
	unsigned int number;
	int ret = 0;

	for (number = 0; number < zdc_chunks_needed() && !ret; number++) {
		if (!device->chunks[number]) {
			struct zdc_chunk *chunk = zdc_chunk_create(device, number);

			if (IS_ERR(chunk))
				return PTR_ERR(chunk);
			device->chunks[number] = chunk;
		}
		ret = zdc_chunk_attach(device->chunks[number]);
	}
	zdc_device_hot_remove(device);
	return ret;
}

static void zdc_device_destroy_chunks(struct zdc_device *device)
{
	unsigned int number;

	for (number = 0; number < ZDC_CHUNKS; number++) {
		struct zdc_chunk *chunk = device->chunks[number];

		device->chunks[number] = NULL;
		if (chunk)
			zdc_chunk_destroy(chunk);
	}
}

/**
 * zdc_device_attach() - attach a device
 * @device: the device
 *
 * Return: 0, -EBUSY if it is attached, or a negative error.
 */
int zdc_device_attach(struct zdc_device *device)
{
	int ret;

	if (device->attached)
		return -EBUSY;
	ret = zdc_device_add_pages(device);
	if (!ret)
		device->attached = true;
	return ret;
}

/* Returns whether the device has no struct pages afterwards. */
static bool zdc_device_remove_pages(struct zdc_device *device)
{
	unsigned int number;

	for (number = 0; number < ZDC_CHUNKS; number++)
		if (device->chunks[number] && zdc_chunk_in_use(device->chunks[number]))
			return false;
	zdc_mirror_clear(device);
	for (number = 0; number < ZDC_CHUNKS; number++)
		if (device->chunks[number])
			zdc_chunk_detach(device->chunks[number]);
	return true;
}

/**
 * zdc_device_detach() - evict all pages of a device and remove its struct pages
 * @device: the device
 *
 * Return: 0, -ENODEV if it is detached, or -EBUSY if a page could not be evicted or is in use.
 */
int zdc_device_detach(struct zdc_device *device)
{
	unsigned int at;
	bool remains = false;

	if (!device->attached)
		return -ENODEV;
	if (zdc_hook_detach_evicts())
		zdc_evict_all(device);
	for (at = 0; at < zdc.size.frames && zdc_hook_detach_evicts(); at++)
		remains |= zdc_frame(device, at)->used > 0;
	if (remains)
		return -EBUSY;
	if (zdc_hook_detach_removes() && !zdc_device_remove_pages(device))
		return -EBUSY;
	device->attached = false;
	return 0;
}

/**
 * zdc_device_close() - end the use of a device
 * @device: the device, which keeps its pages
 *
 * Return: 0, or -ENODEV if it is closed.
 */
int zdc_device_close(struct zdc_device *device)
{
	if (!device->open)
		return -ENODEV;
	device->open = false;
	return 0;
}

/**
 * zdc_device_open() - use a device again
 * @device: the device
 *
 * Return: 0, or -EBUSY if it is open.
 */
int zdc_device_open(struct zdc_device *device)
{
	if (device->open)
		return -EBUSY;
	device->open = true;
	return 0;
}

/**
 * zdc_device_hot_add() - try to add ordinary memory at the addresses of a device
 * @device: the device; a detached one gives up its addresses
 *
 * The memory is not brought online, so nothing is stored in it.
 *
 * Return: 0, or the error of add_memory().
 */
int zdc_device_hot_add(struct zdc_device *device)
{
	struct zdc_chunk *chunk = device->chunks[0];
	u64 size = memory_block_size_bytes();
	int ret;

	if (chunk->region)
		device->range = ALIGN_DOWN(chunk->region->start, size);
	if (!chunk->attached)
		zdc_chunk_give_up_region(chunk);
	ret = add_memory(0, device->range, size, MHP_NONE);
	if (!ret)
		device->lost_range = true;
	return ret;
}

static int zdc_count_missing(const struct zdc_device *device)
{
	unsigned int at;
	int missing = 0;

	for (at = 0; at < ZDC_FRAMES && device->chunks[at / zdc_frames_of_chunk()]; at++)
		if (zdc_frame(device, at)->used || zdc_frame_refs(zdc_frame(device, at), 0) != 0)
			missing++;
	return missing;
}

/* Divides the chunks into the frames of a world with other blocks. */
static int zdc_device_arrange(struct zdc_device *device)
{
	unsigned int number;
	int ret = 0;

	for (number = 0; number < ZDC_CHUNKS && device->chunks[number] && !ret; number++)
		ret = zdc_chunk_arrange(device->chunks[number], device, number);
	return ret;
}

/**
 * zdc_world_reset() - begin a world
 * @size: the numbers of devices and frames
 *
 * Return: the number of frames of the last world that were not freed, or a negative error.
 */
int zdc_world_reset(struct zdc_world_size size)
{
	bool rearrange;
	unsigned int number;
	int missing = 0;

	if (size.frames > ZDC_FRAMES || size.devices > ZDC_DEVICES ||
	    size.block > ZDC_CHUNK_FRAMES || size.block == 0 || ZDC_FOLIO_PAGES % size.block)
		return -EINVAL;
	if (size.block > 1 && !ZDC_LARGE_FOLIOS_FEATURE)
		return -EOPNOTSUPP;
	zdc_unpin_all();
	zdc_heal();
	zdc_forget_tracked();
	for (number = 0; number < ZDC_PROCESSES; number++)
		zdc_process_leave(number);
	for (number = 0; number < ZDC_DEVICES; number++)
		missing += zdc_count_missing(&zdc.devices[number]);
	rearrange = zdc.size.block != size.block;
	zdc.size = size;
	zdc.run = size.block > 1 ? ZDC_FOLIO_PAGES / size.block : 1;
	for (number = 0; number < ZDC_DEVICES; number++) {
		struct zdc_device *device = &zdc.devices[number];
		int ret;

		if (missing)
			zdc_device_destroy_chunks(device);
		zdc_device_init(device, number);
		ret = zdc_device_add_pages(device);
		if (!ret && rearrange)
			ret = zdc_device_arrange(device);
		if (ret)
			return ret;
	}
	zdc.log->count = 0;
	zdc.log->lost = 0;
	zdc.log->racing = 0;
	zdc.log->difference[0] = '\0';
	return missing;
}

/**
 * zdc_world_release() - free the memory of all devices
 */
void zdc_world_release(void)
{
	unsigned int number;

	for (number = 0; number < ZDC_DEVICES; number++)
		zdc_device_destroy_chunks(&zdc.devices[number]);
}
