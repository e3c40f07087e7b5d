// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

/* Loads and stores as a program makes them, with the signals that they may end in. */

/* Each thread's own: two of them touch at once in a race. */
static __thread sigjmp_buf back;
static __thread volatile sig_atomic_t is_touching;

static void caught(int signal, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	(void)context;
	/* A signal for anything but the touched memory is a mistake of ours, and not to be told as the kernel's. */
	if (!is_touching || at < ZDC_BASE || at >= ZDC_BASE + ZDC_PAGES * ZDC_PAGE)
		_exit(99);
	siglongjmp(back, signal);
}

void touch_prepare(void)
{
	struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

static volatile uint64_t *cell(unsigned int page, unsigned int number)
{
	return (volatile uint64_t *)(ZDC_BASE + page * ZDC_PAGE + ZDC_CELL(number));
}

int touch_load(unsigned int page, struct cells *cells)
{
	int signal = sigsetjmp(back, 0);

	if (signal == 0) {
		is_touching = 1;
		for (unsigned int at = 0; at < ZDC_CELLS; at++)
			cells->cell[at] = *cell(page, at);
	}
	is_touching = 0;
	return signal;
}

int touch_store(unsigned int page, uint16_t value)
{
	int signal = sigsetjmp(back, 0);

	if (signal == 0) {
		is_touching = 1;
		for (unsigned int at = 0; at < ZDC_CELLS; at++)
			*cell(page, at) = value;
	}
	is_touching = 0;
	return signal;
}
