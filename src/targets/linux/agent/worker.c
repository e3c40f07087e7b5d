// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world.h"

int my_slot;

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

static void enter(int slot)
{
	unsigned int number = slot;

	world->pids[slot] = getpid();
	world->alive[slot] = true;
	my_slot = slot;
	if (ioctl(zdc_device, ZDC_ENTER, &number))
		trouble("a process cannot take slot %d: %s", slot, strerror(errno));
	watch_enter();
	if (uses_dmirror)
		dmirror_enter();
	/* Last, for a parent may wait for it. */
	__atomic_add_fetch(&world->generations[slot], 1, __ATOMIC_RELEASE);
}

/* The child of the supervisor, too, so that nobody is left for a dead parent to wait for. It keeps the turn. */
bool fork_into(int slot)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);

	if (pid < 0)
		trouble("fork: %s", strerror(errno));
	if (pid != 0)
		return false;
	enter(slot);
	return true;
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
