// SPDX-License-Identifier: GPL-2.0
/* The state between two commands: page tables as /proc shows them, and the counts of frames. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "world.h"

static int pagemaps[ZDC_PROCESSES];

/* The generation of the slot whose pagemap is open; 0 for none. A fork inherits both. */
static uint32_t opened[ZDC_PROCESSES];

bool has_pagemap(void)
{
	return access("/proc/self/pagemap", R_OK) == 0;
}

static int pagemap_of(int slot)
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

uint64_t device_pfn(uint64_t entry)
{
	uint64_t type = entry & SWAP_TYPE;

	if ((entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_SWAP))
		return 0;
	if (type != world->info.write_type && type != world->info.read_type)
		return 0;
	return (entry & PAGEMAP_FRAME) >> SWAP_TYPE_BITS;
}

static bool is_zero(uint64_t entry)
{
	return (entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_FRAME) == world->info.zero_pfn;
}

/* Whether the entry for a base page is like the first one: on a device, in the same run. */
static bool is_alike(uint64_t entry, uint64_t first, unsigned int base)
{
	const uint64_t kind = PAGEMAP_PRESENT | PAGEMAP_SWAP;

	if ((entry & kind) != (first & kind) || is_zero(entry) != is_zero(first))
		return false;
	if (!(entry & PAGEMAP_SWAP))
		return true;
	if ((entry & SWAP_TYPE) != (first & SWAP_TYPE))
		return false;
	return !device_pfn(first) || device_pfn(entry) == device_pfn(first) + base;
}

static void read_entries(int slot, unsigned int page, unsigned int pages, uint64_t *entries)
{
	static uint64_t read[ZDC_PAGES * ZDC_FOLIO_PAGES / 2];
	ssize_t size = pages * world->run * sizeof(*read);
	off_t from = (uintptr_t)page_address(page) / ZDC_PAGE * sizeof(*read);

	memset(entries, 0, pages * sizeof(*entries));
	if (pread(pagemap_of(slot), read, size, from) != size) {
		fail("pagemap of process %d: %s", slot, strerror(errno));
		return;
	}
	for (unsigned int at = 0; at < pages; at++) {
		entries[at] = read[at * world->run];
		for (unsigned int base = 1; base < world->run; base++)
			if (!is_alike(read[at * world->run + base], entries[at], base))
				fail_difference("process %d, page %u: entry %u is %#llx, not %#llx",
						slot, page + at, base,
						(unsigned long long)read[at * world->run + base],
						(unsigned long long)entries[at]);
	}
}

uint64_t read_entry(int slot, unsigned int page)
{
	uint64_t entry;

	read_entries(slot, page, 1, &entry);
	return entry;
}

/* Frames change their page frame numbers when a device is attached, or had leaked a frame. */
void read_info(void)
{
	if (ioctl(zdc_device, ZDC_INFO, &world->info))
		fail("info: %s", strerror(errno));
}

/*
 * Whether a page is in a swap area, which is system memory to the rules. The types of swap areas
 * precede all others.
 */
static bool is_swapped(uint64_t entry)
{
	return (entry & PAGEMAP_SWAP) && (entry & SWAP_TYPE) < world->info.swap_areas;
}

void reply_page_map(unsigned int page)
{
	uint64_t entry = read_entry(my_slot, page);

	if ((entry & PAGEMAP_PRESENT) || is_swapped(entry))
		reply_text("\"present\"");
	else if (entry & PAGEMAP_SWAP)
		reply_text(entry & PAGEMAP_SOLE ? "\"special-sole\"" : "\"special\"");
	else
		reply_text("\"absent\"");
}

void reply_soft_dirty(unsigned int page)
{
	uint64_t entry = read_entry(my_slot, page);

	reply_text(entry & PAGEMAP_SOFT_DIRTY ? "\"dirty\"" : "\"clean\"");
}

/* The number of a frame; negative for a page that is no frame of the devices. */
static int frame_of(uint64_t pfn)
{
	const struct scope *scope = &world->test_case.scope;

	if (uses_dmirror)
		return dmirror_frame(pfn);
	for (unsigned int device = 0; device < scope->devices; device++)
		for (unsigned int frame = 0; frame < scope->frames; frame++)
			if (pfn - world->info.pfns[device][frame] < world->run)
				return device * scope->frames + frame;
	return -1;
}

