/* ---- What is said of it ---- */

static void print_entries(const char *before, const int *shown)
{
	printf("%s", before);
	for (int at = 0; at < PROCESSES * PAGES; at++) {
		printf("%s", at == 0 ? "" : at % PAGES == 0 ? " | " : ", ");
		if (shown[at] < FIRST_ON)
			printf("%s", ENTRIES[shown[at]]);
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
	if (step->order.op == OP_RACE)
		print_result(" and ", answer->other);
#endif
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		if (event->kind == ZDC_EVENT_FAULT)
			printf("; page_fault for page %d of process %d, frame %d", event->page, event->process, event->frame);
		else if (event->kind == ZDC_EVENT_FREE)
			printf("; page_free of frame %d with references %d, mappings %d", event->frame, event->refs,
			       event->maps);
		else
			printf("; frame %d taken", event->frame);
	}
	if (step->looks) {
		print_entries("; entries ", entries);
		for (int frame = 0; frame < FRAMES; frame++)
			printf("; frame %d: references %d, mappings %d", frame, counted.refs[frame], counted.maps[frame]);
		print_accounts(counted.resident, counted.charged);
	}
	printf("\n");
}

/* Whether two ways are printed alike. */
static int looks_alike(const struct step *step, const struct way *one, const struct way *other, int far)
{
#ifdef HAS_RACE
	if (one->result != other->result || one->other != other->other)
#else
	if (one->result != other->result)
#endif
		return 0;
	if (far >= BREAKS_CALLBACKS && (one->faults != other->faults || one->page != other->page ||
					one->process != other->process ||
					one->takes - one->leaving != other->takes - other->leaving))
		return 0;
#ifdef HAS_RACE
	if (far >= BREAKS_CALLBACKS && (one->places != other->places || one->place_count != other->place_count))
		return 0;
#endif
	if (far >= BREAKS_ACCOUNTS &&
	    memcmp(&ACCOUNTS[step->states + one->to], &ACCOUNTS[step->states + other->to], sizeof *ACCOUNTS) != 0)
		return 0;
	return far < BREAKS_ENTRIES ||
	       memcmp(STATES[step->states + one->to], STATES[step->states + other->to], sizeof *STATES) == 0;
}

static void print_way(const struct step *step, const struct way *way, int far)
{
	int wanted[PROCESSES * PAGES];
	print_result("# expected ", way->result);
#ifdef HAS_RACE
	if (step->order.op == OP_RACE)
		print_result(" and ", way->other);
#endif
	if (far >= BREAKS_CALLBACKS) {
#ifdef HAS_RACE
		if (step->order.op == OP_RACE) {
			printf("; page_fault at least %d times, for", way->faults);
			for (int at = way->places; at < way->places + way->place_count; at++)
				printf(" page %d of process %d", PLACES[at].page, PLACES[at].process);
			printf("%s", way->place_count == 0 ? " no page" : "");
		} else if (way->faults > 0)
#else
		if (way->faults > 0)
#endif
			printf("; page_fault %d times for page %d of process %d", way->faults, way->page, way->process);
		else
			printf("; no page_fault");
		printf("; frames taken less frames freed: %d", way->takes - way->leaving);
	}
	for (int at = 0; at < PROCESSES * PAGES; at++)
		wanted[at] = STATES[step->states + way->to][at];
	if (far >= BREAKS_ENTRIES)
		print_entries("; entries, with names for frames, ", wanted);
	if (far >= BREAKS_COUNTS)
		printf("; for each frame as many mappings as entries, and references %d and one for each",
		       REFERENCES[0]);
	if (far >= BREAKS_ACCOUNTS)
		print_accounts(ACCOUNTS[step->states + way->to].resident, ACCOUNTS[step->states + way->to].charged);
	printf("\n");
}
