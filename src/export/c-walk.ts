/** The part of an exported C program that compares what is seen with what is allowed, and its main function. */
export const C_WALK = `
/* ---- What is allowed ---- */

static int fits(int wanted, const struct answer *answer)
{
	if (wanted > VECTOR(0))
		return wanted == answer->result;
	if (answer->result > VECTOR(0))
		return 0;
	return (((unsigned)(VECTOR(0) - wanted) ^ (unsigned)(VECTOR(0) - answer->result)) & ~answer->unseen) == 0;
}

/* The entries of a state, where they could be seen. */
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
		struct order order = { OP_LOOK, entry % PAGES, 0 };
		struct answer answer = { NOT_SEEN, 0 };
		int process = entry / PAGES;
		if (alive[process] > 0 && !ask(process, order, &answer))
			return 0;
		seen[entry] = alive[process] > 0 ? answer.result : UNMAPPED;
	}
	return 1;
}

static void print_result(const char *before, int result)
{
	printf("%s", before);
	if (result >= 0)
		printf("the value %d", result);
	else if (result > VECTOR(0))
		printf("%s", RESULTS[-1 - result]);
	else
		printf("pages moved, by bits: 0x%x", (unsigned)(VECTOR(0) - result));
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
		if (!possible[WAYS[at].from])
			continue;
		print_result("# expected ", WAYS[at].result);
		for (int entry = 0; entry < PROCESSES * PAGES; entry++)
			entries[entry] = step->looks ? STATES[step->states + WAYS[at].to][entry] : NOT_SEEN;
		if (step->looks)
			print_entries("; entries ", entries);
		printf("\\n");
	}
	print_result("# seen     ", answer->result);
	if (step->looks)
		print_entries("; entries ", seen);
	printf("\\n");
}

/* One step: keeps the states that are still possible, and says whether there are any. */
static int judge(const struct step *step, char *possible)
{
	char after[MOST_STATES] = { 0 };
	struct answer answer;
	int seen[PROCESSES * PAGES] = { 0 };
	int any = 0;
	if (!perform(step, &answer) || (step->looks && !look_around(seen))) {
		printf("# a process ended, or was silent for too long\\n");
		return 0;
	}
	for (int at = step->first; at < step->first + step->count; at++) {
		if (!possible[WAYS[at].from] || !fits(WAYS[at].result, &answer))
			continue;
		if (step->looks && !looks_like(STATES[step->states + WAYS[at].to], seen))
			continue;
		after[WAYS[at].to] = 1;
		any = 1;
	}
	if (!any)
		explain(step, possible, &answer, seen);
	memcpy(possible, after, sizeof after);
	return any;
}

static void skip(const char *why)
{
	printf("1..0 # SKIP %s: %s\\n", why, strerror(errno));
	exit(77);
}

static void prepare(void)
{
	struct sigaction action;
	memset(&action, 0, sizeof action);
	action.sa_sigaction = on_signal;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* Children of processes that ended are cleared away here, too. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	buffer = aligned_alloc(page_size, page_size);
	for (int page = 0; page < PAGES; page++)
		protections[page] = -1;
	for (int process = 0; process < PROCESSES; process++)
		if (pipe(orders[process]) != 0 || pipe(answers[process]) != 0)
			give_up("pipe");
}

int main(void)
{
	const int steps = (int)(sizeof STEPS / sizeof *STEPS);
	char possible[MOST_STATES] = { 1 };
	int well = 1;
	int probe = zdc_open();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (probe < 0)
		skip("/dev/hmm_dmirror0 cannot be opened");
	close(probe);
	prepare();
	if (!start(0))
		give_up("no process could be started");
	printf("TAP version 13\\n1..%d\\n", steps);
	for (int at = 0; at < steps && well; at++) {
		well = judge(&STEPS[at], possible);
		printf("%s %d - %s\\n", well ? "ok" : "not ok", at + 1, STEPS[at].text);
	}
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0)
			kill(alive[process], SIGKILL);
	return well ? 0 : 1;
}
`;
