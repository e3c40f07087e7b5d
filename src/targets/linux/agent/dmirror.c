// SPDX-License-Identifier: GPL-2.0 OR MIT
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

#include "dmirror.h"
#include "world.h"

bool uses_dmirror;
static int device = -1;
static uint64_t buffer[ZDC_PAGE / 8];

/* A file acts on the memory of the process that opened it, so a child opens its own. */
void dmirror_enter(void)
{
	if (device >= 0)
		close(device);
	device = open(DMIRROR, O_RDWR | O_CLOEXEC);
	if (device < 0)
		fail(DMIRROR ": %s", strerror(errno));
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
	return world->alive[slot] ? scope.pages : 0;
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

static long migrate_pages(const struct command *command, bool to_device)
{
	unsigned long moved = 0;

	for (unsigned int at = 0; at < command->count; at++) {
		unsigned int page = command->page + at;
		bool was = is_on_device(page);

		if (was == to_device || (to_device && frames_in_use() >= scope.frames))
			continue;
		request(to_device ? REQUEST_TO_DEVICE : REQUEST_TO_SYSTEM, page);
		if (is_on_device(page) != was)
			moved |= 1UL << at;
	}
	return VECTOR(moved);
}

bool dmirror_has(enum op op)
{
	return op == OP_TO_DEVICE || op == OP_TO_SYSTEM || op == OP_DEVICE_LOAD ||
	       op == OP_DEVICE_STORE;
}

long dmirror_execute(const struct command *command)
{
	int error;

	switch (command->op) {
	case OP_DEVICE_LOAD:
		error = request(REQUEST_READ, command->page);
		return error ? error_result(error) : value_in(buffer);
	case OP_DEVICE_STORE:
		memset(buffer, 0, sizeof(buffer));
		fill_page(buffer, command->value);
		return error_result(request(REQUEST_WRITE, command->page));
	default:
		return migrate_pages(command, command->op == OP_TO_DEVICE);
	}
}

/* Whether an entry names this page of the device. */
static bool is_seen(uint64_t pfn)
{
	for (int slot = 0; slot < ZDC_PROCESSES; slot++)
		for (unsigned int page = 0; page < pages_of(slot); page++)
			if (device_pfn(read_entry(slot, page)) == pfn)
				return true;
	return false;
}

static void name_frame(uint64_t pfn)
{
	__u64 *names = shared->info.pfns[0];
	int unused = -1;

	for (unsigned int frame = 0; frame < scope.frames; frame++) {
		if (names[frame] == pfn)
			return;
		if (unused < 0 && names[frame] == 0)
			unused = frame;
	}
	if (unused >= 0)
		names[unused] = pfn;
}

/* The name of a frame is the lowest free one, from its first to its last entry. */
void dmirror_name_frames(void)
{
	__u64 *names = shared->info.pfns[0];

	for (unsigned int frame = 0; frame < ZDC_FRAMES; frame++)
		if (names[frame] && !is_seen(names[frame]))
			names[frame] = 0;
	for (int slot = 0; slot < ZDC_PROCESSES; slot++)
		for (unsigned int page = 0; page < pages_of(slot); page++) {
			uint64_t pfn = device_pfn(read_entry(slot, page));

			if (pfn)
				name_frame(pfn);
		}
}
