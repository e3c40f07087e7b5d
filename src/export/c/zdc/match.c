/* ---- Comparison with the allowed outcomes ---- */

/* A possible state, with the frames that names stand for; -1 for a name without a frame. */
struct known {
	int state;
	int frames[NAMES];
};

/* The first part of an observation in which an outcome differs. */
enum { BREAKS_RESULT, BREAKS_CALLBACKS, BREAKS_ENTRIES, BREAKS_COUNTS, BREAKS_ACCOUNTS, FITS };

static int times(int kind, int frame)
{
	int count = 0;
	for (unsigned at = 0; at < event_count; at++)
		count += events[at].kind == kind && (frame < 0 || events[at].frame == frame);
	return count;
}

/* The name of a frame, or -1. */
static int name_of(const struct known *known, int frame)
{
	for (int name = 0; name < NAMES; name++)
		if (known->frames[name] == frame)
			return name;
	return -1;
}

/* Each device has as many names as frames; both are in the order of devices. */
static int is_device_of(int name, int frame)
{
	return name / DEVICE_FRAMES == frame / DEVICE_FRAMES;
}

/* Whether the call was made to the device of the frame. */
static int is_owner(const struct zdc_event *event)
{
	return event->device == event->frame / DEVICE_FRAMES;
}

#ifdef HAS_RACE
static int both_fit(const struct outcome *outcome, const struct answer *answer)
{
	struct answer other = { .result = answer->other };
	return fits(outcome->result, answer) && fits(outcome->other, &other);
}

/* In a race: whether page_fault may be called for this page, and the frame it was on or one allocated meanwhile. */
static int may_call(const struct outcome *outcome, const struct known *before, const struct zdc_event *event)
{
	for (int at = outcome->places; at < outcome->places + outcome->place_count; at++) {
		int name = PLACES[at].frame;
		if (PLACES[at].process != event->process || PLACES[at].page != event->page || !is_owner(event))
			continue;
		if (times(ZDC_EVENT_ALLOC, event->frame) > 0)
			return 1;
		if (name >= 0 && (before->frames[name] == event->frame ||
				  (before->frames[name] < 0 && name_of(before, event->frame) < 0)))
			return 1;
	}
	return 0;
}

static int calls_fit(const struct outcome *outcome, const struct known *before)
{
	for (unsigned at = 0; at < event_count; at++)
		if (events[at].kind == ZDC_EVENT_FAULT && !may_call(outcome, before, &events[at]))
			return 0;
	int made = times(ZDC_EVENT_FAULT, -1);
	return made >= outcome->faults && (outcome->most_faults < 0 || made <= outcome->most_faults);
}
#endif

static int faults_fit(const struct outcome *outcome, const struct known *before)
{
	int frame = outcome->frame < 0 ? -1 : before->frames[outcome->frame];
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		if (event->kind == ZDC_EVENT_FAULT &&
		    (event->process != outcome->process || event->page != outcome->page ||
		     (frame >= 0 && event->frame != frame) || !is_owner(event)))
			return 0;
	}
	return times(ZDC_EVENT_FAULT, -1) == outcome->faults;
}

/* For every frame, allocations less frees are the change in the objects that it holds. */
static int frames_fit(const struct outcome *outcome, const struct known *before, struct known *after)
{
	int named = 0;
	for (int name = 0; name < NAMES; name++) {
		if (!(outcome->releases >> name & 1) || before->frames[name] < 0)
			continue;
		named++;
		if (times(ZDC_EVENT_FREE, before->frames[name]) == 0)
			return 0;
	}
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		int name = name_of(before, event->frame);
		int releases = name >= 0 && (outcome->releases >> name & 1);
		int net = times(ZDC_EVENT_ALLOC, event->frame) - times(ZDC_EVENT_FREE, event->frame);
		if (event->kind == ZDC_EVENT_FAULT)
			continue;
		if (event->kind == ZDC_EVENT_FREE && (event->refs != REFERENCES_IN_FREE || event->maps != 0))
			return 0;
		if (name >= 0 && !releases)
			return 0;
		if (net > (releases ? 0 : 1) || net < (releases || named < outcome->release_count ? -1 : 0))
			return 0;
		if (event->kind == ZDC_EVENT_ALLOC && outcome->allocates_frame >= 0 &&
		    !is_device_of(outcome->allocates_frame, event->frame))
			return 0;
		if (event->kind == ZDC_EVENT_ALLOC && outcome->allocates_frame >= 0 && net == (releases ? 0 : 1))
			after->frames[outcome->allocates_frame] = event->frame;
	}
	return times(ZDC_EVENT_ALLOC, -1) - times(ZDC_EVENT_FREE, -1) == outcome->allocates - outcome->release_count;
}

#ifdef HAS_FILE_MEMORY
/* Whether a page of a file was read cannot be observed. */
static int is_either(int wanted, int seen)
{
	return wanted == HOLE_OR_PRESENT && (seen == HOLE || seen == PRESENT);
}
#endif

/* A name stands for the frame with which it is first observed, and for no frame that another name stands for. */
static int entries_fit(const unsigned char *wanted, struct known *after)
{
	for (int at = 0; at < PROCESSES * PAGES; at++) {
		int frame = FRAME_OF(entries[at]);
		int *known;
		if (wanted[at] < FIRST_ON || entries[at] < FIRST_ON) {
#ifdef HAS_FILE_MEMORY
			if (!is_either(wanted[at], entries[at]) && wanted[at] != entries[at])
#else
			if (wanted[at] != entries[at])
#endif
				return 0;
			continue;
		}
		known = &after->frames[FRAME_OF(wanted[at])];
		if (IS_WRITE(wanted[at]) != IS_WRITE(entries[at]))
			return 0;
		if (*known < 0 && name_of(after, frame) < 0 && is_device_of(FRAME_OF(wanted[at]), frame))
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

#ifndef HAS_SWAP_ON
static int accounts_fit(int state)
{
	for (int process = 0; process < PROCESSES; process++)
		if (counted.resident[process] != ACCOUNTS[state].resident[process])
			return 0;
	return counted.charged == ACCOUNTS[state].charged;
}
#endif

static int how_far(const struct step *step, const struct outcome *outcome, const struct answer *answer,
		   const struct known *before, struct known *after)
{
	*after = *before;
	after->state = outcome->to;
	for (int name = 0; name < NAMES; name++)
		if (outcome->releases >> name & 1)
			after->frames[name] = -1;
#ifdef HAS_RACE
	if (!both_fit(outcome, answer))
#else
	if (!fits(outcome->result, answer))
#endif
		return BREAKS_RESULT;
#ifdef HAS_RACE
	if (!(step->order.op == OP_RACE ? calls_fit(outcome, before) : faults_fit(outcome, before)) ||
#else
	if (!faults_fit(outcome, before) ||
#endif
	    !frames_fit(outcome, before, after))
		return BREAKS_CALLBACKS;
	if (step->looks && !entries_fit(STATES[step->states + outcome->to], after))
		return BREAKS_ENTRIES;
	if (step->looks && !counts_fit())
		return BREAKS_COUNTS;
#ifdef HAS_SWAP_ON
	return FITS;
#else
	return step->looks && !accounts_fit(step->states + outcome->to) ? BREAKS_ACCOUNTS : FITS;
#endif
}
