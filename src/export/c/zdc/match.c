#include <string.h>

/* ---- Comparison with the allowed outcomes ---- */

/* A possible state, with the frames that names stand for; -1 for a name without a frame. */
struct known {
	int state;
	int frames[NAMES];
};

/* The first part of an observation in which an outcome differs. */
#ifdef HAS_BLOCKS
enum { BREAKS_RESULT, BREAKS_CALLBACKS, BREAKS_ENTRIES, BREAKS_FOLIOS, BREAKS_COUNTS, BREAKS_ACCOUNTS, FITS };
#else
enum { BREAKS_RESULT, BREAKS_CALLBACKS, BREAKS_ENTRIES, BREAKS_COUNTS, BREAKS_ACCOUNTS, FITS };
#endif

/* The number of frames that are allocated or freed. */
static int frames_of(const struct zdc_event *event)
{
	return event->large ? BLOCK : 1;
}

/* How often a frame is the frame of an event. For -1: the number of frames of events of this kind. */
static int times(int kind, int frame)
{
	int count = 0;
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		if (event->kind != kind)
			continue;
		if (frame < 0)
			count += frames_of(event);
		else
			count += frame >= event->frame && frame < event->frame + frames_of(event);
	}
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
#ifdef HAS_BLOCKS
		int head = PLACES[at].head;
#else
		int head = -1;
#endif
		if (PLACES[at].process != event->process || PLACES[at].page != event->page || !is_owner(event))
			continue;
		if (times(ZDC_EVENT_ALLOC, event->frame) > 0)
			return 1;
		if (head >= 0 && before->frames[head] == event->frame)
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
#ifdef HAS_BLOCKS
	int head = outcome->head < 0 ? -1 : before->frames[outcome->head];
#else
	int head = -1;
#endif
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		if (event->kind == ZDC_EVENT_FAULT &&
		    (event->process != outcome->process || event->page != outcome->page ||
		     (frame >= 0 && event->frame != frame && event->frame != head) || !is_owner(event)))
			return 0;
	}
	return times(ZDC_EVENT_FAULT, -1) == outcome->faults;
}

#ifdef HAS_BLOCKS
/* Frames of a large folio are freed with it, others by themselves. */
static int is_freed_rightly(const struct outcome *outcome, const struct zdc_event *event, int name, int frame)
{
	return event->kind != ZDC_EVENT_FREE || times(ZDC_EVENT_ALLOC, frame) > 0 ||
	       (outcome->releases_large >> name & 1) == (event->large != 0);
}
#endif

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
		if (event->kind != ZDC_EVENT_ALLOC && event->kind != ZDC_EVENT_FREE)
			continue;
		if (event->kind == ZDC_EVENT_FREE && (event->refs != REFERENCES_IN_FREE || event->maps != 0))
			return 0;
		for (int frame = event->frame; frame < event->frame + frames_of(event); frame++) {
			int name = name_of(before, frame);
			int releases = name >= 0 && (outcome->releases >> name & 1);
			int net = times(ZDC_EVENT_ALLOC, frame) - times(ZDC_EVENT_FREE, frame);
			if (name >= 0 && !releases)
				return 0;
			if (net > (releases ? 0 : 1) || net < (releases || named < outcome->release_count ? -1 : 0))
				return 0;
#ifdef HAS_BLOCKS
			if (releases && !is_freed_rightly(outcome, event, name, frame))
				return 0;
#endif
			if (event->kind != ZDC_EVENT_ALLOC || outcome->allocates_frame < 0)
				continue;
			if (!is_device_of(outcome->allocates_frame, frame))
				return 0;
			if (net == (releases ? 0 : 1))
				after->frames[outcome->allocates_frame] = frame;
		}
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
#ifdef HAS_FILE_MEMORY
		if (is_either(wanted[at], entries[at]))
			continue;
