/** What processes do that go two at a time: each its part in it, and what has them begin. */
interface AtOnce {
  readonly takingPart: string;
  readonly starting: string;
}

/**
 * The part of an exported C program that keeps its processes and drives them, one at a time but for a race; `fork` is what
 * it calls to fork. Before it stand `carry_out`, and `enter` and `left`: what the device is told of a process that begins
 * or is gone.
 */
export const cProcesses = (fork: string, atOnce?: AtOnce): string => `
/* ---- Processes: each waits for orders on a pipe of its own, so that steps follow one another ---- */

static int orders[PROCESSES][2];
static int answers[PROCESSES][2];
/* Known to the driver; 0 where none is alive. */
static pid_t alive[PROCESSES];

static void give_up(const char *what)
{
	printf("Bail out! %s: %s\\n", what, strerror(errno));
	fflush(stdout);
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0)
			kill(alive[process], SIGKILL);
	exit(2);
}

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

/* Answers which process this is then: the child is another, and says so itself. */
static int fork_into(int self, int other, struct answer *answer)
{
	pid_t child = ${fork}();
	if (child == 0) {
		begin(other);
		return other;
	}
	answer->result = child < 0 ? error_result(errno) : OK;
	return self;
}
${atOnce?.takingPart ?? ''}
/* The life of a process. */
static void serve(int self)
{
	struct order order;
	begin(self);
	while (read(orders[self][0], &order, sizeof order) == sizeof order) {
		struct answer answer = { .result = OK };
		int me = self;
		if (order.op == OP_EXIT)
			_exit(0);
${atOnce === undefined ? '' : TAKES_PART}\
		if (order.op == OP_FORK)
			me = fork_into(self, order.argument, &answer);
		else
			answer = carry_out(&order);
		if (me == self)
			send_answer(self, answer);
		self = me;
	}
	_exit(0);
}

/* Waits for an answer: 0 when the process has ended without one, or is silent for too long. */
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

static void give_order(int process, struct order order)
{
	if (write(orders[process][1], &order, sizeof order) != sizeof order)
		give_up("an order was not taken");
}

static int ask(int process, struct order order, struct answer *answer)
{
	give_order(process, order);
	return hear(process, answer);
}

/* The first word of a new process is its number. */
static int welcome(int process)
{
	struct answer first;
	if (!hear(process, &first))
		return 0;
	alive[process] = first.result;
	return 1;
}

static int start(int process)
{
	pid_t child = fork();
	if (child < 0)
		give_up("fork");
	if (child == 0) {
		/* Only the driver gives orders: when it ends, every process comes to the end of its own. */
		for (int other = 0; other < PROCESSES; other++)
			close(orders[other][1]);
		serve(process);
	}
	return welcome(process);
}

/* It is gone when its number is: nobody waits for it, so the kernel clears it away with its memory. */
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
	give_order(process, (struct order){ OP_EXIT, 0, 0, 0 });
	return gone(process);
}
${atOnce?.starting ?? ''}
static int perform(const struct step *step, struct answer *answer)
{
	*answer = (struct answer){ .result = OK };
	switch (step->order.op) {
	case OP_SPAWN:
		return start(step->process);
	case OP_EXIT:
		return end(step->process);
	case OP_INSPECT:
		return 1;
	case OP_FORK:
		return ask(step->process, step->order, answer) &&
		       (answer->result != OK || welcome(step->order.argument));
${atOnce === undefined ? '' : '\tcase OP_RACE:\n\t\treturn hold_race(step->order.page, answer);\n'}\
	default:
		if (step->process >= 0)
			return ask(step->process, step->order, answer);
		/* What is nobody's own. */
		*answer = carry_out(&step->order);
		return 1;
	}
}
`;

const TAKES_PART = `\t\tif (order.op == OP_RACE) {
			self = take_part(self, &RACES[order.page], order.argument);
			continue;
		}
`;
