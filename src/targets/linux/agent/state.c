// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "world.h"

/* What there is to see between two commands: page tables as /proc shows them, and the counts of the frames. */

/* Where the frames are changes when a device is attached again, or had left some behind. */
void read_info(void)
{
	if (ioctl(zdc_device, ZDC_INFO, &world->info))
		trouble("info: %s", strerror(errno));
}

/* Whether it is in a swap area, and so in the system's memory to the rules: the types of areas come before all others. */
static bool is_swapped(uint64_t entry)
{
	return (entry & PAGEMAP_SWAP) && (entry & SWAP_TYPE) < world->info.swap_areas;
}

void say_page_map(unsigned int page)
{
	uint64_t entry = entry_of(my_slot, page);

	if ((entry & PAGEMAP_PRESENT) || is_swapped(entry))
		say_text("\"present\"");
	else if (entry & PAGEMAP_SWAP)
		say_text(entry & PAGEMAP_SOLE ? "\"special-sole\"" : "\"special\"");
	else
		say_text("\"absent\"");
}

/* The name of a frame, or below zero where it is none of ours. */
static int frame_of(uint64_t pfn)
{
	const struct scope *scope = &world->test_case.scope;

	if (uses_dmirror)
		return dmirror_frame(pfn);
	for (unsigned int device = 0; device < scope->devices; device++)
		for (unsigned int frame = 0; frame < scope->frames; frame++)
			if (world->info.pfns[device][frame] == pfn)
				return device * scope->frames + frame;
	return -1;
}

static void say_entry(uint64_t entry, unsigned int mapping)
{
	if (mapping == ZDC_UNMAPPED) {
		say_text("\"unmapped\"");
	} else if (mapping == ZDC_SHARED) {
		say_text("\"present\"");
	} else if (entry & PAGEMAP_PRESENT) {
		say_text((entry & PAGEMAP_FRAME) == world->info.zero_pfn ? "\"hole\"" : "\"present\"");
	} else if (is_swapped(entry)) {
		say_text("\"present\"");
	} else if (entry & PAGEMAP_SWAP) {
		uint64_t pfn = device_pfn(entry);
		int frame = pfn ? frame_of(pfn) : -1;
		bool write = (entry & SWAP_TYPE) == world->info.write_type;

		if (frame >= 0)
			say("{\"frame\":%d,\"write\":%s}", frame, write ? "true" : "false");
		else if ((entry & SWAP_TYPE) == world->info.exclusive_types[0] ||
			 (entry & SWAP_TYPE) == world->info.exclusive_types[1])
			say_text("\"exclusive\"");
		else
			/* It names nothing of ours: nothing that may ever be at rest here. */
			say_text("\"poison\"");
	} else {
		say_text("\"hole\"");
	}
}

static void say_entries(int slot, const uint8_t *mapping)
{
	unsigned int pages = world->test_case.scope.pages;
	uint64_t entries[ZDC_PAGES];

	if (pread(pagemap_of(slot), entries, pages * 8, ZDC_BASE / ZDC_PAGE * 8) != (ssize_t)(pages * 8)) {
		trouble("pagemap of process %d: %s", slot, strerror(errno));
		return;
	}
	say_text("[");
	for (unsigned int page = 0; page < pages; page++) {
		if (page > 0)
			say_text(",");
		say_entry(entries[page], mapping[page]);
	}
	say_text("]");
}

static bool look_around(struct zdc_look *look)
{
	const struct scope *scope = &world->test_case.scope;

	memset(look, 0, sizeof(*look));
	look->processes = scope->processes;
	look->pages = scope->pages;
	group_ask(look);
	if (ioctl(zdc_device, ZDC_LOOK, look)) {
		trouble("look: %s", strerror(errno));
		return false;
	}
	return true;
}

void say_charge(unsigned int group)
{
	struct zdc_look look;

	if (look_around(&look))
		say_number(look.charged_to[group]);
}

static void say_accounts(const struct zdc_look *look)
{
	/* What has gone into a swap area is in other books. */
	if (world->swap_areas > 0) {
		say_text("\"rss\":null,\"charged\":null");
		return;
	}
	say_text("\"rss\":[");
	for (unsigned int slot = 0; slot < world->test_case.scope.processes; slot++) {
		if (slot > 0)
			say_text(",");
		say_number(look->resident[slot]);
	}
	say_text("],\"charged\":");
	say_number(look->charged);
}

void say_state(void)
{
	const struct scope *scope = &world->test_case.scope;
	struct zdc_look look;

	if (!look_around(&look))
		return;
	if (uses_dmirror)
		dmirror_forget_frames();
	say_text(",\"state\":{\"entries\":[");
	for (unsigned int slot = 0; slot < scope->processes; slot++) {
		if (slot > 0)
			say_text(",");
		if (world->alive[slot])
			say_entries(slot, look.mapping[slot]);
		else
			say_text("null");
	}
	say_text("],\"frames\":[");
	for (unsigned int frame = 0; frame < scope->devices * scope->frames; frame++)
		say("%s{\"refs\":%d,\"maps\":%d}", frame > 0 ? "," : "", look.refs[frame], look.maps[frame]);
	say_text("],");
	say_accounts(&look);
	say_text("}");
}
