// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Swap areas on RAM disks. Nothing is written to them; they only have to exist. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

#define MAX_AREAS 34
#define AREA_PAGES 16

static void area_path(unsigned int area, char *path, size_t size)
{
	snprintf(path, size, "/dev/ram%u", area);
}

/* The first page of a swap area: version, last page, and a signature at its end (see mkswap). */
static bool prepare_area(const char *path)
{
	uint32_t header[ZDC_PAGE / 4] = { [256] = 1, [257] = AREA_PAGES - 1 };
	int file = open(path, O_WRONLY | O_CLOEXEC);
	bool done;

	memcpy((char *)header + ZDC_PAGE - 10, "SWAPSPACE2", 10);
	done = file >= 0 && write(file, header, ZDC_PAGE) == (ssize_t)ZDC_PAGE;
	close(file);
	return done;
}

/* Without support in the kernel, there is no /proc/swaps. */
bool has_swap_areas(void)
{
	char path[24];

	area_path(MAX_AREAS - 1, path, sizeof(path));
	return access(path, W_OK) == 0 && access("/proc/swaps", R_OK) == 0;
}

unsigned int swap_on(unsigned int areas)
{
	unsigned int accepted = 0;
	char path[24];

	while (accepted < areas && shared->swap_areas < MAX_AREAS) {
		area_path(shared->swap_areas, path, sizeof(path));
		if (!prepare_area(path) || swapon(path, 0)) {
			if (errno != EPERM)
				fail("swapon %s: %s", path, strerror(errno));
			break;
		}
		shared->swap_areas++;
		accepted++;
	}
	return accepted;
}

/* In parallel, because each waits for other CPUs. */
void swap_off(void)
{
	pid_t helpers[MAX_AREAS];
	char path[24];

	for (unsigned int area = 0; area < shared->swap_areas; area++) {
		area_path(area, path, sizeof(path));
		helpers[area] = fork();
		if (helpers[area] != 0)
			continue;
		if (swapoff(path))
			fprintf(stderr, "zdc: swapoff %s: %s\n", path, strerror(errno));
		_exit(0);
	}
	for (unsigned int area = 0; area < shared->swap_areas; area++)
		waitpid(helpers[area], NULL, 0);
	shared->swap_areas = 0;
}
