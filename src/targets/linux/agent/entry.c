// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

static int pagemaps[ZDC_PROCESSES];
/* Whose pagemap is open: a generation of the slot, 0 for nobody's. A fork inherits both. */
static uint32_t opened[ZDC_PROCESSES];

int pagemap_of(int slot)
{
	char path[40];

	if (opened[slot] == world->generations[slot])
		return pagemaps[slot];
	if (opened[slot])
		close(pagemaps[slot]);
	snprintf(path, sizeof(path), "/proc/%d/pagemap", world->pids[slot]);
	pagemaps[slot] = open(path, O_RDONLY | O_CLOEXEC);
	opened[slot] = pagemaps[slot] < 0 ? 0 : world->generations[slot];
	return pagemaps[slot];
}

uint64_t entry_of(int slot, unsigned int page)
{
	uint64_t entry = 0;

	if (pread(pagemap_of(slot), &entry, 8, (ZDC_BASE / ZDC_PAGE + page) * 8) != 8)
		trouble("pagemap of process %d: %s", slot, strerror(errno));
	return entry;
}

uint64_t device_pfn(uint64_t entry)
{
	uint64_t type = entry & SWAP_TYPE;

	if ((entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_SWAP))
		return 0;
	return type == world->info.write_type || type == world->info.read_type ? (entry & PAGEMAP_FRAME) >> SWAP_TYPE_BITS : 0;
}
