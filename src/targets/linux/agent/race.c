// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

/*
 * Two commands at once. Where both are of one process, a thread does the right one; otherwise the other process does. The
 * module opens its windows meanwhile: there the one that came to it sleeps, and the other goes on.
 */

#define STACK (64 << 10)

static void *address_of(unsigned int page)
{
	return (void *)(ZDC_BASE + page * ZDC_PAGE);
}

static void move(const struct command *command, unsigned long request, struct attempt *attempt)
{
	memset(&attempt->range, 0, sizeof(attempt->range));
	attempt->range.device = command->device;
	attempt->range.page = command->page;
	attempt->range.count = request == ZDC_EVICT ? 1 : command->count;
	if (ioctl(zdc_device, request, &attempt->range))
		trouble("migration in a race: %s", strerror(errno));
}

/* Which pages this process watched when the race began: an unmap beside a touch ends the watch, too. */
static bool was_watched[ZDC_PAGES];

static void remember_watches(void)
{
	for (unsigned int page = 0; page < ZDC_PAGES; page++)
		was_watched[page] = is_watched(page);
}

static bool was_refused(void)
{
	volatile struct zdc_log *log = zdc_log;
	int me = gettid();

	for (unsigned int at = 0; at < ZDC_REFUSED; at++)
		if (log->refused[at] == me)
			return true;
	return false;
}

/*
 * Whether it was the watch that ended a touch. The page table may be another by now; but where the driver did not refuse this
 * thread, nothing else can have ended it.
 */
static bool was_trapped(const struct command *command, int signal)
{
	return signal == SIGBUS && was_watched[command->page] && !was_refused();
}

/* Everything but a fork, which is more than an answer. */
static void contend(const struct command *command, struct attempt *attempt)
{
	switch (command->op) {
	case OP_LOAD:
		attempt->signal = touch_load(command->page, &attempt->cells);
		attempt->trapped = was_trapped(command, attempt->signal);
		return;
	case OP_STORE:
		attempt->signal = touch_store(command->page, command->value);
		attempt->trapped = was_trapped(command, attempt->signal);
		return;
	case OP_UNMAP:
		attempt->error = unmap_page(command->page);
		return;
	case OP_DISCARD:
		attempt->error = madvise(address_of(command->page), ZDC_PAGE, MADV_DONTNEED) ? errno : 0;
		return;
	case OP_TO_DEVICE:
		move(command, ZDC_TO_DEVICE, attempt);
		return;
	case OP_TO_SYSTEM:
		move(command, ZDC_TO_SYSTEM, attempt);
		return;
	case OP_EVICT:
		move(command, ZDC_EVICT, attempt);
		return;
	default:
		trouble("a race of what is never done at once");
	}
}

/* A child waits for its turn by itself; its parent waits until it fills its slot. True in the child. */
static bool fork_in_race(const struct command *command)
{
	unsigned int generation = world->generations[command->child];

	if (fork_into(command->child))
		return true;
	while (world->trouble[0] == '\0' &&
	       __atomic_load_n(&world->generations[command->child], __ATOMIC_ACQUIRE) == generation)
		sched_yield();
	return false;
}

/* Does one side. Answers the slot that this process fills then. */
static int do_side(int me, unsigned int side, const struct command *command)
{
	if (command->op == OP_FORK)
		return fork_in_race(command) ? command->child : me;
	contend(command, &world->race.attempts[side]);
	return me;
}

bool is_rival(int me)
{
	return __atomic_load_n(&world->race.rival, __ATOMIC_ACQUIRE) == me;
}

static const struct command *side_of(const struct command *command, unsigned int side)
{
	return &world->test_case.contenders[command->contenders - 1 + side];
}

static void end_right(void)
{
	__atomic_store_n(&world->race.rival, -1, __ATOMIC_RELEASE);
	__atomic_store_n(&world->race.done, 1, __ATOMIC_RELEASE);
}

static void await(const uint32_t *flag)
{
	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE) && world->trouble[0] == '\0')
		sched_yield();
}

/* One of the two goes first; how far it comes before the other goes on is another matter. */
static void begin(unsigned int side)
{
	if (side == world->race.first)
		__atomic_store_n(&world->race.began, 1, __ATOMIC_RELEASE);
	else
		await(&world->race.began);
}

