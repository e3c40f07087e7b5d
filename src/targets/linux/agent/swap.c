// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "world.h"

/* Swap areas on RAM disks: nothing is ever written to them, they only have to be there. */

#define AREAS 34
#define AREA_BYTES (64u << 10)

static void path_of(unsigned int area, char *path, size_t size)
{
	snprintf(path, size, "/dev/ram%u", area);
}

/* The first page of a swap area: version, last page, and the magic word at its end (see mkswap). */
void swap_prepare(void)
{
	for (unsigned int area = 0; area < AREAS; area++) {
		union {
			char bytes[ZDC_PAGE];
			struct {
				char boot[1024];
				uint32_t version, last_page, bad_pages;
			} header;
		} page = { .header = { .version = 1, .last_page = AREA_BYTES / ZDC_PAGE - 1 } };
		char path[24];
		int file;

		memcpy(page.bytes + ZDC_PAGE - 10, "SWAPSPACE2", 10);
		path_of(area, path, sizeof(path));
		file = open(path, O_WRONLY);
		if (file < 0 || write(file, &page, sizeof(page)) != sizeof(page))
			fprintf(stderr, "zdc: %s: %s\n", path, strerror(errno));
		close(file);
	}
}

unsigned int swap_on(unsigned int areas)
{
	unsigned int accepted = 0;
	char path[24];

	while (accepted < areas && world->swap_areas < AREAS) {
		path_of(world->swap_areas, path, sizeof(path));
		if (swapon(path, 0)) {
			if (errno != EPERM)
				trouble("swapon %s: %s", path, strerror(errno));
			break;
		}
		world->swap_areas++;
		accepted++;
	}
	return accepted;
}

/* All at once: each waits for other processors to take notice, and they may well wait together. */
void swap_off(void)
{
	pid_t helpers[AREAS];
	char path[24];

	for (unsigned int area = 0; area < world->swap_areas; area++) {
		path_of(area, path, sizeof(path));
		helpers[area] = fork();
		if (helpers[area] != 0)
			continue;
		if (swapoff(path))
			fprintf(stderr, "zdc: swapoff %s: %s\n", path, strerror(errno));
		_exit(0);
	}
	for (unsigned int area = 0; area < world->swap_areas; area++)
		waitpid(helpers[area], NULL, 0);
	world->swap_areas = 0;
}
