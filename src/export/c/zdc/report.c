#include <stdio.h>
#include <string.h>

/* ---- Report ---- */

static void print_entries(const char *before, const int *shown)
{
	printf("%s", before);
	for (int at = 0; at < PROCESSES * PAGES; at++) {
		printf("%s", at == 0 ? "" : at % PAGES == 0 ? " | " : ", ");
#ifdef HAS_FILE_MEMORY
		if (shown[at] == HOLE_OR_PRESENT) {
			printf("hole or present");
			continue;
		}
#endif
		if (shown[at] < FIRST_ON)
			printf("%s", entry_names[shown[at]]);
		else
			printf("%s entry for frame %d", IS_WRITE(shown[at]) ? "WRITE" : "READ", FRAME_OF(shown[at]));
	}
}

static void print_accounts(const int *resident, unsigned charged)
{
	for (int process = 0; process < PROCESSES; process++)
		printf("; process %d: %d resident", process, resident[process]);
	printf("; %u charged", charged);
}

static void print_seen(const struct step *step, const struct answer *answer)
{
	print_result("# seen     ", answer->result);
#ifdef HAS_RACE
	if (step->command.op == OP_RACE)
		print_result(" and ", answer->other);
#endif
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		if (event->kind == ZDC_EVENT_FAULT)
			printf("; page_fault for page %d of process %d, frame %d", event->page, event->process, event->frame);
		else if (event->kind == ZDC_EVENT_FREE)
			printf("; page_free of frame %d%s with references %d, mappings %d", event->frame,
			       event->large ? " with its large folio" : "", event->refs, event->maps);
		else if (event->kind == ZDC_EVENT_SPLIT && event->tail >= 0)
			printf("; folio_split of frame %d from frame %d", event->tail, event->frame);
		else if (event->kind == ZDC_EVENT_SPLIT)
			printf("; folio_split of frame %d ends", event->frame);
		else
			printf("; frame %d allocated%s", event->frame, event->large ? " with its block" : "");
	}
	if (step->looks) {
		print_entries("; entries ", entries);
		for (int frame = 0; frame < FRAMES; frame++)
			printf("; frame %d: references %d, mappings %d%s", frame, counted.refs[frame], counted.maps[frame],
			       counted.large[frame] ? ", of a large folio" : "");
#ifdef HAS_BLOCKS
		for (int at = 0; at < PROCESSES * PAGES; at++)
			if (counted.whole[at / PAGES][at % PAGES])
				printf("; page %d of process %d is part of a whole entry", at % PAGES, at / PAGES);
#endif
		print_accounts(counted.resident, counted.charged);
	}
	printf("\n");
}

/* Whether two outcomes have the same text. */
static int looks_alike(const struct step *step, const struct outcome *one, const struct outcome *other, int far)
{
#ifdef HAS_RACE
	if (one->result != other->result || one->other != other->other)
#else
	if (one->result != other->result)
#endif
		return 0;
	if (far >= BREAKS_CALLBACKS && (one->faults != other->faults || one->page != other->page ||
					one->process != other->process ||
					one->allocates - one->release_count != other->allocates - other->release_count))
		return 0;
#ifdef HAS_RACE
	if (far >= BREAKS_CALLBACKS && (one->places != other->places || one->place_count != other->place_count ||
				       one->most_faults != other->most_faults))
		return 0;
#endif
	if (far >= BREAKS_ACCOUNTS &&
	    memcmp(&ACCOUNTS[step->states + one->to], &ACCOUNTS[step->states + other->to], sizeof *ACCOUNTS) != 0)
		return 0;
#ifdef HAS_BLOCKS
	if (far >= BREAKS_CALLBACKS && one->split_count != other->split_count)
		return 0;
	if (far >= BREAKS_FOLIOS &&
	    memcmp(&FOLIOS[step->states + one->to], &FOLIOS[step->states + other->to], sizeof *FOLIOS) != 0)
		return 0;
#endif
	return far < BREAKS_ENTRIES ||
	       memcmp(STATES[step->states + one->to], STATES[step->states + other->to], sizeof *STATES) == 0;
}

static void print_outcome(const struct step *step, const struct outcome *outcome, int far)
{
	int wanted[PROCESSES * PAGES];
	print_result("# expected ", outcome->result);
#ifdef HAS_RACE
	if (step->command.op == OP_RACE)
		print_result(" and ", outcome->other);
#endif
	if (far >= BREAKS_CALLBACKS) {
#ifdef HAS_RACE
		if (step->command.op == OP_RACE) {
			printf("; page_fault %s %d times, for", outcome->most_faults < 0 ? "at least" : "exactly",
			       outcome->faults);
			for (int at = outcome->places; at < outcome->places + outcome->place_count; at++)
				printf(" page %d of process %d", PLACES[at].page, PLACES[at].process);
			printf("%s", outcome->place_count == 0 ? " no page" : "");
		} else if (outcome->faults > 0)
#else
		if (outcome->faults > 0)
#endif
			printf("; page_fault %d times for page %d of process %d", outcome->faults, outcome->page,
			       outcome->process);
		else
			printf("; no page_fault");
		printf("; frames allocated less frames freed: %d", outcome->allocates - outcome->release_count);
#ifdef HAS_BLOCKS
		printf("; large folios split: %d", outcome->split_count);
#endif
	}
	for (int at = 0; at < PROCESSES * PAGES; at++)
		wanted[at] = STATES[step->states + outcome->to][at];
	if (far >= BREAKS_ENTRIES)
		print_entries("; entries, with names for frames, ", wanted);
#ifdef HAS_BLOCKS
	if (far >= BREAKS_FOLIOS) {
		const struct folios *folios = &FOLIOS[step->states + outcome->to];
		for (int at = 0; at < PROCESSES * PAGES; at++)
			if (folios->whole[at])
				printf("; page %d of process %d is part of a whole entry", at % PAGES, at / PAGES);
		for (int name = 0; name < NAMES; name++)
			if (folios->frames[name].head == name)
				printf("; a large folio begins at frame %d", name);
	}
#endif
	if (far >= BREAKS_COUNTS)
		printf("; for each frame as many mappings as entries, and references %d and one for each",
		       REFERENCES[0]);
	if (far >= BREAKS_ACCOUNTS)
		print_accounts(ACCOUNTS[step->states + outcome->to].resident, ACCOUNTS[step->states + outcome->to].charged);
	printf("\n");
}
