import type { Repertoire } from './c-repertoire.ts';

/** What a process does of a race; this stands among the processes. */
export const cZdcTakingPart = ({ ops }: Repertoire): string => `
/* What came of the sides that this process has done. */
static struct answer came[2];

/* One side. Answers which process this is then: a fork makes another. */
static int go(int self, const struct race *race, int side)
{
	const struct order *order = &race->orders[side];
	meet(side);
	if (order->op == OP_FORK)
		return fork_into(self, order->argument, &came[side]);
${ops.has('watch') ? AT_ONCE : '\tcame[side] = carry_out(order);\n'}\
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

/* One side, or both, with a second thread. That is not the one who forks: the child would have no other. */
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
`;

const AT_ONCE = `\tat_once = 1;
	came[side] = carry_out(order);
	at_once = 0;
`;
