// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Executes commands and writes their observations. */
#define _GNU_SOURCE

#include "world.h"

static long execute_any(const struct command *command)
{
	switch (command->op) {
	case OP_SPAWN:
	case OP_FORK:
	case OP_EXIT:
	case OP_INSPECT:
		/* Processes begin and end before this. */
		return OK;
	case OP_JOIN:
		return error_result(group_join(command->group));
	case OP_CHARGE:
		return charge_of(command->group);
	default:
		if (uses_dmirror && dmirror_has(command->op))
			return dmirror_execute(command);
		return execute_watched(command);
	}
}

static void execute_and_reply(const struct command *command)
{
	if (command->op == OP_UNKNOWN)
		reply_text("\"unsupported\"");
	else if (command->op == OP_RACE)
		/* Already executed, by the processes that take part. */
		reply_race(command);
	else
		reply_result(command, execute_any(command));
}

void execute(const struct command *command)
{
	enum observe observe = world->test_case.observe;

	reply_text(world->step > 0 ? ",{\"result\":" : "{\"result\":");
	execute_and_reply(command);
	reply_events();
	if (observe == OBSERVE_EVERY_STEP ||
	    (observe == OBSERVE_INSPECT && command->op == OP_INSPECT))
		reply_state();
	if (zdc_log->difference[0]) {
		fail("%s", zdc_log->difference);
		world->differs = true;
	}
	reply_text("}");
	world->step++;
}
