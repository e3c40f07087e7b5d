// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "world.h"

/* Which pages were stored to, as the kernel tracks it for whoever saves a process. */

int clear_soft_dirty(void)
{
	int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	int error = file < 0 || write(file, "4", 1) != 1 ? errno : 0;

	close(file);
	return error;
}

void say_soft_dirty(unsigned int page)
{
	say_text(entry_of(my_slot, page) & PAGEMAP_SOFT_DIRTY ? "\"dirty\"" : "\"clean\"");
}
