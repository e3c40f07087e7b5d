// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

/* Memory that processes have in common, and the file that they may map: each made when a case first speaks of it. */

#define FILE_VALUE 30000

static const char *const names[] = { [MEMORY_HOST] = "host", [MEMORY_SHARED] = "shared", [MEMORY_FILE] = "file" };
static int files[] = { [MEMORY_HOST] = -1, [MEMORY_SHARED] = -1, [MEMORY_FILE] = -1 };

/*
 * As far into a file as the page is in the memory of its process, so that a copy of the page of a file bears the same number
 * as any other anonymous memory: the module knows the pages of a case by it. The files are sparse.
 */
off_t memory_place(unsigned int page)
{
	return ZDC_BASE + page * ZDC_PAGE;
}

static bool write_file(int file)
{
	for (unsigned int page = 0; page < ZDC_PAGES; page++)
		for (unsigned int cell = 0; cell < ZDC_CELLS; cell++) {
			uint64_t value = FILE_VALUE + page;

			if (pwrite(file, &value, sizeof(value), memory_place(page) + ZDC_CELL(cell)) != sizeof(value))
				return false;
		}
	return true;
}

static void make(enum memory memory)
{
	files[memory] = memfd_create(names[memory], MFD_CLOEXEC);
	if (files[memory] < 0 || ftruncate(files[memory], memory_place(ZDC_PAGES)) ||
	    (memory == MEMORY_FILE && !write_file(files[memory])))
		trouble("%s memory: %s", names[memory], strerror(errno));
}

void memory_prepare(void)
{
	for (unsigned int at = 0; at < world->test_case.length; at++) {
		const struct command *command = &world->test_case.commands[at];

		if (command->op == OP_MAP && command->memory != MEMORY_PRIVATE && files[command->memory] < 0)
			make(command->memory);
	}
}

void memory_close(void)
{
	for (enum memory memory = MEMORY_HOST; memory <= MEMORY_FILE; memory++) {
		if (files[memory] >= 0)
			close(files[memory]);
		files[memory] = -1;
	}
}

int memory_file(enum memory memory)
{
	return files[memory];
}
