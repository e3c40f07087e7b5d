// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Accesses of the kernel to a user address use system calls that request the page once and return
 * the error. A load gives the page to a pipe: a pin for reading would break a sharing, and a copy
 * would be retried. A store is a direct read of a RAM disk into the page.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "access.h"
#include "calls.h"

#define DISK "/dev/ram39"

static char buffer[ZDC_PAGE] __attribute__((aligned(ZDC_PAGE)));

bool has_kernel_access(void)
{
	return access(DISK, R_OK | W_OK) == 0;
}

static long load_through_pipe(const int *ends, char *address)
{
	struct iovec there = { address, ZDC_PAGE };

	if (vmsplice(ends[1], &there, 1, 0) < 0 || read(ends[0], buffer, ZDC_PAGE) < 0)
		return error_result(errno);
	return value_in(buffer);
}

long kernel_load(unsigned int page)
{
	char *address = page_address(page);
	long result;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return error_result(errno);
	result = load_through_pipe(ends, address);
	for (unsigned int base = 1; base < scope.run && result >= 0; base++) {
		long next = load_through_pipe(ends, address + base * ZDC_PAGE);

		if (next != result)
			result = next < 0 ? next : TORN;
	}
	close(ends[0]);
	close(ends[1]);
	return result;
}

long kernel_store(unsigned int page, uint16_t value)
{
	char *address = page_address(page);
	int disk = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	long result = OK;

	fill_page(buffer, value);
	if (disk < 0 || pwrite(disk, buffer, ZDC_PAGE, 0) != (ssize_t)ZDC_PAGE)
		fail("%s: %s", DISK, strerror(errno));
	for (unsigned int base = 0; base < scope.run && result == OK; base++)
		if (pread(disk, address + base * ZDC_PAGE, ZDC_PAGE, 0) < 0)
			result = error_result(errno);
	close(disk);
	return result;
}
