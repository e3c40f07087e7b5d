// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The state between two commands: entries of page tables, and the counts of frames. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "world.h"

static int pagemaps[ZDC_PROCESSES];

/* The generation of the slot whose pagemap is open; 0 for none. A fork inherits both. */
static uint32_t opened[ZDC_PROCESSES];

bool has_pagemap(void)
{
	return access("/proc/self/pagemap", R_OK) == 0;
}

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

static void reply_entry(int entry)
{
	if (entry < FIRST_ON)
		reply_word(entry_names[entry]);
	else
		reply("{\"frame\":%d,\"write\":%s}", FRAME_OF(entry),
		      IS_WRITE(entry) ? "true" : "false");
}

static void reply_entries(int slot, const struct zdc_snapshot *snapshot)
{
	int entries[ZDC_PAGES];

	entries_of(slot, snapshot, entries);
	reply_text("[");
	for (unsigned int page = 0; page < scope.pages; page++) {
		if (page > 0)
			reply_text(",");
		reply_entry(entries[page]);
	}
	reply_text("]");
}

static void reply_flags(const uint8_t *flags, unsigned int count)
{
	reply_text("[");
	for (unsigned int at = 0; at < count; at++) {
		if (at > 0)
			reply_text(",");
		reply_text(flags[at] ? "true" : "false");
	}
	reply_text("]");
}

/* In a world with blocks: the pages of whole entries, and the frames of large folios. */
static void reply_folios(const struct zdc_snapshot *snapshot)
{
	reply_text("\"whole\":[");
	for (unsigned int slot = 0; slot < scope.processes; slot++) {
		if (slot > 0)
			reply_text(",");
		if (world->alive[slot])
			reply_flags(snapshot->whole[slot], scope.pages);
		else
			reply_text("null");
	}
	reply_text("],\"large\":");
	reply_flags(snapshot->large, scope.devices * scope.frames);
	reply_text(",");
}

long charge_of(unsigned int group)
{
	struct zdc_snapshot snapshot = { 0 };

	group_inodes(&snapshot);
	take_snapshot(&snapshot);
	return snapshot.charged_to[group];
}

static void reply_accounts(const struct zdc_snapshot *snapshot)
{
	/* Pages in swap areas are counted elsewhere. */
	if (shared->swap_areas > 0) {
		reply_text("\"rss\":null,\"charged\":null");
		return;
	}
	reply_text("\"rss\":[");
	for (unsigned int slot = 0; slot < scope.processes; slot++) {
		if (slot > 0)
			reply_text(",");
		reply_number(snapshot->resident[slot]);
	}
	reply_text("],\"charged\":");
	reply_number(snapshot->charged);
}

void reply_state(void)
{
	struct zdc_snapshot snapshot = { 0 };

	group_inodes(&snapshot);
	if (!take_snapshot(&snapshot))
		return;
	if (uses_dmirror)
		dmirror_name_frames();
	reply_text(",\"state\":{\"entries\":[");
	for (unsigned int slot = 0; slot < scope.processes; slot++) {
		if (slot > 0)
			reply_text(",");
		if (world->alive[slot])
			reply_entries(slot, &snapshot);
		else
			reply_text("null");
	}
	reply_text("],\"frames\":[");
	for (unsigned int frame = 0; frame < scope.devices * scope.frames; frame++)
		reply("%s{\"refs\":%d,\"maps\":%d}", frame > 0 ? "," : "", snapshot.refs[frame],
		      snapshot.maps[frame]);
	reply_text("],");
	if (scope.block > 1)
		reply_folios(&snapshot);
	reply_accounts(&snapshot);
	reply_text("}");
}
