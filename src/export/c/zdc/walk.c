#include <stdio.h>
#include <string.h>

/* ---- Steps ---- */

#define MOST_POSSIBLE 512
static struct known possible[MOST_POSSIBLE], following[MOST_POSSIBLE];
/* -1 before the first step. */
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

/*
 * Compares all outcomes from possible states. Those that fit determine the next states. Those that differ first in the
 * part `prints` are printed.
 */
static int walk(const struct step *step, const struct answer *answer, int prints)
{
	const struct outcome *printed = NULL;
	int furthest = -1;
	following_count = 0;
	for (int state = 0; state < possible_count; state++) {
		for (int at = step->first; at < step->first + step->count; at++) {
			const struct outcome *outcome = &OUTCOMES[at];
			struct known after;
			int far;
			if (outcome->from != possible[state].state)
				continue;
			far = how_far(step, outcome, answer, &possible[state], &after);
			if (far == FITS)
				remember(&after);
			if (far == prints && (printed == NULL || !looks_alike(step, outcome, printed, far)))
				print_outcome(step, printed = outcome, far);
			furthest = far > furthest ? far : furthest;
		}
	}
	return furthest;
}

/* Executes and judges one step. Returns whether any state remains possible. */
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
	if (read_taint() != complained) {
		printf("# the kernel complained: see its log\n");
		return 0;
	}
	if (step->looks)
		look_around();
	if (zdc_log->difference[0]) {
		printf("# %s\n", zdc_log->difference);
		return 0;
	}
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

/* Without processes and pins, every frame must have been freed. */
static int all_came_back(void)
{
	int missing;
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0 && !gone(process))
			give_up("a process does not end");
	missing = reset_driver();
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
	/* The end of the last round has attached the devices. */
	read_info();
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
