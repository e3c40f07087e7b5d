/**
 * The main function of an exported C program. Before it stand `find_device`, `judge`, `CLOSING_STEPS` and
 * `judge_the_end`, which looks at what is left when every process has ended.
 */
export const C_MAIN = `
/* ---- The program ---- */

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
	int well = 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!find_device())
		skip(DEVICE " cannot be opened");
	prepare();
	if (!start(0))
		give_up("no process could be started");
	printf("TAP version 13\\n1..%d\\n", steps + CLOSING_STEPS);
	for (int at = 0; at < steps && well; at++) {
		well = judge(&STEPS[at]);
		printf("%s %d - %s\\n", well ? "ok" : "not ok", at + 1, STEPS[at].text);
	}
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0)
			kill(alive[process], SIGKILL);
	return well && judge_the_end(steps + 1) ? 0 : 1;
}
`;
