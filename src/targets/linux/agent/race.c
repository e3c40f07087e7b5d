// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Executes two commands concurrently: the right one in a second thread if both belong to one
 * process, otherwise in the other process. The driver sleeps in its windows meanwhile, so that the
 * other command proceeds.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>

#include "world.h"

/* The child waits for its turn, the parent until the child has its slot. True in the child. */
static bool fork_in_race(const struct command *command)
{
	uint32_t *generation = &world->generations[command->child];
	uint32_t before = *generation;

	if (fork_into_slot(command->child))
		return true;
	while (!has_failed() && __atomic_load_n(generation, __ATOMIC_ACQUIRE) == before)
		sched_yield();
	return false;
}

/* Returns the slot of the calling process afterwards. */
static int execute_side(int me, unsigned int side, const struct command *command)
{
	world->race.results[side] = OK;
	if (command->op == OP_FORK)
		return fork_in_race(command) ? command->child : me;
	world->race.results[side] = execute_watched_side(command);
	return me;
}

bool is_rival(int me)
{
	return __atomic_load_n(&world->race.rival, __ATOMIC_ACQUIRE) == me;
}

static const struct command *side_of(const struct command *command, unsigned int side)
{
	return &world->test_case.sides[command->sides - 1 + side];
}

static void end_right_side(void)
{
	__atomic_store_n(&world->race.rival, -1, __ATOMIC_RELEASE);
	__atomic_store_n(&world->race.done, 1, __ATOMIC_RELEASE);
}

static void await(const uint32_t *flag)
{
	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE) && !has_failed())
		sched_yield();
}

int execute_right_side(int me)
{
	int slot;

	save_watches();
	begin_side(1);
	slot = execute_side(me, 1, side_of(&world->test_case.commands[world->step], 1));
	if (slot == me)
		end_right_side();
	return slot;
}

/*
 * The schedule of a race: the side that begins, the number of windows, and the pause. It depends on
 * the content of the race, the number of races before it, and the world size. So a case takes the
 * same course when it is replayed, or when a reduction removes other commands; and there are enough
 * world sizes for every race to take every course.
 */
static uint32_t schedule;

static void choose_schedule(const struct command *race)
{
	schedule = race->sides + 7 * scope.processes + 31 * scope.pages + 127 * scope.frames;
	for (unsigned int side = 0; side < 2; side++) {
		const struct command *command = side_of(race, side);
		const uint8_t parts[] = {
			command->op,	command->process, command->page,
			command->count, command->child,
		};

		for (unsigned int at = 0; at < sizeof(parts); at++)
			schedule = (schedule ^ parts[at]) * 16777619U;
	}
}

/* The next number of the schedule, below a limit. */
static unsigned int next_of_schedule(unsigned int limit)
{
	schedule = schedule * 1664525U + 1013904223U;
	return (schedule >> 16) % limit;
}

/*
 * In microseconds. In the longest, the other side completes, or waits for a lock of the sleeping
 * one, even on a busy host; so the race takes the same course again. In the shortest, it gets part
 * of the way.
 */
static const unsigned int pauses[] = { 100, 1000, 5000, 5000 };

/* The main thread forks. Two forks are executed one after the other. */
static int race_threads(int me, const struct command *left, const struct command *right)
{
	struct side other = { .command = right, .number = 1, .execute = execute_watched_side };
	int slot;

	if (right->op == OP_FORK) {
		slot = execute_side(me, 1, right);
		return slot == me ? execute_side(me, 0, left) : slot;
	}
	if (!start_side(&other)) {
		fail("a race cannot start its second thread");
		return me;
	}
	begin_side(0);
	slot = execute_side(me, 0, left);
	if (slot == me)
		world->race.results[1] = join_side(&other);
	return slot;
}

static int race_processes(int me, const struct command *left, const struct command *right)
{
	int slot;

	__atomic_store_n(&world->race.rival, right->process, __ATOMIC_RELEASE);
	give_turn(right->process);
	begin_side(0);
	slot = execute_side(me, 0, left);
	if (slot == me)
		await(&world->race.done);
	return slot;
}

int execute_race(int me, const struct command *command)
{
	const struct command *left = side_of(command, 0);
	const struct command *right = side_of(command, 1);
	unsigned int pause;
	int slot;

	memset(&world->race, 0, sizeof(world->race));
	world->race.rival = -1;
	choose_schedule(command);
	shared->first = next_of_schedule(2);
	shared->began = 0;
	save_watches();
	pause = pauses[next_of_schedule(4)];
	open_windows(next_of_schedule(4), pause);
	if (left->process == right->process)
		slot = race_threads(me, left, right);
	else
		slot = race_processes(me, left, right);
	if (slot == me)
		close_windows();
	return slot;
}

void reply_race(const struct command *command)
{
	reply_text("{\"left\":");
	reply_result(side_of(command, 0), world->race.results[0]);
	reply_text(",\"right\":");
	reply_result(side_of(command, 1), world->race.results[1]);
	reply_text("}");
}
