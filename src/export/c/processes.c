#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- Processes: each waits for orders on a pipe of its own, so that steps are sequential ---- */

/* In milliseconds: the time after which a silent process is given up, and the interval of polling. */
#define PATIENCE 10000
#define TICK 20

static int orders[PROCESSES][2];
static int answers[PROCESSES][2];
static void send_answer(int self, struct answer answer)
{
	if (write(answers[self][1], &answer, sizeof answer) != sizeof answer)
		_exit(3);
}

static void begin(int self)
{
	struct answer first = { .result = (int)getpid() };
	if (!enter(self))
		_exit(3);
	send_answer(self, first);
}

/* Returns the number of the calling process: the child has another, and reports itself. */
static int fork_into(int self, int other, struct answer *answer)
{
#ifdef HAS_TEST_DEVICE
	pid_t child = zdc_fork();
#else
	pid_t child = fork();
#endif
	if (child == 0) {
		begin(other);
		return other;
	}
	answer->result = child < 0 ? error_result(errno) : OK;
	return self;
}

#ifdef HAS_RACE
enum { LEFT, RIGHT, BOTH };

/* The results of the sides that this process has executed. */
static struct answer came[2];

/* The left side of a race; the right one is next. */
static const struct command *sides_of(const struct command *race)
{
	return &SIDES[race->sides - 1];
}

/* Executes one side. Returns the number of the calling process, which differs in the child of a fork. */
static int go(int self, const struct command *sides, int side)
{
	begin_side((unsigned)side);
	if (sides[side].op == OP_FORK)
		return fork_into(self, sides[side].child, &came[side]);
	came[side].result = EXECUTE_SIDE(&sides[side]);
	return self;
}

/*
 * Executes one side, or both with a second thread. The main thread forks, since a child has only the thread that
 * forked.
 */
static int take_part(int self, const struct command *sides, int part)
{
	int side = part != BOTH ? part : sides[1].op == OP_FORK;
	struct side other = { .command = &sides[!side], .number = !side, .execute = EXECUTE_SIDE };
	int me;
#ifdef HAS_WATCH
	save_watches();
#endif
	if (part == BOTH && !start_side(&other))
		_exit(3);
	me = go(self, sides, side);
	if (me != self)
		return me;
	if (part == BOTH) {
		came[!side].result = join_side(&other);
		came[0].other = came[1].result;
	}
	send_answer(self, came[part == BOTH ? 0 : part]);
	return self;
}
#endif

/* Executes orders until the process exits. */
static void serve(int self)
{
	struct command order;
	begin(self);
	while (read(orders[self][0], &order, sizeof order) == sizeof order) {
		struct answer answer = { .result = OK };
		int me = self;
		if (order.op == OP_EXIT)
			_exit(0);
#ifdef HAS_RACE
		/* Its part is in place of a page. */
		if (order.op == OP_RACE) {
			self = take_part(self, sides_of(&order), order.page);
			continue;
		}
#endif
		if (order.op == OP_FORK)
			me = fork_into(self, order.child, &answer);
		else
			answer = carry_out(&order);
		if (me == self)
			send_answer(self, answer);
		self = me;
	}
	_exit(0);
}

/* Waits for an answer. Returns 0 if the process has ended without one, or is silent for too long. */
static int hear(int process, struct answer *answer)
{
	for (int waited = 0; waited < PATIENCE; waited += TICK) {
		struct pollfd one = { answers[process][0], POLLIN, 0 };
		if (poll(&one, 1, TICK) > 0)
			return read(one.fd, answer, sizeof *answer) == sizeof *answer;
		if (alive[process] > 0 && kill(alive[process], 0) != 0)
			return 0;
	}
	return 0;
}

static void give_order(int process, struct command order)
{
	if (write(orders[process][1], &order, sizeof order) != sizeof order)
		give_up("an order was not taken");
}

static int ask(int process, struct command order, struct answer *answer)
{
	give_order(process, order);
	return hear(process, answer);
}

/* The first answer of a new process is its process id. */
static int welcome(int process)
{
	struct answer first;
	if (!hear(process, &first))
		return 0;
	alive[process] = (pid_t)first.result;
	return 1;
}

static int start(int process)
{
	pid_t child = fork();
	if (child < 0)
		give_up("fork");
	if (child == 0) {
		/* Only the driver of the program writes orders: when it ends, every process reads the end of its pipe. */
		for (int other = 0; other < PROCESSES; other++)
			close(orders[other][1]);
		serve(process);
	}
	return welcome(process);
}

/* SIGCHLD is ignored, so the kernel frees the process id together with the memory of the process. */
static int gone(int process)
{
	struct timespec tick = { 0, TICK * 1000000l };
	for (int waited = 0; waited < PATIENCE; waited += TICK) {
		if (kill(alive[process], 0) != 0) {
			alive[process] = 0;
			left(process);
			return 1;
		}
		nanosleep(&tick, NULL);
	}
	return 0;
}

static int end(int process)
{
	give_order(process, (struct command){ .op = OP_EXIT });
	return gone(process);
}

#ifdef HAS_RACE
/* Both sides have their orders before the first begins. */
static int send_both(const struct command *race, struct answer *answer)
{
	const struct command *sides = sides_of(race);
	int first = (int)shared->first;
	struct answer right;
	if (sides[0].process == sides[1].process)
		return ask(sides[0].process, (struct command){ .op = OP_RACE, .sides = race->sides, .page = BOTH }, answer);
	for (int turn = 0; turn < 2; turn++) {
		int side = turn == 0 ? !first : first;
		struct command order = { .op = OP_RACE, .sides = race->sides, .page = (int8_t)side };
		give_order(sides[side].process, order);
	}
	if (!hear(sides[0].process, answer) || !hear(sides[1].process, &right))
		return 0;
	answer->other = right.result;
	return 1;
}

/* Two forks of one process are executed one after the other. */
static int fork_twice(const struct command *sides, struct answer *answer)
{
	struct answer came[2];
	for (int turn = 0; turn < 2; turn++) {
		int side = turn == 0 ? (int)shared->first : !shared->first;
		if (!ask(sides[side].process, sides[side], &came[side]))
			return 0;
	}
	answer->result = came[0].result;
	answer->other = came[1].result;
	return 1;
}

static int hold_race(const struct command *race, struct answer *answer)
{
	const struct command *sides = sides_of(race);
	int forks = sides[0].process == sides[1].process && sides[0].op == OP_FORK && sides[1].op == OP_FORK;
	arrange(race);
	if (!(forks ? fork_twice(sides, answer) : send_both(race, answer)))
		return 0;
	close_windows();
	return (sides[0].op != OP_FORK || answer->result != OK || welcome(sides[0].child)) &&
	       (sides[1].op != OP_FORK || answer->other != OK || welcome(sides[1].child));
}
#endif

static int perform(const struct step *step, struct answer *answer)
{
	const struct command *command = &step->command;
	*answer = (struct answer){ .result = OK };
	switch (command->op) {
	case OP_SPAWN:
		return start(command->process);
	case OP_EXIT:
		return end(command->process);
	case OP_INSPECT:
		return 1;
	case OP_FORK:
		return ask(command->process, *command, answer) &&
		       (answer->result != OK || welcome(command->child));
#ifdef HAS_RACE
	case OP_RACE:
		return hold_race(command, answer);
#endif
	default:
		/* The process of an injection is its victim. */
		if (command->process >= 0 && command->op != OP_INJECT)
			return ask(command->process, *command, answer);
		/* A command of no process. */
		*answer = carry_out(command);
		return 1;
	}
}
