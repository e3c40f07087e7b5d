/** The part of an exported C program that finds out whether what is seen of a race fits one of the allowed ways. */
export const C_ZDC_RACES_FIT = `static int both_fit(const struct way *way, const struct answer *answer)
{
	struct answer other = { .result = answer->other };
	return fits(way->result, answer) && fits(way->other, &other);
}

/* In a race: whether page_fault may be called for a page, and for a frame that is there or was taken meanwhile. */
static int may_call(const struct way *way, const struct known *before, const struct zdc_event *event)
{
	for (int at = way->places; at < way->places + way->place_count; at++) {
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

static int calls_fit(const struct way *way, const struct known *before)
{
	for (unsigned at = 0; at < event_count; at++)
		if (events[at].kind == ZDC_EVENT_FAULT && !may_call(way, before, &events[at]))
			return 0;
	return times(ZDC_EVENT_FAULT, -1) >= way->faults;
}

`;
