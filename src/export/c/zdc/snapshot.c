/* ---- Snapshots ---- */

/* The callbacks since the last step. */
static void read_calls(void)
{
	event_count = calls->count;
	for (unsigned at = 0; at < event_count; at++)
		events[at] = *(struct zdc_event *)&calls->events[at];
	if (calls->lost)
		give_up("the log of callbacks is full");
	calls->count = 0;
}

static int on_device(uint64_t entry)
{
	uint64_t type = entry & 31;
	uint64_t pfn = (entry & ((1ul << 55) - 1)) >> 5;
	if (type == info.write_type || type == info.read_type)
		for (int frame = 0; frame < FRAMES; frame++)
			if (pfn - info.pfns[frame / DEVICE_FRAMES][frame % DEVICE_FRAMES] < RUN)
				return ON(frame, type == info.write_type);
#ifdef HAS_MAKE_EXCLUSIVE
	if (type == info.exclusive_types[0] || type == info.exclusive_types[1])
		return EXCLUSIVE;
#endif
	/* No frame of the device: no such entry may exist between commands. */
	return POISON;
}

static int what_is(uint64_t entry, int mapping, int is_zero)
{
	if (mapping == ZDC_UNMAPPED)
		return UNMAPPED;
	if (mapping == ZDC_SHARED)
		return PRESENT;
	if (is_present(entry))
		return is_zero || is_zeroes(entry) ? HOLE : PRESENT;
	return entry & ENTRY_SWAP ? on_device(entry) : HOLE;
}

#ifdef HAS_BLOCKS
/* Whether the entries for the base pages of a page are alike, as they are unless a large folio was treated in part. */
static int are_alike(pid_t process, int page)
{
	uint64_t first = entry_of(process, page, 0);
	for (int base = 1; base < RUN; base++) {
		uint64_t entry = entry_of(process, page, base);
		uint64_t kind = ENTRY_PRESENT | ENTRY_SWAP;
		if ((entry & kind) != (first & kind) || is_zeroes(entry) != is_zeroes(first))
			return 0;
		if ((entry & ENTRY_SWAP) && on_device(entry) != on_device(first))
			return 0;
	}
	return 1;
}
#endif

static void look_around(void)
{
	memset(&counted, 0, sizeof counted);
	counted.processes = PROCESSES;
	counted.pages = PAGES;
	/* Memory that was removed and added again has other page frame numbers. */
	if (ioctl(device, ZDC_SNAPSHOT, &counted) != 0 || ioctl(device, ZDC_INFO, &info) != 0)
		give_up("look");
	for (int entry = 0; entry < PROCESSES * PAGES; entry++) {
		int process = entry / PAGES, page = entry % PAGES;
		entries[entry] = alive[process] <= 0 ? UNMAPPED :
			what_is(entry_of(alive[process], page, 0), counted.mapping[process][page],
				counted.zero[process][page]);
#ifdef HAS_BLOCKS
		if (alive[process] > 0 && !are_alike(alive[process], page))
			snprintf((char *)calls->difference, sizeof calls->difference,
				 "the entries for the base pages of page %d of process %d differ", page, process);
#endif
	}
}
