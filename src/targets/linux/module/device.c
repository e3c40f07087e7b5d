// SPDX-License-Identifier: GPL-2.0
/* The device: a fresh world, and what it is to unplug it and plug it in again. */
#include "zdc.h"

struct zdc_device zdc = {
	.mutex = __MUTEX_INITIALIZER(zdc.mutex),
	.lock = __SPIN_LOCK_UNLOCKED(zdc.lock),
};

static int chunks_plug(void)
{
	unsigned int number;
	int failed = 0;

	for (number = 0; number < ZDC_CHUNKS && !failed; number++) {
		if (!zdc.chunks[number]) {
			struct zdc_chunk *chunk = zdc_chunk_make(number);

			if (IS_ERR(chunk))
				return PTR_ERR(chunk);
			zdc.chunks[number] = chunk;
		}
		failed = zdc_chunk_plug(zdc.chunks[number]);
	}
	return failed;
}

static void chunk_retire(unsigned int number)
{
	struct zdc_chunk *chunk = zdc.chunks[number];

	zdc.chunks[number] = NULL;
	if (chunk)
		zdc_chunk_retire(chunk);
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
		if (zdc_frame(number)->taken || zdc_frame_refs(number) != 0)
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
	int failed;

	if (zdc.attached)
		return -EBUSY;
	failed = chunks_plug();
	if (!failed)
		zdc.attached = true;
	return failed;
}

/* The memory goes, unless a page of it is in use: waiting for that one might be for ever. */
static bool chunks_unplug(void)
{
	unsigned int number;

	for (number = 0; number < ZDC_CHUNKS; number++)
		if (zdc_chunk_in_use(zdc.chunks[number]))
			return false;
	zdc_forget_mirrors();
	for (number = 0; number < ZDC_CHUNKS; number++)
		zdc_chunk_unplug(zdc.chunks[number]);
	return true;
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
	/* With either of these bugs pages are on the device afterwards: their memory must be there. */
	if (!zdc_is(ZDC_WORKS_WHILE_DETACHED) && !zdc_is(ZDC_DETACHES_WITHOUT_EVICTING) && !chunks_unplug())
		return -EBUSY;
	zdc.attached = false;
	return 0;
}
