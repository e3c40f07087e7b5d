// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct world *world;

void world_open(void)
{
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (world == MAP_FAILED) {
		perror("zdc: no room for the world");
		exit(1);
	}
}

/*
 * Nobody of ours is interrupted by another but when it waits, or has had the processor for long: so a race goes as its windows
 * make it go, and the same way again. For ever would not do: of two faults at one page each keeps the other from moving it, and
 * tries again at once, until one is interrupted (newer kernels have one wait).
 */
bool take_long_turns(void)
{
	const struct sched_param lowest = { .sched_priority = 1 };
	int file = open("/proc/sys/kernel/sched_rr_timeslice_ms", O_WRONLY | O_CLOEXEC);

	bool taken = file >= 0 && write(file, "5", 1) == 1 && sched_setscheduler(0, SCHED_RR, &lowest) == 0;

	close(file);
	return taken;
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

	while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) == 0) {
		long woken = syscall(SYS_futex, turn, FUTEX_WAIT, 0, milliseconds < 0 ? NULL : &limit, NULL, 0);

		/* A signal ends the wait, too: it may tell of a death. */
		if (woken < 0 && (errno == ETIMEDOUT || errno == EINTR))
			break;
	}
	if (__atomic_load_n(turn, __ATOMIC_ACQUIRE) == 0)
		return false;
	*turn = 0;
	return true;
}

void trouble(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(world->trouble, sizeof(world->trouble), format, arguments);
	va_end(arguments);
}
