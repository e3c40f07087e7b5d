#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* ---- The program ---- */

static void skip(const char *why)
{
	printf("1..0 # SKIP %s: %s\n", why, strerror(errno));
	exit(77);
}

static void prepare(void)
{
#if defined(HAS_LOAD) || defined(HAS_STORE)
	handle_signals();
#endif
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* Orphaned children become children of this process, so that they are reaped here. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int process = 0; process < PROCESSES; process++)
		if (pipe(orders[process]) != 0 || pipe(answers[process]) != 0)
			give_up("pipe");
}

#ifdef HAS_RACE

/* Executes all steps. Returns the number of the first step that is not allowed, or 0, and its text. */
static int go_through(const char **text)
{
	const int steps = (int)(sizeof STEPS / sizeof *STEPS);
	if (!start(0))
		give_up("no process could be started");
	for (int at = 0; at < steps; at++) {
		if (judge(&STEPS[at]))
			continue;
		*text = STEPS[at].text;
		return at + 1;
	}
	end_all();
	*text = "every frame came back";
	return all_came_back() ? 0 : steps + 1;
}

int main(void)
{
	int failed = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!find_device())
		skip(DEVICE " cannot be opened");
	prepare();
	printf("TAP version 13\n1..%d\n", ROUNDS);
	for (int round = 0; round < ROUNDS && !failed; round++) {
		const char *text;
		begin_round(round);
		failed = go_through(&text);
		if (failed)
			printf("not ok %d - in round %d, at step %d: %s\n", round + 1, round + 1, failed, text);
		else
			printf("ok %d - round %d\n", round + 1, round + 1);
	}
	end_all();
	return failed ? 1 : 0;
}
#else

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
#ifdef HAS_FINAL_CHECK
	printf("TAP version 13\n1..%d\n", steps + 1);
#else
	printf("TAP version 13\n1..%d\n", steps);
#endif
	for (int at = 0; at < steps && well; at++) {
		well = judge(&STEPS[at]);
		printf("%s %d - %s\n", well ? "ok" : "not ok", at + 1, STEPS[at].text);
	}
	end_all();
#ifdef HAS_FINAL_CHECK
	return well && judge_the_end(steps + 1) ? 0 : 1;
#else
	return well ? 0 : 1;
#endif
}
#endif
