// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "world.h"

/* Who carries out a command: a process slot, the supervisor, or (-1) whoever has the turn. */
static int whose(const struct command *command)
{
	switch (command->op) {
	case OP_SPAWN:
	case OP_EXIT:
		return SUPERVISOR;
	case OP_INJECT:
		return -1;
	default:
		return command->process;
	}
}

/* Carries out commands until one is another's; hands the turn on. Answers which slot this process fills now. */
static int take_turn(int me)
{
	const struct test_case *test_case = &world->test_case;

	while (world->step < test_case->length && world->trouble[0] == '\0') {
		const struct command *command = &test_case->commands[world->step];
		int owner = whose(command);

		if (owner >= 0 && owner != me) {
			give_turn(owner);
			return me;
		}
		if (command->op == OP_FORK) {
			if (!fork_into(command->child)) {
				if (world->trouble[0] == '\0')
					return me;
				break;
			}
			me = command->child;
		}
		if (command->op == OP_RACE) {
			int before = me;

			me = race(me, command);
			/* The child of a fork waits for its turn. */
			if (me != before)
				return me;
		}
		carry_out(command);
	}
	give_turn(SUPERVISOR);
	return me;
}

void work(int me)
{
	const struct command *command = &world->test_case.commands[world->step];

	touch_prepare();
	enter(me);
	/* A process that was spawned is itself the outcome of the command. */
	if (world->step < world->test_case.length && command->op == OP_SPAWN && command->process == me)
		carry_out(command);
	for (;;) {
		me = take_turn(me);
		do {
			while (!await_turn(me, -1))
				continue;
			if (!is_rival(me))
				break;
			me = contend_as_rival(me);
		} while (true);
	}
}
