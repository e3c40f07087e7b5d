// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The signals that can end an access by the CPU. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "access.h"
#include "calls.h"

static void on_signal(int signal, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	(void)context;
	if (at >= ZDC_BASE && at < (uintptr_t)page_address(ZDC_PAGES))
		end_access(signal);
	/* A signal for other memory is a bug of this program, not of the kernel. */
	_exit(99);
}

void handle_signals(void)
{
	struct sigaction action = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO | SA_NODEFER,
	};

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}
