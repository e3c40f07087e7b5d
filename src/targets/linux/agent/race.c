// SPDX-License-Identifier: GPL-2.0
/*
 * Executes two commands concurrently: the right one in a second thread if both belong to one
 * process, otherwise in the other process. The driver sleeps in its windows meanwhile, so that the
 * other command proceeds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "world.h"

#define STACK_BYTES (64 << 10)

static void migrate(const struct command *command, unsigned long request, struct zdc_range *range)
{
	*range = (struct zdc_range){
		.device = command->device,
		.page = command->page,
		.count = request == ZDC_EVICT ? 1 : command->count,
		.compound = command->compound,
	};
	if (ioctl(zdc_device, request, range))
		fail("migration in a race: %s", strerror(errno));
}

/* The pages that this process watched before the race: an unmap beside an access ends the watch. */
static bool was_watched[ZDC_PAGES];

static void save_watches(void)
{
	for (unsigned int page = 0; page < ZDC_PAGES; page++)
		was_watched[page] = is_watched(page);
}

/* Whether the driver answered a fault of this thread with SIGBUS. */
static bool was_refused(void)
{
	int me = gettid();

	for (unsigned int at = 0; at < ZDC_REFUSED; at++)
		if (__atomic_load_n(&zdc_log->refused[at], __ATOMIC_ACQUIRE) == me)
			return true;
	return false;
}

/*
 * Whether the watch ended an access. The page table may have changed since; but if the driver has
 * not refused this thread, nothing else can have ended it.
 */
static bool was_trapped(const struct command *command, int signal)
{
	return signal == SIGBUS && was_watched[command->page] && !was_refused();
}

/* Executes one side, except a fork. */
static void execute_side(const struct command *command, struct side_result *result)
{
	switch (command->op) {
	case OP_LOAD:
		result->signal = cpu_load(command->page, &result->cells);
		result->trapped = was_trapped(command, result->signal);
		return;
	case OP_STORE:
		result->signal = cpu_store(command->page, command->value);
		result->trapped = was_trapped(command, result->signal);
		return;
	case OP_UNMAP:
		result->error = unmap_page(command);
		return;
	case OP_DISCARD:
		result->error = discard_page(command);
		return;
	case OP_TO_DEVICE:
		migrate(command, ZDC_TO_DEVICE, &result->range);
		return;
	case OP_TO_SYSTEM:
		migrate(command, ZDC_TO_SYSTEM, &result->range);
		return;
	case OP_EVICT:
		migrate(command, ZDC_EVICT, &result->range);
		return;
	default:
		fail("a race with a command that cannot race");
	}
}

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
static int execute_side_or_fork(int me, unsigned int side, const struct command *command)
{
	if (command->op == OP_FORK)
		return fork_in_race(command) ? command->child : me;
	execute_side(command, &world->race.results[side]);
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

static void begin_side(unsigned int side)
{
	if (side == world->race.first)
		__atomic_store_n(&world->race.began, 1, __ATOMIC_RELEASE);
	else
		await(&world->race.began);
}

int execute_right_side(int me)
{
	int slot;

	save_watches();
	begin_side(1);
	slot = execute_side_or_fork(me, 1, side_of(&world->test_case.commands[world->step], 1));
	if (slot == me)
		end_right_side();
	return slot;
}

static void *run_right_side(void *command)
{
	begin_side(1);
	execute_side(command, &world->race.results[1]);
	end_right_side();
	return NULL;
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
	const struct scope *scope = &world->test_case.scope;

	schedule = race->sides + 7 * scope->processes + 31 * scope->pages + 127 * scope->frames;
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

static void open_windows(void)
{
	memset(zdc_log->refused, 0, sizeof(zdc_log->refused));
	zdc_log->pause = pauses[next_of_schedule(4)];
	zdc_log->racing = 1;
	__atomic_store_n(&zdc_log->windows, next_of_schedule(4), __ATOMIC_RELEASE);
}

static void close_windows(void)
{
	__atomic_store_n(&zdc_log->windows, 0, __ATOMIC_RELEASE);
	zdc_log->racing = 0;
}

/* The main thread forks. Two forks are executed one after the other. */
static int race_threads(int me, const struct command *left, const struct command *right)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int slot;

	if (right->op == OP_FORK) {
		slot = execute_side_or_fork(me, 1, right);
		return slot == me ? execute_side_or_fork(me, 0, left) : slot;
	}
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	if (pthread_create(&thread, &attributes, run_right_side, (void *)right)) {
		fail("a race cannot start its second thread");
		return me;
	}
	begin_side(0);
	slot = execute_side_or_fork(me, 0, left);
	if (slot == me)
		pthread_join(thread, NULL);
	return slot;
}

static int race_processes(int me, const struct command *left, const struct command *right)
{
	int slot;

	__atomic_store_n(&world->race.rival, right->process, __ATOMIC_RELEASE);
	give_turn(right->process);
	begin_side(0);
	slot = execute_side_or_fork(me, 0, left);
	if (slot == me)
		await(&world->race.done);
	return slot;
}

int execute_race(int me, const struct command *command)
{
	const struct command *left = side_of(command, 0);
	const struct command *right = side_of(command, 1);
	int slot;

	memset(&world->race, 0, sizeof(world->race));
	world->race.rival = -1;
	choose_schedule(command);
	world->race.first = next_of_schedule(2);
	save_watches();
	open_windows();
	if (left->process == right->process)
		slot = race_threads(me, left, right);
	else
		slot = race_processes(me, left, right);
	if (slot == me) {
		close_windows();
		if (ioctl(zdc_device, ZDC_SETTLE))
			fail("the end of a race: %s", strerror(errno));
	}
	return slot;
}

static void reply_access(const struct side_result *result)
{
	if (result->trapped)
		reply_text("\"trapped\"");
	else
		reply_signal(result->signal);
}

static void reply_side(const struct command *command, const struct side_result *result)
{
	switch (command->op) {
	case OP_LOAD:
		if (result->signal)
			reply_access(result);
		else
			reply_cells(&result->cells);
		return;
	case OP_STORE:
		reply_access(result);
		return;
	case OP_TO_DEVICE:
	case OP_TO_SYSTEM:
	case OP_EVICT:
		reply_outcomes(&result->range, result->range.count);
		return;
	default:
		reply_error(result->error);
	}
}

void reply_race(const struct command *command)
{
	reply_text("{\"left\":");
	reply_side(side_of(command, 0), &world->race.results[0]);
	reply_text(",\"right\":");
	reply_side(side_of(command, 1), &world->race.results[1]);
	reply_text("}");
}
