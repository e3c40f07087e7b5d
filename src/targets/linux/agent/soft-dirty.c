// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Tracking of stores with soft-dirty bits. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "calls.h"

/* Not every architecture tracks stores. Where one does, a page that was stored to is soft-dirty. */
bool has_soft_dirty(void)
{
	uint64_t entry = 0;
	off_t from = (uintptr_t)&entry / ZDC_PAGE * sizeof(entry);
	int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool read = pread(file, &entry, sizeof(entry), from) == sizeof(entry);

	close(file);
	return read && (entry & PAGEMAP_SOFT_DIRTY);
}

int clear_soft_dirty(void)
{
	int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	int error = file < 0 || write(file, "4", 1) != 1 ? errno : 0;

	close(file);
	return error;
}
