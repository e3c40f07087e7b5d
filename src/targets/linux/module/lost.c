// SPDX-License-Identifier: GPL-2.0
/* What is left of a case when nobody of it is left. */
#include "zdc.h"

static unsigned int charged_between(unsigned long start, unsigned long end)
{
	unsigned int charged = 0;

	for (; start < end; start = ALIGN(start + 1, PAGES_PER_SECTION)) {
		struct page *page, *last;

		if (!pfn_valid(start))
			continue;
		page = pfn_to_page(start);
		last = page + min(end, ALIGN(start + 1, PAGES_PER_SECTION)) - start;
		for (; page < last; page++)
			charged += zdc_is_of_a_case(page) && zdc_payer_of(page);
	}
	return charged;
}

/*
 * Answers how many pages have stayed charged that no look has shown: every page of the system is looked at. Those that were
 * left behind before are told of once.
 */
int zdc_count_lost(void)
{
	static unsigned int lost;
	unsigned int before = lost;
	struct zone *zone;

	zdc_unpin_all();
	zdc_work_off_batches();
	/* Nobody sees anything any more. */
	zdc_know_what_is_seen(0, 0);
	lost = 0;
	for (zone = NODE_DATA(0)->node_zones; zone < NODE_DATA(0)->node_zones + ZONE_DEVICE; zone++)
		lost += charged_between(zone->zone_start_pfn, zone_end_pfn(zone));
	return max(0, (int)(lost - zdc_known_count - before));
}
