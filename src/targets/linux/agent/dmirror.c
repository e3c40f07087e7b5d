// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "world.h"

/*
 * The kernel's own test device (test_hmm) in place of ours. Its answers are not taken for what happened: entries are,
 * for it answers an error where a part of a range has moved. It has frames enough for everybody and does not name
 * them, so the scope's number is kept here, and frames are named as they are seen.
 */

/* By the kernel's public interface to the device. */
struct request {
	uint64_t addr;
	uint64_t ptr;
	uint64_t npages;
	uint64_t cpages;
	uint64_t faults;
};

#define REQUEST_READ _IOWR('H', 0x00, struct request)
#define REQUEST_WRITE _IOWR('H', 0x01, struct request)
#define REQUEST_TO_DEVICE _IOWR('H', 0x02, struct request)
#define REQUEST_TO_SYSTEM _IOWR('H', 0x03, struct request)

bool uses_dmirror;
static int device = -1;
static uint64_t buffer[ZDC_PAGE / 8];

/* A file acts on the memory of whoever opened it: one that a fork handed down must not be used. */
void dmirror_enter(void)
{
	if (device >= 0)
		close(device);
	device = open("/dev/hmm_dmirror0", O_RDWR | O_CLOEXEC);
	if (device < 0)
		trouble("/dev/hmm_dmirror0: %s", strerror(errno));
}

/* The error that a request for one page came to, or 0. */
static int ask(unsigned long number, unsigned int page)
{
	struct request request = {
		.addr = ZDC_BASE + page * ZDC_PAGE,
		.ptr = (uintptr_t)buffer,
		.npages = 1,
	};

	return ioctl(device, number, &request) ? errno : 0;
}

static bool is_on_device(unsigned int page)
{
	return device_pfn(entry_of(my_slot, page)) != 0;
}

static unsigned int frames_in_use(void)
{
	uint64_t seen[ZDC_FRAMES];
	unsigned int count = 0;

	for (int slot = 0; slot < ZDC_PROCESSES; slot++) {
		for (unsigned int page = 0; world->alive[slot] && page < world->test_case.scope.pages; page++) {
			uint64_t pfn = device_pfn(entry_of(slot, page));
			unsigned int at = 0;

			while (at < count && seen[at] != pfn)
				at++;
			if (pfn != 0 && at == count && count < ZDC_FRAMES)
				seen[count++] = pfn;
		}
	}
	return count;
}

void dmirror_migrate(struct zdc_range *range, bool to_device)
{
	for (unsigned int at = 0; at < range->count; at++) {
		unsigned int page = range->page + at;
		bool was = is_on_device(page);

		range->moved[at] = 0;
		if (was == to_device || (to_device && frames_in_use() >= world->test_case.scope.frames))
			continue;
		ask(to_device ? REQUEST_TO_DEVICE : REQUEST_TO_SYSTEM, page);
		range->moved[at] = is_on_device(page) != was;
	}
}

int dmirror_load(unsigned int page, struct cells *cells)
{
	int error = ask(REQUEST_READ, page);

	for (unsigned int at = 0; at < ZDC_CELLS; at++)
		cells->cell[at] = buffer[ZDC_CELL(at) / 8];
	return error;
}

int dmirror_store(unsigned int page, uint16_t value)
{
	memset(buffer, 0, sizeof(buffer));
	for (unsigned int at = 0; at < ZDC_CELLS; at++)
		buffer[ZDC_CELL(at) / 8] = value;
	return ask(REQUEST_WRITE, page);
}

/* The name of a frame: the lowest that is free, from when it is first seen until nobody shows it any more. */
int dmirror_frame(uint64_t pfn)
{
	int unused = -1;

	for (unsigned int frame = 0; frame < world->test_case.scope.frames; frame++) {
		if (world->named[frame] == pfn)
			return frame;
		if (unused < 0 && world->named[frame] == 0)
			unused = frame;
	}
	if (unused >= 0)
		world->named[unused] = pfn;
	return unused;
}

void dmirror_forget_frames(void)
{
	bool seen[ZDC_FRAMES] = { false };

	for (int slot = 0; slot < ZDC_PROCESSES; slot++)
		for (unsigned int page = 0; world->alive[slot] && page < world->test_case.scope.pages; page++)
			for (unsigned int frame = 0; frame < ZDC_FRAMES; frame++)
				seen[frame] |= world->named[frame] == device_pfn(entry_of(slot, page));
	for (unsigned int frame = 0; frame < ZDC_FRAMES; frame++)
		if (!seen[frame])
			world->named[frame] = 0;
}
