// SPDX-License-Identifier: GPL-2.0
/*
 * Which pages are charged to a control group, counted one by one: what a group says of itself is rounded up, for each
 * processor charges in batches, and has more in it than the pages of a case.
 */
#include "zdc.h"

static void count(struct page *page, struct zdc_look *look)
{
	u64 group = zdc_payer_of(page);
	unsigned int at;

	if (!group)
		return;
	look->charged++;
	for (at = 0; at < ZDC_GROUPS; at++)
		if (look->groups[at] == group)
			look->charged_to[at]++;
}

void zdc_count_charged(struct zdc_look *look)
{
	unsigned int number, at;

	zdc_know_what_is_seen(look->processes, look->pages);
	for (at = 0; at < zdc_known_count; at++)
		count(zdc_known[at], look);
	for (number = 0; number < zdc.size.devices; number++)
		for (at = 0; at < zdc.size.frames; at++)
			if (zdc_frame_plugged(zdc_frame(&zdc.devices[number], at)))
				count(zdc_frame(&zdc.devices[number], at)->page, look);
}
