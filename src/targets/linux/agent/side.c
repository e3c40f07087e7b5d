// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The sides of a race. One of them begins, and the driver sleeps in its windows, so that the other
 * one proceeds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>

#include "calls.h"
#include "side.h"

#define STACK_BYTES (64 << 10)

/* The pause in each of the next windows is in microseconds. */
void open_windows(unsigned int windows, unsigned int pause)
{
	memset(zdc_log->refused, 0, sizeof(zdc_log->refused));
	zdc_log->pause = pause;
	zdc_log->racing = 1;
	__atomic_store_n(&zdc_log->windows, windows, __ATOMIC_RELEASE);
}

/* Also ends what the race has left half done. */
void close_windows(void)
{
	__atomic_store_n(&zdc_log->windows, 0, __ATOMIC_RELEASE);
	zdc_log->racing = 0;
	if (ioctl(zdc_device, ZDC_SETTLE))
		fail("the end of a race: %s", strerror(errno));
}

/* The second side begins as soon as the first does. */
void begin_side(unsigned int number)
{
	if (number == shared->first)
		__atomic_store_n(&shared->began, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&shared->began, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void *run_side(void *argument)
{
	struct side *side = argument;

	begin_side(side->number);
	side->result = side->execute(side->command);
	return NULL;
}

bool start_side(struct side *side)
{
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	return pthread_create(&side->thread, &attributes, run_side, side) == 0;
}

long join_side(struct side *side)
{
	pthread_join(side->thread, NULL);
	return side->result;
}
