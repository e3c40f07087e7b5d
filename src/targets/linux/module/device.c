// SPDX-License-Identifier: GPL-2.0
/* A device: what it is to unplug it and plug it in again, to close it and to open it. */
#include "zdc.h"

void zdc_device_prepare(struct zdc_device *device, u8 number)
{
	unsigned int at;

	device->number = number;
	device->attached = true;
	device->open = true;
	/* From the end: frame 0 first, and later the one that came back last, which shows stale reads soonest. */
	device->free_count = 0;
	for (at = zdc.size.frames; at-- > 0;)
		device->free[device->free_count++] = at;
}

int zdc_device_plug(struct zdc_device *device)
{
	unsigned int number;
	int failed = 0;

	for (number = 0; number < ZDC_CHUNKS && !failed; number++) {
		if (!device->chunks[number]) {
			struct zdc_chunk *chunk = zdc_chunk_make(device, number);

			if (IS_ERR(chunk))
				return PTR_ERR(chunk);
			device->chunks[number] = chunk;
		}
		failed = zdc_chunk_plug(device->chunks[number]);
	}
	zdc_hot_remove(device);
	return failed;
}

void zdc_device_retire(struct zdc_device *device)
{
	unsigned int number;

	for (number = 0; number < ZDC_CHUNKS; number++) {
		struct zdc_chunk *chunk = device->chunks[number];

		device->chunks[number] = NULL;
		if (chunk)
			zdc_chunk_retire(chunk);
	}
}

int zdc_device_attach(struct zdc_device *device)
{
	int failed;

	if (device->attached)
		return -EBUSY;
	failed = zdc_device_plug(device);
	if (!failed)
		device->attached = true;
	return failed;
}

/* The memory goes, unless a page of it is in use: waiting for that one might be for ever. */
static bool unplug(struct zdc_device *device)
{
	unsigned int number;

	for (number = 0; number < ZDC_CHUNKS; number++)
		if (zdc_chunk_in_use(device->chunks[number]))
			return false;
	zdc_forget_mirrors(device);
	for (number = 0; number < ZDC_CHUNKS; number++)
		zdc_chunk_unplug(device->chunks[number]);
	return true;
}

int zdc_device_detach(struct zdc_device *device)
{
	unsigned int at;
	bool remains = false;

	if (!device->attached)
		return -ENODEV;
	for (at = 0; at < zdc.size.frames; at++)
		if (zdc_frame(device, at)->taken && !zdc_is(ZDC_DETACHES_WITHOUT_EVICTING))
			remains |= !zdc_evict_frame(zdc_frame(device, at), NULL, 0);
	if (remains)
		return -EBUSY;
	/* With either of these bugs pages are on the device afterwards: their memory must be there. */
	if (!zdc_is(ZDC_WORKS_WHILE_DETACHED) && !zdc_is(ZDC_DETACHES_WITHOUT_EVICTING) && !unplug(device))
		return -EBUSY;
	device->attached = false;
	return 0;
}

int zdc_device_close(struct zdc_device *device)
{
	if (!device->open)
		return -ENODEV;
	device->open = false;
	return 0;
}

int zdc_device_open(struct zdc_device *device)
{
	if (device->open)
		return -EBUSY;
	device->open = true;
	return 0;
}
