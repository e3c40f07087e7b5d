import type { CodeChapter } from './c-linked.ts';

/**
 * The part of an exported C program in which two of a race go at once: two processes, or two threads of one. Behind it
 * stand the processes.
 */
export const C_ZDC_RACE: CodeChapter = {
  title: 'Concurrency',
  pieces: {
    ROUNDS: `
/* How many ways are tried in which a race may go: who begins, how often the driver stops on its way, and for how long. */
#define ROUNDS 20
static int round_number;
`,
    meeting: `
/* What two who go at once have in common. */
static struct meeting {
	/* 0: the left one begins, 1: the right one. */
	int first;
	int began;
} *meeting;
`,
    prepare_to_meet: `
static void prepare_to_meet(void)
{
	meeting = mmap(NULL, sizeof *meeting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (meeting == MAP_FAILED)
		give_up("memory to meet in");
}
`,
    arrange: `
/* In the first two ways the driver does not stop; in the others one to three times, for 0.1, 1 or 5 ms each. */
static void arrange(int race)
{
	int way = (round_number + 7 * race) % ROUNDS;
	meeting->first = way % 2;
	meeting->began = 0;
	memset((void *)calls->refused, 0, sizeof calls->refused);
	static const unsigned pauses[] = { 100, 1000, 5000 };
	calls->pause = way < 2 ? 0 : pauses[(way - 2) / 6];
	calls->windows = way < 2 ? 0 : 1 + (way - 2) / 2 % 3;
}
`,
    meet: `
/* The second goes as soon as the first does. */
static void meet(int side)
{
	if (side == meeting->first)
		__atomic_store_n(&meeting->began, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&meeting->began, __ATOMIC_ACQUIRE))
		sched_yield();
}
`,
  },
};

/** How the program has two go at once. */
export const C_ZDC_STARTING = `
/* Both have their orders before the first begins. */
static int send_both(int number, struct answer *answer)
{
	const struct race *race = &RACES[number];
	const int *processes = race->processes;
	int first = meeting->first;
	struct answer right;
	if (processes[0] == processes[1])
		return ask(processes[0], (struct order){ OP_RACE, number, BOTH, 0 }, answer);
	give_order(processes[!first], (struct order){ OP_RACE, number, !first, 0 });
	give_order(processes[first], (struct order){ OP_RACE, number, first, 0 });
	if (!hear(processes[0], answer) || !hear(processes[1], &right))
		return 0;
	answer->other = right.result;
	return 1;
}

/* Of two forks of one process one comes after the other. */
static int fork_twice(const struct race *race, struct answer *answer)
{
	struct answer came[2];
	for (int turn = 0; turn < 2; turn++) {
		int side = turn == 0 ? meeting->first : !meeting->first;
		if (!ask(race->processes[side], race->orders[side], &came[side]))
			return 0;
	}
	answer->result = came[0].result;
	answer->other = came[1].result;
	return 1;
}

static int hold_race(int number, struct answer *answer)
{
	const struct race *race = &RACES[number];
	int forks = race->processes[0] == race->processes[1] && race->orders[0].op == OP_FORK &&
		    race->orders[1].op == OP_FORK;
	arrange(number);
	if (!(forks ? fork_twice(race, answer) : send_both(number, answer)))
		return 0;
	calls->windows = 0;
	return (race->orders[0].op != OP_FORK || answer->result != OK || welcome(race->orders[0].argument)) &&
	       (race->orders[1].op != OP_FORK || answer->other != OK || welcome(race->orders[1].argument));
}
`;
