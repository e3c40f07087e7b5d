// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Warnings of the kernel taint it. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "calls.h"

#define TAINTED "/proc/sys/kernel/tainted"

/* Without the bit for out-of-tree modules, which the driver sets. */
unsigned long read_taint(void)
{
	static int file = -1;
	char text[24] = "";

	if (file < 0)
		file = open(TAINTED, O_RDONLY | O_CLOEXEC);
	if (pread(file, text, sizeof(text) - 1, 0) < 0)
		fail(TAINTED);
	return strtoul(text, NULL, 10) & ~(1UL << 12);
}