static void reply_special(uint64_t entry)
{
	uint64_t type = entry & SWAP_TYPE;
	uint64_t pfn = device_pfn(entry);
	int frame = pfn ? frame_of(pfn) : -1;

	if (frame >= 0)
		reply("{\"frame\":%d,\"write\":%s}", frame,
		      type == world->info.write_type ? "true" : "false");
	else if (type == world->info.exclusive_types[0] || type == world->info.exclusive_types[1])
		reply_text("\"exclusive\"");
	else
		/* No other entry may exist between two commands. */
		reply_text("\"poison\"");
}

static void reply_entry(uint64_t entry, unsigned int mapping, bool is_huge_zero)
{
	if (mapping == ZDC_UNMAPPED)
		reply_text("\"unmapped\"");
	else if (mapping == ZDC_SHARED || is_swapped(entry))
		reply_text("\"present\"");
	else if (entry & PAGEMAP_PRESENT)
		reply_text(is_huge_zero || is_zero(entry) ? "\"hole\"" : "\"present\"");
	else if (entry & PAGEMAP_SWAP)
		reply_special(entry);
	else
		reply_text("\"hole\"");
}

static void reply_entries(int slot, const struct zdc_snapshot *snapshot)
{
	unsigned int pages = world->test_case.scope.pages;
	uint64_t entries[ZDC_PAGES];

	read_entries(slot, 0, pages, entries);
	reply_text("[");
	for (unsigned int page = 0; page < pages; page++) {
		if (page > 0)
			reply_text(",");
		reply_entry(entries[page], snapshot->mapping[slot][page],
			    snapshot->zero[slot][page]);
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
	const struct scope *scope = &world->test_case.scope;

	reply_text("\"whole\":[");
	for (unsigned int slot = 0; slot < scope->processes; slot++) {
		if (slot > 0)
			reply_text(",");
		if (world->alive[slot])
			reply_flags(snapshot->whole[slot], scope->pages);
		else
			reply_text("null");
	}
	reply_text("],\"large\":");
	reply_flags(snapshot->large, scope->devices * scope->frames);
	reply_text(",");
}

static bool take_snapshot(struct zdc_snapshot *snapshot)
{
	const struct scope *scope = &world->test_case.scope;

	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->processes = scope->processes;
	snapshot->pages = scope->pages;
	group_inodes(snapshot);
	if (ioctl(zdc_device, ZDC_SNAPSHOT, snapshot)) {
		fail("snapshot: %s", strerror(errno));
		return false;
	}
	return true;
}

bool has_device_entries(unsigned int page, unsigned int count)
{
	struct zdc_snapshot snapshot;

	if (!take_snapshot(&snapshot))
		return false;
	for (unsigned int at = page; at < page + count; at++)
		if (device_pfn(read_entry(my_slot, at)) && !snapshot.whole[my_slot][at])
			return true;
	return false;
}

void reply_charge(unsigned int group)
{
	struct zdc_snapshot snapshot;

	if (take_snapshot(&snapshot))
		reply_number(snapshot.charged_to[group]);
}

static void reply_accounts(const struct zdc_snapshot *snapshot)
{
	/* Pages in swap areas are counted elsewhere. */
	if (world->swap_areas > 0) {
		reply_text("\"rss\":null,\"charged\":null");
		return;
	}
	reply_text("\"rss\":[");
	for (unsigned int slot = 0; slot < world->test_case.scope.processes; slot++) {
		if (slot > 0)
			reply_text(",");
		reply_number(snapshot->resident[slot]);
	}
	reply_text("],\"charged\":");
	reply_number(snapshot->charged);
}

void reply_state(void)
{
	const struct scope *scope = &world->test_case.scope;
	struct zdc_snapshot snapshot;

	if (!take_snapshot(&snapshot))
		return;
	if (uses_dmirror)
		dmirror_forget_frames();
	reply_text(",\"state\":{\"entries\":[");
	for (unsigned int slot = 0; slot < scope->processes; slot++) {
		if (slot > 0)
			reply_text(",");
		if (world->alive[slot])
			reply_entries(slot, &snapshot);
		else
			reply_text("null");
	}
	reply_text("],\"frames\":[");
	for (unsigned int frame = 0; frame < scope->devices * scope->frames; frame++)
		reply("%s{\"refs\":%d,\"maps\":%d}", frame > 0 ? "," : "", snapshot.refs[frame],
		      snapshot.maps[frame]);
	reply_text("],");
	if (scope->block > 1)
		reply_folios(&snapshot);
	reply_accounts(&snapshot);
	reply_text("}");
}
