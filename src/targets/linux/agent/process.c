// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The processes of a case, and the turns in which they execute commands. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

/* A process that does not wait by then has died or hangs: the supervisor reports it. */
#define MAX_YIELDS 100000

struct world *world;
struct scope scope;
struct shared *shared;
int my_slot;

void world_open(void)
{
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (world == MAP_FAILED) {
		perror("zdc: memory for the state of a case");
		exit(1);
	}
	shared = &world->shared;
}

/*
 * With this, a process of the case runs until it waits or its time slice ends, so that a race takes
 * the same course again. The slice is limited, because on some kernels two faults of one page each
 * keep the other from migrating it, and retry at once, until one is interrupted.
 */
bool use_fixed_time_slices(void)
{
	const struct sched_param lowest = { .sched_priority = 1 };
	int file = open("/proc/sys/kernel/sched_rr_timeslice_ms", O_WRONLY | O_CLOEXEC);
	bool done = file >= 0 && write(file, "5", 1) == 1 &&
		    sched_setscheduler(0, SCHED_RR, &lowest) == 0;

	close(file);
	return done;
}

void give_turn(int to)
{
	__atomic_store_n(&world->turns[to], 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, &world->turns[to], FUTEX_WAKE, 1, NULL, NULL, 0);
}

bool await_turn(int who, int milliseconds)
{
	struct timespec limit = { milliseconds / 1000, milliseconds % 1000 * 1000000L };
	uint32_t *turn = &world->turns[who];

	__atomic_store_n(&world->waiting[who], 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) == 0) {
		long ret = syscall(SYS_futex, turn, FUTEX_WAIT, 0,
				   milliseconds < 0 ? NULL : &limit, NULL, 0);

		/* A signal ends the wait too: it may report the death of a process. */
		if (ret < 0 && (errno == ETIMEDOUT || errno == EINTR))
			break;
	}
	if (!__atomic_exchange_n(turn, 0, __ATOMIC_ACQUIRE))
		return false;
	__atomic_store_n(&world->waiting[who], 0, __ATOMIC_RELEASE);
	return true;
}

/*
 * On several CPUs, a process that has given the turn, or has forked, still runs for a moment. It
 * may fault its own pages in meanwhile, which a snapshot must not observe half done.
 */
void await_others(int me)
{
	int tries = 0;

	for (int slot = 0; slot < ZDC_PROCESSES; slot++)
		while (slot != me && world->alive[slot] && !has_failed() &&
		       !__atomic_load_n(&world->waiting[slot], __ATOMIC_ACQUIRE) &&
		       tries++ < MAX_YIELDS)
			sched_yield();
}

void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(world->failure, sizeof(world->failure), format, arguments);
	va_end(arguments);
}

bool has_failed(void)
{
	return __atomic_load_n(&world->failure[0], __ATOMIC_RELAXED) != '\0';
}

void enter_slot(int slot)
{
	/* On a machine that others use, no process may outlive a supervisor that was killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	world->pids[slot] = getpid();
	__atomic_store_n(&world->waiting[slot], 0, __ATOMIC_RELEASE);
	world->alive[slot] = true;
	my_slot = slot;
	if (driver_request(ZDC_ENTER, slot) != OK)
		fail("a process cannot take slot %d: %s", slot, strerror(errno));
	watch_enter();
	if (uses_dmirror)
		dmirror_enter();
	/* At the end: in a race, the parent waits for it. */
	__atomic_add_fetch(&world->generations[slot], 1, __ATOMIC_RELEASE);
}

/* The child is a child of the supervisor, as its parent is, and keeps the turn. */
bool fork_into_slot(int slot)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);

	if (pid < 0)
		fail("fork: %s", strerror(errno));
	if (pid != 0)
		return false;
	enter_slot(slot);
	return true;
}

/* The process that executes a command: a slot, the supervisor, or -1 for any. */
static int executor_of(const struct command *command)
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

/* Executes commands until one belongs to another process. Returns the slot of this process. */
static int take_turn(int me)
{
	const struct test_case *test_case = &world->test_case;

	await_others(me);
	while (world->step < test_case->length && !has_failed()) {
		const struct command *command = &test_case->commands[world->step];
		int executor = executor_of(command);

		if (executor >= 0 && executor != me) {
			give_turn(executor);
			return me;
		}
		if (command->op == OP_FORK) {
			if (!fork_into_slot(command->child)) {
				if (!has_failed())
					return me;
				break;
			}
			me = command->child;
			await_others(me);
		}
		if (command->op == OP_RACE) {
			int before = me;

			me = execute_race(me, command);
			/* The child of a fork waits for its turn. */
			if (me != before)
				return me;
			await_others(me);
		}
		execute(command);
	}
	give_turn(SUPERVISOR);
	return me;
}

noreturn void run_process(int me)
{
	const struct command *command = &world->test_case.commands[world->step];

	handle_signals();
	enter_slot(me);
	/* The first command of a spawned process is the spawn. */
	if (world->step < world->test_case.length && command->op == OP_SPAWN &&
	    command->process == me)
		execute(command);
	for (;;) {
		me = take_turn(me);
		do {
			while (!await_turn(me, -1))
				continue;
			if (!is_rival(me))
				break;
			me = execute_right_side(me);
		} while (true);
	}
}
