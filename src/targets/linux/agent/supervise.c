// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

/* How long the supervisor sleeps before it looks around, and how long a killed process may take, in milliseconds. */
#define SLICE 50
#define DYING 2000

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* The new process takes the turn. */
static void begin_process(int slot)
{
	pid_t pid = fork();

	if (pid == 0)
		work(slot);
	if (pid < 0)
		trouble("fork: %s", strerror(errno));
	else
		world->pids[slot] = pid;
}

/* Ends a process and waits until its memory is gone. */
static bool end_process(int slot)
{
	unsigned int number = slot;
	long began = now();
	pid_t pid = world->pids[slot];

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, now() - began < 5 ? 0 : WNOHANG) == 0) {
		struct timespec pause = { 0, 1000000 };

		if (now() - began > DYING)
			return false;
		nanosleep(&pause, NULL);
	}
	world->alive[slot] = false;
	world->pids[slot] = 0;
	ioctl(zdc_device, ZDC_LEAVE, &number);
	return true;
}

static bool end_all(void)
{
	bool gone = true;

	for (int slot = 0; slot < ZDC_PROCESSES; slot++)
		if (world->pids[slot])
			gone &= end_process(slot);
	return gone;
}

static bool somebody_died(void)
{
	siginfo_t info = { 0 };

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

/* What only the supervisor can do. False when the case is over. */
static bool take_turn(void)
{
	const struct test_case *test_case = &world->test_case;
	const struct command *command = &test_case->commands[world->step];
	int next;

	if (world->step >= test_case->length || world->trouble[0] != '\0')
		return false;
	if (command->op == OP_SPAWN) {
		/* Carried out by the new process: it has the turn from its first moment. */
		begin_process(command->process);
		return world->trouble[0] == '\0';
	}
	if (command->op == OP_EXIT && !end_process(command->process)) {
		trouble("process %d cannot be ended", command->process);
		return false;
	}
	carry_out(command);
	for (next = 0; next < ZDC_PROCESSES && !world->alive[next]; next++)
		continue;
	/* Nobody is left: whatever is nobody's own is the supervisor's. */
	if (next == ZDC_PROCESSES)
		give_turn(SUPERVISOR);
	else
		give_turn(next);
	return true;
}

static void prepare(void)
{
	memset(world->turns, 0, sizeof(world->turns));
	memset(world->alive, 0, sizeof(world->alive));
	memset(world->pids, 0, sizeof(world->pids));
	memset(world->named, 0, sizeof(world->named));
	world->step = 0;
	world->race.rival = -1;
	world->trouble[0] = '\0';
	world->keeps_apart = false;
	for (unsigned int at = 0; at < world->test_case.length; at++)
		world->keeps_apart |= world->test_case.commands[at].op == OP_SOFT_DIRTY;
	memory_prepare();
}

static enum outcome run(int milliseconds)
{
	uint32_t step = 0;
	int slices = 0;

	begin_process(0);
	while (world->trouble[0] == '\0') {
		if (await_turn(SUPERVISOR, SLICE)) {
			if (!take_turn())
				break;
			continue;
		}
		if (somebody_died())
			return DIED;
		/*
		 * Slices in which nothing got on, not time: on a busy host the whole guest may stand still for seconds, and
		 * then this process does not wake either.
		 */
		slices = world->step == step ? slices + 1 : 0;
		step = world->step;
		if (slices * SLICE > milliseconds)
			return HUNG;
	}
	return world->trouble[0] == '\0' ? ANSWERED : TROUBLED;
}

enum outcome supervise(int milliseconds)
{
	struct zdc_world_size size = {
		.devices = world->test_case.scope.devices,
		.frames = world->test_case.scope.frames,
	};
	enum outcome outcome;
	int missing, lost;

	prepare();
	missing = ioctl(zdc_device, ZDC_RESET, &size);
	if (missing < 0)
		trouble("reset: %s", strerror(errno));
	read_info();
	answer_begin();
	outcome = run(milliseconds);
	if (!end_all())
		return STUCK;
	swap_off();
	memory_close();
	lost = ioctl(zdc_device, ZDC_LOST);
	missing = ioctl(zdc_device, ZDC_RESET, &size);
	if (missing < 0)
		trouble("reset: %s", strerror(errno));
	if (missing > 0) {
		trouble("%d of the frames never came back, though no process and no pin is left", missing);
		if (outcome == ANSWERED)
			outcome = LEAKED;
	}
	if (lost > 0) {
		trouble("pages that stay charged, though nobody was ever seen to have them: %d", lost);
		if (outcome == ANSWERED)
			outcome = LEAKED;
	}
	answer_end();
	return outcome;
}
