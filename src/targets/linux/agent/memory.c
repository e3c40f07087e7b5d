// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The files that processes share. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls.h"

/* The value of the first page of the file. */
#define FILE_VALUE 30000

static const char *const memory_names[] = {
	[MEMORY_HOST] = "host",
	[MEMORY_SHARED] = "shared",
	[MEMORY_FILE] = "file",
};

static int memory_files[] = {
	[MEMORY_HOST] = -1,
	[MEMORY_SHARED] = -1,
	[MEMORY_FILE] = -1,
};

/*
 * The offset of a page in a file is its address, so that a private copy of the page of a file has
 * the same index as other anonymous memory, by which the module finds the pages of a case. The
 * files are sparse.
 */
static off_t offset_of(unsigned int page)
{
	return (off_t)page_address(page);
}

static bool write_base_page(int file, off_t offset, uint64_t value)
{
	for (unsigned int cell = 0; cell < ZDC_CELLS; cell++)
		if (pwrite(file, &value, sizeof(value), offset + ZDC_CELL(cell)) != sizeof(value))
			return false;
	return true;
}

static bool fill_file(int file)
{
	for (unsigned int page = 0; page < scope.pages; page++)
		for (unsigned int base = 0; base < scope.run; base++)
			if (!write_base_page(file, offset_of(page) + base * ZDC_PAGE,
					     FILE_VALUE + page))
				return false;
	return true;
}

void make_memory(enum memory memory)
{
	int file;

	if (memory_files[memory] >= 0)
		return;
	file = memfd_create(memory_names[memory], MFD_CLOEXEC);
	memory_files[memory] = file;
	if (file < 0 || ftruncate(file, offset_of(ZDC_PAGES)) ||
	    (memory == MEMORY_FILE && !fill_file(file)))
		fail("%s memory: %s", memory_names[memory], strerror(errno));
}

void close_memories(void)
{
	for (enum memory memory = MEMORY_HOST; memory <= MEMORY_FILE; memory++) {
		if (memory_files[memory] >= 0)
			close(memory_files[memory]);
		memory_files[memory] = -1;
	}
}

int map_file(const struct command *command)
{
	int flags = command->memory == MEMORY_FILE ? MAP_PRIVATE : MAP_SHARED;

	if (mmap(page_address(command->page), page_bytes(), command->protection,
		 MAP_FIXED_NOREPLACE | flags, memory_files[command->memory],
		 offset_of(command->page)) == MAP_FAILED)
		return errno;
	return 0;
}
