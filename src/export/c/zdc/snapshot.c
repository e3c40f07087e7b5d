#include <string.h>

/* ---- Snapshots ---- */

/* The callbacks since the last step. */
static void read_calls(void)
{
	event_count = zdc_log->count;
	for (unsigned at = 0; at < event_count; at++)
		events[at] = zdc_log->events[at];
	if (zdc_log->lost)
		give_up("the log of callbacks is full");
	zdc_log->count = 0;
}

/* Observes the entries of all processes, and the counts of all frames. */
static void look_around(void)
{
	memset(&counted, 0, sizeof counted);
	take_snapshot(&counted);
	for (int process = 0; process < PROCESSES; process++) {
		int *own = entries + process * PAGES;
		for (int page = 0; page < PAGES; page++)
			own[page] = UNMAPPED;
		if (alive[process] > 0)
			entries_of(process, &counted, own);
	}
}