int contend_as_rival(int me)
{
	int slot;

	remember_watches();
	begin(1);
	slot = do_side(me, 1, side_of(&world->test_case.commands[world->step], 1));
	if (slot == me)
		end_right();
	return slot;
}

static void *contend_as_thread(void *command)
{
	begin(1);
	contend(command, &world->race.attempts[1]);
	end_right();
	return NULL;
}

/*
 * How a race goes: who begins, how many windows are open, and for how long. It follows from what is in the race, from how
 * many came before it, and from the scope. So a case that is replayed goes the same way, and a reduction that takes other
 * commands out of it does not change it; and there are scopes enough for every race to go in every way.
 */
static uint32_t lot;

static void cast_lot(const struct command *race)
{
	const struct scope *scope = &world->test_case.scope;

	lot = race->contenders + 7 * scope->processes + 31 * scope->pages + 127 * scope->frames;
	for (unsigned int side = 0; side < 2; side++) {
		const struct command *command = side_of(race, side);
		const uint8_t parts[] = { command->op, command->process, command->page, command->count, command->child };

		for (unsigned int at = 0; at < sizeof(parts); at++)
			lot = (lot ^ parts[at]) * 16777619U;
	}
}

static unsigned int fate(unsigned int outcomes)
{
	lot = lot * 1664525U + 1013904223U;
	return (lot >> 16) % outcomes;
}

/*
 * Microseconds. In the longest the other side comes to its end, or to a lock that the sleeper holds, even where the host has
 * other things to do; so it goes the same way again. The shortest ends somewhere on the way.
 */
static const unsigned int pauses[] = { 100, 1000, 5000, 5000 };

static void open_windows(void)
{
	volatile struct zdc_log *log = zdc_log;

	memset((void *)log->refused, 0, sizeof(log->refused));
	log->pause = pauses[fate(4)];
	log->windows = fate(4);
}

static void close_windows(void)
{
	volatile struct zdc_log *log = zdc_log;

	log->windows = 0;
}

/* Both are of this process. A fork is the main thread's; of two, one comes after the other. */
static int race_of_threads(int me, const struct command *left, const struct command *right)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int slot;

	if (right->op == OP_FORK) {
		slot = do_side(me, 1, right);
		return slot == me ? do_side(me, 0, left) : slot;
	}
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	if (pthread_create(&thread, &attributes, contend_as_thread, (void *)right)) {
		trouble("a race has no second thread");
		return me;
	}
	begin(0);
	slot = do_side(me, 0, left);
	if (slot == me)
		pthread_join(thread, NULL);
	return slot;
}

static int race_of_processes(int me, const struct command *left, const struct command *right)
{
	int slot;

	__atomic_store_n(&world->race.rival, right->process, __ATOMIC_RELEASE);
	give_turn(right->process);
	begin(0);
	slot = do_side(me, 0, left);
	if (slot == me)
		await(&world->race.done);
	return slot;
}

int race(int me, const struct command *command)
{
	const struct command *left = side_of(command, 0);
	const struct command *right = side_of(command, 1);
	int slot;

	memset(&world->race, 0, sizeof(world->race));
	world->race.rival = -1;
	cast_lot(command);
	world->race.first = fate(2);
	remember_watches();
	open_windows();
	slot = left->process == right->process ? race_of_threads(me, left, right) : race_of_processes(me, left, right);
	if (slot == me)
		close_windows();
	return slot;
}

static void say_touch(const struct attempt *attempt)
{
	if (attempt->trapped)
		say_text("\"trapped\"");
	else
		say_signal(attempt->signal);
}

static void say_side(const struct command *command, const struct attempt *attempt)
{
	switch (command->op) {
	case OP_LOAD:
		if (attempt->signal)
			say_touch(attempt);
		else
			say_cells(&attempt->cells);
		return;
	case OP_STORE:
		say_touch(attempt);
		return;
	case OP_TO_DEVICE:
	case OP_TO_SYSTEM:
	case OP_EVICT:
		say_outcomes(&attempt->range, attempt->range.count);
		return;
	default:
		say_error(attempt->error);
	}
}

void say_race(const struct command *command)
{
	say_text("{\"left\":");
	say_side(side_of(command, 0), &world->race.attempts[0]);
	say_text(",\"right\":");
	say_side(side_of(command, 1), &world->race.attempts[1]);
	say_text("}");
}
