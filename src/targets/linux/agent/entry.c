// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Entries of page tables as /proc shows them, and the snapshots of the driver. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "calls.h"

const char *const entry_names[FIRST_ON] = {
	[UNMAPPED] = "unmapped",
	[HOLE] = "hole",
	[PRESENT] = "present",
	[POISON] = "poison",
	[EXCLUSIVE] = "exclusive",
};

uint64_t device_pfn(uint64_t entry)
{
	uint64_t type = entry & SWAP_TYPE;

	if ((entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_SWAP))
		return 0;
	if (type != shared->info.write_type && type != shared->info.read_type)
		return 0;
	return (entry & PAGEMAP_FRAME) >> SWAP_TYPE_BITS;
}

/* An unpopulated page that was read maps the zero page. */
bool is_zero(uint64_t entry)
{
	return (entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_FRAME) == shared->info.zero_pfn;
}

/* The types of swap areas precede all others. */
bool is_swapped(uint64_t entry)
{
	return (entry & PAGEMAP_SWAP) && (entry & SWAP_TYPE) < shared->info.swap_areas;
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

/* Reports a base page whose entry is not like that of the first one. */
static void compare_run(int slot, unsigned int page, const uint64_t *run)
{
	for (unsigned int base = 1; base < scope.run; base++)
		if (!is_alike(run[base], run[0], base))
			report_difference("process %d, page %u: entry %u is %#llx, not %#llx",
					  slot, page, base, (unsigned long long)run[base],
					  (unsigned long long)run[0]);
}

static void read_entries(int slot, unsigned int page, unsigned int pages, uint64_t *entries)
{
	static uint64_t read[ZDC_PAGES * ZDC_FOLIO_PAGES / 2];
	ssize_t size = pages * scope.run * sizeof(*read);
	off_t from = (uintptr_t)page_address(page) / ZDC_PAGE * sizeof(*read);

	memset(entries, 0, pages * sizeof(*entries));
	if (pread(pagemap_of(slot), read, size, from) != size) {
		fail("pagemap of process %d: %s", slot, strerror(errno));
		return;
	}
	for (unsigned int at = 0; at < pages; at++) {
		entries[at] = read[at * scope.run];
		compare_run(slot, page + at, read + at * scope.run);
	}
}

uint64_t read_entry(int slot, unsigned int page)
{
	uint64_t entry;

	read_entries(slot, page, 1, &entry);
	return entry;
}

/* The number of a frame; negative for a page that is no frame of the devices. */
static int frame_of(uint64_t pfn)
{
	for (unsigned int device = 0; device < scope.devices; device++)
		for (unsigned int frame = 0; frame < scope.frames; frame++)
			if (pfn - shared->info.pfns[device][frame] < scope.run)
				return device * scope.frames + frame;
	return -1;
}

static int special_kind(uint64_t entry)
{
	uint64_t type = entry & SWAP_TYPE;
	uint64_t pfn = device_pfn(entry);
	int frame = pfn ? frame_of(pfn) : -1;

	if (frame >= 0)
		return ON(frame, type == shared->info.write_type);
	if (type == shared->info.exclusive_types[0] || type == shared->info.exclusive_types[1])
		return EXCLUSIVE;
	/* No other entry may exist between two commands. */
	return POISON;
}

static int kind_of(uint64_t entry, unsigned int mapping, bool is_huge_zero)
{
	if (mapping == ZDC_UNMAPPED)
		return UNMAPPED;
	if (mapping == ZDC_SHARED || is_swapped(entry))
		return PRESENT;
	if (entry & PAGEMAP_PRESENT)
		return is_huge_zero || is_zero(entry) ? HOLE : PRESENT;
	return entry & PAGEMAP_SWAP ? special_kind(entry) : HOLE;
}

void entries_of(int slot, const struct zdc_snapshot *snapshot, int *entries)
{
	uint64_t read[ZDC_PAGES];

	read_entries(slot, 0, scope.pages, read);
	for (unsigned int page = 0; page < scope.pages; page++)
		entries[page] = kind_of(read[page], snapshot->mapping[slot][page],
					snapshot->zero[slot][page]);
}

bool take_snapshot(struct zdc_snapshot *snapshot)
{
	snapshot->processes = scope.processes;
	snapshot->pages = scope.pages;
	if (ioctl(zdc_device, ZDC_SNAPSHOT, snapshot)) {
		fail("snapshot: %s", strerror(errno));
		return false;
	}
	return true;
}

bool has_device_entries(unsigned int page, unsigned int count)
{
	struct zdc_snapshot snapshot = { 0 };

	if (!take_snapshot(&snapshot))
		return false;
	for (unsigned int at = page; at < page + count; at++)
		if (device_pfn(read_entry(my_slot, at)) && !snapshot.whole[my_slot][at])
			return true;
	return false;
}