#endif
		if (wanted[at] < FIRST_ON || entries[at] < FIRST_ON) {
			if (wanted[at] != entries[at])
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

#ifdef HAS_BLOCKS
/* folio_split is called for each further frame of a large folio in order, and then once for the whole. */
static int splits_fit(const struct outcome *outcome, const struct known *before)
{
	int splits = 0, due = 1, head = -1;
	unsigned named = 0;
	for (unsigned at = 0; at < event_count; at++) {
		const struct zdc_event *event = &events[at];
		if (event->kind != ZDC_EVENT_SPLIT)
			continue;
		if (due < BLOCK ? event->tail != event->frame + due : event->tail >= 0)
			return 0;
		if (due > 1 && event->frame != head)
			return 0;
		head = event->frame;
		due = due < BLOCK ? due + 1 : 1;
		if (due > 1)
			continue;
		splits++;
		if (name_of(before, event->frame) >= 0)
			named |= 1u << name_of(before, event->frame);
	}
	if (splits != outcome->split_count || due > 1)
		return 0;
	for (int name = 0; name < NAMES; name++)
		if ((outcome->splits >> name & 1) && before->frames[name] >= 0 && !(named >> name & 1))
			return 0;
	return 1;
}

/* Whether the outcome is possible with these frames: those in the range of an eviction, and a free block. */
static int is_possible(const struct step *step, const struct outcome *outcome, const struct known *before,
		       const struct known *after)
{
	const struct command *command = &step->command;
	for (int name = 0; name < NAMES && outcome->in_range != NO_RANGE; name++) {
		int frame = before->frames[name];
		int is_in = frame >= command->page && frame < command->page + command->count;
		if (frame >= 0 && is_in != (int)(outcome->in_range >> name & 1))
			return 0;
	}
	for (int on = 0; on < FRAMES / DEVICE_FRAMES; on++) {
		int has_block = !(outcome->allocates_large >> on & 1);
		for (int at = 0; at + BLOCK <= DEVICE_FRAMES; at += BLOCK) {
			int is_free = 1;
			for (int frame = on * DEVICE_FRAMES + at; frame < on * DEVICE_FRAMES + at + BLOCK; frame++)
				is_free &= name_of(after, frame) < 0;
			has_block |= is_free;
		}
		if (!has_block)
			return 0;
	}
	return 1;
}

/* The frames of each large folio are one block, in order. A frame that has a name tells those of the others. */
static int is_on_block(const struct folios *wanted, int head, struct known *after)
{
	int first = -1;
	for (int name = 0; name < NAMES; name++)
		if (wanted->frames[name].head == head && after->frames[name] >= 0)
			first = after->frames[name] - wanted->frames[name].part;
	if (first < 0 || first % DEVICE_FRAMES % BLOCK != 0 || first % DEVICE_FRAMES + BLOCK > DEVICE_FRAMES)
		return 0;
	for (int name = 0; name < NAMES; name++) {
		int frame = first + wanted->frames[name].part;
		if (wanted->frames[name].head != head)
			continue;
		if (after->frames[name] < 0 && name_of(after, frame) < 0)
			after->frames[name] = frame;
		if (after->frames[name] != frame)
			return 0;
	}
	return 1;
}

static int folios_fit(const struct folios *wanted, struct known *after)
{
	for (int name = 0; name < NAMES; name++)
		if (wanted->frames[name].head == name && !is_on_block(wanted, name, after))
			return 0;
	for (int at = 0; at < PROCESSES * PAGES; at++)
		if (wanted->whole[at] != counted.whole[at / PAGES][at % PAGES])
			return 0;
	for (int frame = 0; frame < FRAMES; frame++) {
		int name = name_of(after, frame);
		if (counted.large[frame] != (name >= 0 && wanted->frames[name].head >= 0))
			return 0;
	}
	return 1;
}

/* The entries for any frame of the large folio of a frame; a whole entry counts once. */
static int mappings_of(int frame)
{
	int head = counted.large[frame] ? frame - frame % DEVICE_FRAMES % BLOCK : frame;
	int end = counted.large[frame] ? head + BLOCK : head + 1;
	int single = 0, parts = 0;
	for (int at = 0; at < PROCESSES * PAGES; at++) {
		if (entries[at] < FIRST_ON || FRAME_OF(entries[at]) < head || FRAME_OF(entries[at]) >= end)
			continue;
		if (counted.whole[at / PAGES][at % PAGES])
			parts++;
		else
			single++;
	}
	return single + parts / BLOCK;
}
#else
static int mappings_of(int frame)
{
	int mappings = 0;
	for (int at = 0; at < PROCESSES * PAGES; at++)
		mappings += entries[at] >= FIRST_ON && FRAME_OF(entries[at]) == frame;
	return mappings;
}
#endif

static int counts_fit(void)
{
	for (int frame = 0; frame < FRAMES; frame++) {
		int mappings = mappings_of(frame);
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
#ifdef HAS_BLOCKS
	return counted.charged <= ACCOUNTS[state].charged &&
	       counted.charged + ACCOUNTS[state].uncharged >= ACCOUNTS[state].charged;
#else
	return counted.charged == ACCOUNTS[state].charged;
#endif
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
	if (!(step->command.op == OP_RACE ? calls_fit(outcome, before) : faults_fit(outcome, before)) ||
#else
	if (!faults_fit(outcome, before) ||
#endif
	    !frames_fit(outcome, before, after))
		return BREAKS_CALLBACKS;
#ifdef HAS_BLOCKS
	if (!splits_fit(outcome, before) || !is_possible(step, outcome, before, after))
		return BREAKS_CALLBACKS;
#endif
	if (step->looks && !entries_fit(STATES[step->states + outcome->to], after))
		return BREAKS_ENTRIES;
#ifdef HAS_BLOCKS
	if (step->looks && !folios_fit(&FOLIOS[step->states + outcome->to], after))
		return BREAKS_FOLIOS;
#endif
	if (step->looks && !counts_fit())
		return BREAKS_COUNTS;
#ifdef HAS_SWAP_ON
	return FITS;
#else
	return step->looks && !accounts_fit(step->states + outcome->to) ? BREAKS_ACCOUNTS : FITS;
#endif
}
