// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "world.h"

/*
 * The kernel's own access through a user address, by ways that ask once for the page and say what came of it. A load has the
 * page given to a pipe: what pins it for reading would break a sharing, and what copies would try again. A store is a
 * direct read of a RAM disk into the page.
 */

#define DISK "/dev/ram39"

static _Alignas(ZDC_PAGE) char buffer[ZDC_PAGE];

static void *address_of(unsigned int page)
{
	return (void *)(ZDC_BASE + page * ZDC_PAGE);
}

int kernel_load(unsigned int page, struct cells *cells)
{
	struct iovec there = { address_of(page), ZDC_PAGE };
	int ends[2];
	int error = 0;

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	if (vmsplice(ends[1], &there, 1, 0) < 0 || read(ends[0], buffer, ZDC_PAGE) < 0)
		error = errno;
	close(ends[0]);
	close(ends[1]);
	for (unsigned int at = 0; at < ZDC_CELLS; at++)
		memcpy(&cells->cell[at], buffer + ZDC_CELL(at), sizeof(uint64_t));
	return error;
}

int kernel_store(unsigned int page, uint16_t value)
{
	uint64_t cell = value;
	int disk = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	int error = 0;

	for (unsigned int at = 0; at < ZDC_CELLS; at++)
		memcpy(buffer + ZDC_CELL(at), &cell, sizeof(cell));
	if (disk < 0 || pwrite(disk, buffer, ZDC_PAGE, 0) != (ssize_t)ZDC_PAGE)
		trouble("%s: %s", DISK, strerror(errno));
	else if (pread(disk, address_of(page), ZDC_PAGE, 0) < 0)
		error = errno;
	close(disk);
	return error;
}
