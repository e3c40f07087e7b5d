// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The timing of a race: one side begins, and the driver sleeps in its windows, so that the other
 * side proceeds.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>

#include "calls.h"

/* Pauses are in microseconds. */
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
void begin_side(unsigned int side)
{
	if (side == shared->first)
		__atomic_store_n(&shared->began, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&shared->began, __ATOMIC_ACQUIRE))
		sched_yield();
}
