// SPDX-License-Identifier: GPL-2.0
/* The world of a case: it begins with all of it as new. */
#include "zdc.h"

struct zdc_world zdc = {
	.mutex = __MUTEX_INITIALIZER(zdc.mutex),
	.lock = __SPIN_LOCK_UNLOCKED(zdc.lock),
};

static int count_missing(const struct zdc_device *device)
{
	unsigned int at;
	int missing = 0;

	for (at = 0; at < ZDC_FRAMES && device->chunks[at / ZDC_CHUNK_FRAMES]; at++)
		if (zdc_frame(device, at)->taken || zdc_frame_refs(zdc_frame(device, at)) != 0)
			missing++;
	return missing;
}

/* A fresh world. Answers how many frames of the old one are still held, though nobody is left who could hold them. */
int zdc_world_reset(struct zdc_world_size size)
{
	unsigned int number;
	int missing = 0;

	if (size.frames > ZDC_FRAMES || size.devices > ZDC_DEVICES)
		return -EINVAL;
	zdc_unpin_all();
	zdc_heal();
	for (number = 0; number < ZDC_PROCESSES; number++)
		zdc_process_leave(number);
	for (number = 0; number < ZDC_DEVICES; number++)
		missing += count_missing(&zdc.devices[number]);
	zdc.size = size;
	for (number = 0; number < ZDC_DEVICES; number++) {
		struct zdc_device *device = &zdc.devices[number];
		int failed;

		if (missing)
			zdc_device_retire(device);
		zdc_device_prepare(device, number);
		failed = zdc_device_plug(device);
		if (failed)
			return failed;
	}
	zdc.log->count = 0;
	zdc.log->lost = 0;
	return missing;
}

void zdc_world_release(void)
{
	unsigned int number;

	for (number = 0; number < ZDC_DEVICES; number++)
		zdc_device_retire(&zdc.devices[number]);
}
