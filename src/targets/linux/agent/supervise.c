// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Runs a case: begins and ends its processes, and limits its time. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

/* In milliseconds: the interval of checks, and the time that a killed process may take to end. */
#define SLICE 50
#define MAX_EXIT 2000

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* The new process has the turn. */
static void begin_process(int slot)
{
	pid_t pid = fork();

	if (pid == 0)
		run_process(slot);
	if (pid < 0)
		fail("fork: %s", strerror(errno));
	else
		world->pids[slot] = pid;
}

/* Kills a process and waits until its memory is free. */
static bool end_process(int slot)
{
	long began = now();
	pid_t pid = world->pids[slot];

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, now() - began < 5 ? 0 : WNOHANG) == 0) {
		struct timespec pause = { 0, 1000000 };

		if (now() - began > MAX_EXIT)
			return false;
		nanosleep(&pause, NULL);
	}
	world->alive[slot] = false;
	world->pids[slot] = 0;
	driver_request(ZDC_LEAVE, slot);
	return true;
}

static bool end_all(void)
{
	bool ended = true;

	for (int slot = 0; slot < ZDC_PROCESSES; slot++)
		if (world->pids[slot])
			ended &= end_process(slot);
	return ended;
}

static bool has_dead_child(void)
{
	siginfo_t info = { 0 };

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

/* Executes the commands of the supervisor. False at the end of the case. */
static bool take_turn(void)
{
	const struct test_case *test_case = &world->test_case;
	const struct command *command = &test_case->commands[world->step];
	int next;

	if (world->step >= test_case->length || has_failed())
		return false;
	await_others(SUPERVISOR);
	if (command->op == OP_SPAWN) {
		begin_process(command->process);
		return !has_failed();
	}
	if (command->op == OP_EXIT && !end_process(command->process)) {
		fail("process %d cannot be killed", command->process);
		return false;
	}
	execute(command);
	for (next = 0; next < ZDC_PROCESSES && !world->alive[next]; next++)
		continue;
	/* Without processes, the supervisor executes the commands that belong to none. */
	give_turn(next == ZDC_PROCESSES ? SUPERVISOR : next);
	return true;
}

static void prepare(void)
{
	scope = world->test_case.scope;
	memset(world->turns, 0, sizeof(world->turns));
	memset(world->waiting, 0, sizeof(world->waiting));
	memset(world->alive, 0, sizeof(world->alive));
	memset(world->pids, 0, sizeof(world->pids));
	world->step = 0;
	world->race.rival = -1;
	world->failure[0] = '\0';
	world->differs = false;
	keeps_separate = false;
	for (unsigned int at = 0; at < world->test_case.length; at++) {
		const struct command *command = &world->test_case.commands[at];

		keeps_separate |= command->op == OP_SOFT_DIRTY;
		if (command->op == OP_MAP && command->memory != MEMORY_PRIVATE)
			make_memory(command->memory);
	}
}

static enum outcome run(int milliseconds)
{
	uint32_t step = 0;
	int slices = 0;

	begin_process(0);
	while (!has_failed()) {
		uint32_t current;

		if (await_turn(SUPERVISOR, SLICE)) {
			if (!take_turn())
				break;
			continue;
		}
		if (has_dead_child())
			return CASE_DIED;
		/*
		 * Slices without progress are counted instead of time: on a busy host the whole
		 * guest may stand still for seconds, and this process with it.
		 */
		current = __atomic_load_n(&world->step, __ATOMIC_RELAXED);
		slices = current == step ? slices + 1 : 0;
		step = current;
		if (slices * SLICE > milliseconds)
			return CASE_HUNG;
	}
	if (!has_failed())
		return CASE_DONE;
	return world->differs ? CASE_DIFFERS : CASE_FAILED;
}

enum outcome run_case(int milliseconds)
{
	enum outcome outcome;
	int missing, leaked;

	prepare();
	reset_driver();
	read_info();
	if (uses_dmirror)
		memset(shared->info.pfns, 0, sizeof(shared->info.pfns));
	reply_begin();
	outcome = run(milliseconds);
	if (!end_all())
		return CASE_STUCK;
	swap_off();
	close_memories();
	leaked = ioctl(zdc_device, ZDC_COUNT_LEAKED);
	missing = reset_driver();
	if (missing > 0)
		fail("%d frames were not freed, though no process and no pin is left", missing);
	if (leaked > 0)
		fail("pages that stay charged, though no snapshot has shown them: %d", leaked);
	if ((missing > 0 || leaked > 0) && outcome == CASE_DONE)
		outcome = CASE_LEAKED;
	reply_end();
	return outcome;
}
