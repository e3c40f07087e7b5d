// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Accesses by the CPU, with the signals that can end them. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>

#include "access.h"

/* For each thread, because both sides of a race can be accesses. */
static __thread sigjmp_buf escape;

static __thread volatile sig_atomic_t is_accessing;

void end_access(int signal)
{
	if (is_accessing)
		siglongjmp(escape, signal);
}

long value_in(const volatile void *page)
{
	const volatile char *cells = page;
	CELL first = *(const volatile CELL *)cells;

	for (size_t at = 1; at < CELLS; at++)
		if (*(const volatile CELL *)(cells + CELL_AT(at)) != first)
			return TORN;
	return first > MAX_VALUE ? STALE : (long)first;
}

void fill_page(volatile void *page, uint16_t value)
{
	volatile char *cells = page;

	for (size_t at = 0; at < CELLS; at++)
		*(volatile CELL *)(cells + CELL_AT(at)) = value;
}

/* Never inlined, so that none of its variables is in a register when a signal ends it. */
static __attribute__((noinline)) long load_or_store(char *page, unsigned int run, int value)
{
	long result = OK;

	for (unsigned int base = 0; base < run; base++) {
		if (value >= 0)
			fill_page(page + base * BASE_PAGE, value);
		else if (base == 0)
			result = value_in(page);
		else if (value_in(page + base * BASE_PAGE) != result)
			result = TORN;
	}
	return result;
}

long cpu_access(void *page, unsigned int run, int value)
{
	int signal = sigsetjmp(escape, 0);
	long result;

	if (signal) {
		is_accessing = 0;
		return signal == SIGBUS ? BUS_ERROR : SEGMENT_VIOLATION;
	}
	is_accessing = 1;
	result = load_or_store(page, run, value);
	is_accessing = 0;
	return result;
}
