#include <stdio.h>
#include <string.h>

/* ---- Comparison with the allowed outcomes ---- */

/* Compares the entries that could be observed with those of a state. */
static int looks_like(const unsigned char *state, const int *seen)
{
	for (int entry = 0; entry < PROCESSES * PAGES; entry++)
		if (seen[entry] != NOT_SEEN && seen[entry] != state[entry])
			return 0;
	return 1;
}

static int look_around(int *seen)
{
	for (int entry = 0; entry < PROCESSES * PAGES; entry++) {
		struct command order = { .op = OP_PAGE_MAP, .page = (int8_t)(entry % PAGES) };
		struct answer answer = { NOT_SEEN, 0 };
		int process = entry / PAGES;
		if (alive[process] > 0 && !ask(process, order, &answer))
			return 0;
		seen[entry] = alive[process] > 0 ? (int)answer.result : UNMAPPED;
	}
	return 1;
}

static void print_entries(const char *before, const int *seen)
{
	printf("%s", before);
	for (int entry = 0; entry < PROCESSES * PAGES; entry++)
		printf("%s%s", entry == 0 ? "" : entry % PAGES == 0 ? " | " : " ", ENTRIES[seen[entry]]);
}

static void explain(const struct step *step, const char *possible, const struct answer *answer, const int *seen)
{
	for (int at = step->first; at < step->first + step->count; at++) {
		int entries[PROCESSES * PAGES];
		if (!possible[OUTCOMES[at].from])
			continue;
		print_result("# expected ", OUTCOMES[at].result);
		for (int entry = 0; entry < PROCESSES * PAGES; entry++)
			entries[entry] = step->looks ? STATES[step->states + OUTCOMES[at].to][entry] : NOT_SEEN;
		if (step->looks)
			print_entries("; entries ", entries);
		printf("\n");
	}
	print_result("# seen     ", answer->result);
	if (step->looks)
		print_entries("; entries ", seen);
	printf("\n");
}

/* Executes and judges one step. Returns whether any state remains possible. */
static int judge(const struct step *step)
{
	static char possible[MOST_STATES] = { 1 };
	char after[MOST_STATES] = { 0 };
	struct answer answer;
	int seen[PROCESSES * PAGES] = { 0 };
	int any = 0;
	if (!perform(step, &answer) || (step->looks && !look_around(seen))) {
		printf("# a process ended, or was silent for too long\n");
		return 0;
	}
	for (int at = step->first; at < step->first + step->count; at++) {
		if (!possible[OUTCOMES[at].from] || !fits(OUTCOMES[at].result, &answer))
			continue;
		if (step->looks && !looks_like(STATES[step->states + OUTCOMES[at].to], seen))
			continue;
		after[OUTCOMES[at].to] = 1;
		any = 1;
	}
	if (!any)
		explain(step, possible, &answer, seen);
	memcpy(possible, after, sizeof after);
	return any;
}
