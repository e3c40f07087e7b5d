/** The part of an exported C program that compares what our driver and the kernel show with what is allowed. */
export const C_ZDC_WALK = `
/* ---- What is seen ---- */

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

static void print_seen(const struct step *step, const struct answer *answer)
{
	print_result("# seen     ", answer->result);
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
	}
	printf("\\n");
}

/* ---- What is allowed ---- */

/* A state that is possible, with the frames that names have been seen to stand for; -1 where one has not. */
struct known {
	int state;
	int frames[NAMES];
};

/* How far a way fits. */
enum { BREAKS_RESULT, BREAKS_CALLBACKS, BREAKS_ENTRIES, BREAKS_COUNTS, FITS };

static int times(int kind, int frame)
{
	int count = 0;
	for (unsigned at = 0; at < event_count; at++)
		count += events[at].kind == kind && (frame < 0 || events[at].frame == frame);
	return count;
}

/* The name that a frame has, or -1. */
static int name_of(const struct known *known, int frame)
{
	for (int name = 0; name < NAMES; name++)
		if (known->frames[name] == frame)
			return name;
	return -1;
}

static int faults_fit(const struct way *way, const struct known *before)
{
	int frame = way->frame < 0 ? -1 : before->frames[way->frame];
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		if (event->kind == ZDC_EVENT_FAULT && (event->process != way->process || event->page != way->page ||
						       (frame >= 0 && event->frame != frame)))
			return 0;
	}
	return times(ZDC_EVENT_FAULT, -1) == way->faults;
}

/* For every frame, taken less freed is the change in what it holds. */
static int books_fit(const struct way *way, const struct known *before, struct known *after)
{
	int named = 0;
	for (int name = 0; name < NAMES; name++) {
		if (!(way->leaves >> name & 1) || before->frames[name] < 0)
			continue;
		named++;
		if (times(ZDC_EVENT_FREE, before->frames[name]) == 0)
			return 0;
	}
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		int name = name_of(before, event->frame);
		int leaves = name >= 0 && (way->leaves >> name & 1);
		int net = times(ZDC_EVENT_ALLOC, event->frame) - times(ZDC_EVENT_FREE, event->frame);
		if (event->kind == ZDC_EVENT_FAULT)
			continue;
		if (event->kind == ZDC_EVENT_FREE && (event->refs != REFERENCES_IN_FREE || event->maps != 0))
			return 0;
		if (name >= 0 && !leaves)
			return 0;
		if (net > (leaves ? 0 : 1) || net < (leaves || named < way->leaving ? -1 : 0))
			return 0;
		if (event->kind == ZDC_EVENT_ALLOC && way->takes_frame >= 0 && net == (leaves ? 0 : 1))
			after->frames[way->takes_frame] = event->frame;
	}
	return times(ZDC_EVENT_ALLOC, -1) - times(ZDC_EVENT_FREE, -1) == way->takes - way->leaving;
}

/* A frame's name stands for the frame that it is first seen with, and for no other's. */
static int entries_fit(const unsigned char *wanted, struct known *after)
{
	for (int at = 0; at < PROCESSES * PAGES; at++) {
		int frame = FRAME_OF(entries[at]);
		int *known;
		if (wanted[at] < FIRST_ON || entries[at] < FIRST_ON) {
			if (wanted[at] != entries[at])
				return 0;
			continue;
		}
		known = &after->frames[FRAME_OF(wanted[at])];
		if (IS_WRITE(wanted[at]) != IS_WRITE(entries[at]))
			return 0;
		if (*known < 0 && name_of(after, frame) < 0)
			*known = frame;
		if (*known != frame)
			return 0;
	}
	return 1;
}

static int counts_fit(void)
{
	for (int frame = 0; frame < FRAMES; frame++) {
		int mappings = 0;
		for (int at = 0; at < PROCESSES * PAGES; at++)
			mappings += entries[at] >= FIRST_ON && FRAME_OF(entries[at]) == frame;
		if (counted.refs[frame] != REFERENCES[mappings] || counted.maps[frame] != mappings)
			return 0;
	}
	return 1;
}

static int how_far(const struct step *step, const struct way *way, const struct answer *answer,
		   const struct known *before, struct known *after)
{
	*after = *before;
	after->state = way->to;
	for (int name = 0; name < NAMES; name++)
		if (way->leaves >> name & 1)
			after->frames[name] = -1;
	if (!fits(way->result, answer))
		return BREAKS_RESULT;
	if (!faults_fit(way, before) || !books_fit(way, before, after))
		return BREAKS_CALLBACKS;
	if (step->looks && !entries_fit(STATES[step->states + way->to], after))
		return BREAKS_ENTRIES;
	return step->looks && !counts_fit() ? BREAKS_COUNTS : FITS;
}

/* Whether two ways are printed alike. */
static int looks_alike(const struct step *step, const struct way *one, const struct way *other, int far)
{
	if (one->result != other->result)
		return 0;
	if (far >= BREAKS_CALLBACKS && (one->faults != other->faults || one->page != other->page ||
					one->process != other->process ||
					one->takes - one->leaving != other->takes - other->leaving))
		return 0;
	return far < BREAKS_ENTRIES ||
	       memcmp(STATES[step->states + one->to], STATES[step->states + other->to], sizeof *STATES) == 0;
}

static void print_way(const struct step *step, const struct way *way, int far)
{
	int wanted[PROCESSES * PAGES];
	print_result("# expected ", way->result);
	if (far >= BREAKS_CALLBACKS) {
		if (way->faults > 0)
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
	printf("\\n");
}

static struct known possible[MOST_POSSIBLE], following[MOST_POSSIBLE];
/* Below zero: the first step is still to come. */
static int possible_count = -1, following_count;

static void remember(const struct known *one)
{
	for (int at = 0; at < following_count; at++)
		if (memcmp(&following[at], one, sizeof *one) == 0)
			return;
	if (following_count == MOST_POSSIBLE)
		give_up("too much is possible");
	following[following_count++] = *one;
}

/* Goes through all ways. Those that fit lead on; of the others, those that fitted longest are printed when asked for. */
static int walk(const struct step *step, const struct answer *answer, int prints)
{
	const struct way *printed = NULL;
	int furthest = -1;
	following_count = 0;
	for (int state = 0; state < possible_count; state++) {
		for (const struct way *way = WAYS + step->first; way < WAYS + step->first + step->count; way++) {
			struct known after;
			int far;
			if (way->from != possible[state].state)
				continue;
			far = how_far(step, way, answer, &possible[state], &after);
			if (far == FITS)
				remember(&after);
			if (far == prints && (printed == NULL || !looks_alike(step, way, printed, far)))
				print_way(step, printed = way, far);
			furthest = far > furthest ? far : furthest;
		}
	}
	return furthest;
}

/* One step: keeps what is still possible, and says whether anything is. */
static int judge(const struct step *step)
{
	static unsigned long complained;
	struct answer answer;
	int furthest;
	if (possible_count < 0) {
		memset(possible[0].frames, -1, sizeof possible[0].frames);
		possible_count = 1;
		complained = taint();
	}
	if (!perform(step, &answer)) {
		printf("# a process ended, or was silent for too long\\n");
		return 0;
	}
	read_calls();
	if (taint() != complained) {
		printf("# the kernel complained: see its log\\n");
		return 0;
	}
	if (step->looks)
		look_around();
	furthest = walk(step, &answer, -1);
	if (furthest != FITS) {
		walk(step, &answer, furthest);
		print_seen(step, &answer);
		return 0;
	}
	memcpy(possible, following, sizeof possible);
	possible_count = following_count;
	return 1;
}

/* No process is left, and no pin: every frame must have come back. */
#define CLOSING_STEPS 1
static int judge_the_end(int number)
{
	uint32_t frames = FRAMES;
	int missing;
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0 && !gone(process))
			give_up("a process does not end");
	missing = ioctl(device, ZDC_RESET, &frames);
	if (missing > 0)
		printf("# %d of the frames never came back, though no process and no pin is left\\n", missing);
	printf("%s %d - every frame came back\\n", missing == 0 ? "ok" : "not ok", number);
	return missing == 0;
}
`;
