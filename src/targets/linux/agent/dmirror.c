// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own test device (test_hmm) instead of the driver of this project. Whether a page
 * moved is read from its entry: the device returns an error if only a part of a range moved. It has
 * more frames than any case and does not name them, so the number of frames is limited here, and
 * frames are named when they are first seen.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "world.h"

/* The argument of every request, from the public interface of the device. */
struct dmirror_request {
	uint64_t addr;
	uint64_t ptr;
	uint64_t npages;
	uint64_t cpages;
	uint64_t faults;
};

#define REQUEST_READ _IOWR('H', 0x00, struct dmirror_request)
#define REQUEST_WRITE _IOWR('H', 0x01, struct dmirror_request)
#define REQUEST_TO_DEVICE _IOWR('H', 0x02, struct dmirror_request)
#define REQUEST_TO_SYSTEM _IOWR('H', 0x03, struct dmirror_request)

bool uses_dmirror;
static int device = -1;
static uint64_t buffer[ZDC_PAGE / 8];

/* A file acts on the memory of the process that opened it, so a child opens its own. */
void dmirror_enter(void)
{
	if (device >= 0)
		close(device);
	device = open("/dev/hmm_dmirror0", O_RDWR | O_CLOEXEC);
	if (device < 0)
		fail("/dev/hmm_dmirror0: %s", strerror(errno));
}

/* A request for one page. Returns 0 or an error. */
static int request(unsigned long number, unsigned int page)
{
	struct dmirror_request argument = {
		.addr = (uintptr_t)page_address(page),
		.ptr = (uintptr_t)buffer,
		.npages = 1,
	};

	return ioctl(device, number, &argument) ? errno : 0;
}

static bool is_on_device(unsigned int page)
{
	return device_pfn(read_entry(my_slot, page)) != 0;
}

/* The number of pages that a process can have: none if it is not alive. */
static unsigned int pages_of(int slot)
{
	return world->alive[slot] ? world->test_case.scope.pages : 0;
}

static unsigned int frames_in_use(void)
{
	uint64_t seen[ZDC_FRAMES];
	unsigned int count = 0;

	for (int slot = 0; slot < ZDC_PROCESSES; slot++) {
		for (unsigned int page = 0; page < pages_of(slot); page++) {
			uint64_t pfn = device_pfn(read_entry(slot, page));
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

		range->outcomes[at] = ZDC_SKIPPED;
		if (was == to_device ||
		    (to_device && frames_in_use() >= world->test_case.scope.frames))
			continue;
		request(to_device ? REQUEST_TO_DEVICE : REQUEST_TO_SYSTEM, page);
		range->outcomes[at] = is_on_device(page) != was ? ZDC_MOVED : ZDC_SKIPPED;
	}
}

int dmirror_load(unsigned int page, struct cells *cells)
{
	int error = request(REQUEST_READ, page);

	for (unsigned int at = 0; at < ZDC_CELLS; at++)
		cells->cell[at] = buffer[ZDC_CELL(at) / 8];
	return error;
}

int dmirror_store(unsigned int page, uint16_t value)
{
	memset(buffer, 0, sizeof(buffer));
	for (unsigned int at = 0; at < ZDC_CELLS; at++)
		buffer[ZDC_CELL(at) / 8] = value;
	return request(REQUEST_WRITE, page);
}

/* The name of a frame: the lowest free one, from its first to its last entry. */
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
		for (unsigned int page = 0; page < pages_of(slot); page++) {
			uint64_t pfn = device_pfn(read_entry(slot, page));

			for (unsigned int frame = 0; frame < ZDC_FRAMES; frame++)
				seen[frame] |= world->named[frame] == pfn;
		}
	for (unsigned int frame = 0; frame < ZDC_FRAMES; frame++)
		if (!seen[frame])
			world->named[frame] = 0;
}
