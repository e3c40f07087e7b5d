/* ---- From step to step ---- */

#define MOST_POSSIBLE 512
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
	struct answer answer;
	int furthest;
	if (possible_count < 0) {
		possible[0].state = 0;
		memset(possible[0].frames, -1, sizeof possible[0].frames);
		possible_count = 1;
	}
	if (!perform(step, &answer)) {
		printf("# a process ended, or was silent for too long\n");
		return 0;
	}
	read_calls();
	if (taint() != complained) {
		printf("# the kernel complained: see its log\n");
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
static int all_came_back(void)
{
	int missing;
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0 && !gone(process))
			give_up("a process does not end");
	missing = missing_frames();
	if (missing > 0)
		printf("# %d of the frames never came back, though no process and no pin is left\n", missing);
#ifdef HAS_SWAP_ON
	swap_off();
#endif
	return missing == 0;
}

#ifdef HAS_RACE
static void begin_round(int number)
{
	round_number = number;
	possible_count = -1;
#ifdef HAS_COMMON_MEMORY
	make_memories();
#endif
}
#else
static int judge_the_end(int number)
{
	int well = all_came_back();
	printf("%s %d - every frame came back\n", well ? "ok" : "not ok", number);
	return well;
}
#endif
