/* ---- Processes: each waits for orders on a pipe of its own, so that steps are sequential ---- */

/* In milliseconds: the time after which a silent process is given up, and the interval of polling. */
#define PATIENCE 10000
#define TICK 20

static int orders[PROCESSES][2];
static int answers[PROCESSES][2];
/* Process ids as the driver of the program knows them; 0 for a process that is not alive. */
static pid_t alive[PROCESSES];

static void give_up(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
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

/* Returns the number of the calling process: the child has another, and reports itself. */
static int fork_into(int self, int other, struct answer *answer)
{
#ifdef HAS_SIMULATION
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
/* The results of the sides that this process has executed. */
static struct answer came[2];

/* Executes one side. Returns the number of the calling process, which differs in the child of a fork. */
static int go(int self, const struct race *race, int side)
{
	const struct order *order = &race->orders[side];
	meet(side);
	if (order->op == OP_FORK)
		return fork_into(self, order->argument, &came[side]);
#ifdef HAS_WATCH
	at_once = 1;
	came[side] = carry_out(order);
	at_once = 0;
#else
	came[side] = carry_out(order);
#endif
	return self;
}

struct companion {
	int self;
	const struct race *race;
	int side;
};

static void *go_along(void *one)
{
	const struct companion *companion = one;
	go(companion->self, companion->race, companion->side);
	return NULL;
}

/*
 * Executes one side, or both with a second thread. The main thread forks, since a child has only the thread that
 * forked.
 */
static int take_part(int self, const struct race *race, int part)
{
	int side = part != BOTH ? part : race->orders[1].op == OP_FORK;
	struct companion companion = { self, race, !side };
	pthread_t thread;
	int me;
	if (part == BOTH && pthread_create(&thread, NULL, go_along, &companion) != 0)
		_exit(3);
	me = go(self, race, side);
	if (me != self)
		return me;
	if (part == BOTH) {
		pthread_join(thread, NULL);
		came[0].other = came[1].result;
	}
	send_answer(self, came[part == BOTH ? 0 : part]);
	return self;
}
#endif

/* Executes orders until the process exits. */
static void serve(int self)
{
	struct order order;
	begin(self);
	while (read(orders[self][0], &order, sizeof order) == sizeof order) {
		struct answer answer = { .result = OK };
		int me = self;
		if (order.op == OP_EXIT)
			_exit(0);
#ifdef HAS_RACE
		if (order.op == OP_RACE) {
			self = take_part(self, &RACES[order.page], order.argument);
			continue;
		}
#endif
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

/* The first answer of a new process is its process id. */
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
	give_order(process, (struct order){ .op = OP_EXIT });
	return gone(process);
}

#ifdef HAS_RACE
/* Both sides have their orders before the first begins. */
static int send_both(int number, struct answer *answer)
{
	const struct race *race = &RACES[number];
	const int *processes = race->processes;
	int first = meeting->first;
	struct answer right;
	if (processes[0] == processes[1])
		return ask(processes[0], (struct order){ .op = OP_RACE, .page = number, .argument = BOTH }, answer);
	give_order(processes[!first], (struct order){ .op = OP_RACE, .page = number, .argument = !first });
	give_order(processes[first], (struct order){ .op = OP_RACE, .page = number, .argument = first });
	if (!hear(processes[0], answer) || !hear(processes[1], &right))
		return 0;
	answer->other = right.result;
	return 1;
}

/* Two forks of one process are executed one after the other. */
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
	end_race();
	return (race->orders[0].op != OP_FORK || answer->result != OK || welcome(race->orders[0].argument)) &&
	       (race->orders[1].op != OP_FORK || answer->other != OK || welcome(race->orders[1].argument));
}
#endif

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
#ifdef HAS_RACE
	case OP_RACE:
		return hold_race(step->order.page, answer);
#endif
	default:
		if (step->process >= 0)
			return ask(step->process, step->order, answer);
		/* A command of no process. */
		*answer = carry_out(&step->order);
		return 1;
	}
}
