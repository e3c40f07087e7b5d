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

/* What this process may do with each of its pages; below zero where nothing is mapped. A fork inherits it. */
static int8_t protections[ZDC_PAGES] = { [0 ... ZDC_PAGES - 1] = -1 };

static void *address_of(unsigned int page)
{
	return (void *)(ZDC_BASE + page * ZDC_PAGE);
}

int map_page(const struct command *command)
{
	int flags = MAP_FIXED_NOREPLACE | (command->host ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
	int file = command->host ? host_memory : -1;
	off_t offset = command->host ? command->page * (off_t)ZDC_PAGE : 0;

	if (mmap(address_of(command->page), ZDC_PAGE, command->protection, flags, file, offset) == MAP_FAILED)
		return errno;
	protections[command->page] = command->protection;
	return 0;
}

int unmap_page(unsigned int page)
{
	if (munmap(address_of(page), ZDC_PAGE))
		return errno;
	protections[page] = -1;
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

	if (mremap(address_of(command->page), ZDC_PAGE, ZDC_PAGE, flags, address_of(command->to)) == MAP_FAILED)
		return errno;
	protections[command->to] = protections[command->page];
	if (!command->keep)
		protections[command->page] = -1;
	return 0;
}

/* That the mapping does not permit it is an error of its own here; it is told as elsewhere. */
int populate_page(unsigned int page)
{
	bool writes = protections[page] >= 0 && (protections[page] & PROT_WRITE);

	if (madvise(address_of(page), ZDC_PAGE, writes ? MADV_POPULATE_WRITE : MADV_POPULATE_READ) == 0)
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

/* The sum over the mappings of the case, as smaps shows them. */
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
			 sscanf(line, "Anonymous: %lu", &kilobytes) == 1)
			sum += kilobytes;
	}
	return sum * 1024 / ZDC_PAGE;
}
