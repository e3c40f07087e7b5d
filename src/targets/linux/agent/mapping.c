// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

/* Older headers do not have these. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static void *address_of(unsigned int page)
{
	return (void *)(ZDC_BASE + page * ZDC_PAGE);
}

static int map_own(const struct command *command)
{
	int flags = MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS;

	if (world->keeps_apart)
		return map_apart(command->page, command->protection);
	if (mmap(address_of(command->page), ZDC_PAGE, command->protection, flags, -1, 0) == MAP_FAILED)
		return errno;
	return 0;
}

static int map_common(const struct command *command)
{
	int flags = MAP_FIXED_NOREPLACE | (command->memory == MEMORY_FILE ? MAP_PRIVATE : MAP_SHARED);
	int file = memory_file(command->memory);

	if (mmap(address_of(command->page), ZDC_PAGE, command->protection, flags, file, memory_place(command->page)) ==
	    MAP_FAILED)
		return errno;
	return 0;
}

int map_page(const struct command *command)
{
	int error = command->memory == MEMORY_PRIVATE ? map_own(command) : map_common(command);

	if (error == 0)
		protections[command->page] = command->protection;
	return error;
}

int unmap_page(unsigned int page)
{
	if (munmap(address_of(page), ZDC_PAGE))
		return errno;
	protections[page] = -1;
	watch_forget(page);
	return 0;
}

int protect_page(unsigned int page, int protection)
{
	if (mprotect(address_of(page), ZDC_PAGE, protection))
		return errno;
	protections[page] = protection;
	return 0;
}

int move_page(const struct command *command)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | (command->keep ? MREMAP_DONTUNMAP : 0);

	int error = 0;

	if (world->keeps_apart)
		error = move_apart(command->page, command->to, flags);
	else if (mremap(address_of(command->page), ZDC_PAGE, ZDC_PAGE, flags, address_of(command->to)) == MAP_FAILED)
		error = errno;
	if (error)
		return error;
	protections[command->to] = protections[command->page];
	if (!command->keep)
		protections[command->page] = -1;
	return 0;
}

/* That the mapping does not permit it is an error of its own here; it is told as elsewhere. */
int populate_page(unsigned int page)
{
	if (madvise(address_of(page), ZDC_PAGE, permits(page, true) ? MADV_POPULATE_WRITE : MADV_POPULATE_READ) == 0)
		return 0;
	return errno == EINVAL ? EFAULT : errno;
}

/* The errors of mlock are shifted by one: what cannot be populated is ENOMEM, and no memory is EAGAIN. */
int lock_page(unsigned int page, bool locks)
{
	if ((locks ? mlock(address_of(page), ZDC_PAGE) : munlock(address_of(page), ZDC_PAGE)) == 0)
		return 0;
	if (errno == EAGAIN)
		return ENOMEM;
	return errno == ENOMEM && protections[page] >= 0 ? EFAULT : errno;
}

int residency_of(unsigned int page)
{
	unsigned char resident;

	return mincore(address_of(page), ZDC_PAGE, &resident) ? -errno : resident & 1;
}

/* The sum over the mappings of the case, as smaps shows them: what is in memory, and what is in a swap area. */
unsigned int private_pages(void)
{
	static char text[64 << 10];
	int file = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
	unsigned long from = 0, kilobytes, sum = 0;
	size_t length = 0;
	ssize_t got;

	while ((got = read(file, text + length, sizeof(text) - 1 - length)) > 0)
		length += got;
	text[length] = '\0';
	close(file);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		unsigned long start, end;

		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			from = start;
		else if (from >= ZDC_BASE && from < ZDC_BASE + ZDC_PAGES * ZDC_PAGE &&
			 (sscanf(line, "Anonymous: %lu", &kilobytes) == 1 || sscanf(line, "Swap: %lu", &kilobytes) == 1))
			sum += kilobytes;
	}
	return sum * 1024 / ZDC_PAGE;
}
