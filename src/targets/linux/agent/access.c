// SPDX-License-Identifier: GPL-2.0
/* Accesses by the CPU, with the signals that can end them, and by the kernel. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "world.h"

/* For each thread, because both sides of a race can be accesses. */
static __thread sigjmp_buf escape;
static __thread volatile sig_atomic_t is_accessing;

static void on_signal(int signal, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	(void)context;
	/* A signal for other memory is a bug of the agent, not of the kernel. */
	if (!is_accessing || at < ZDC_BASE || at >= (uintptr_t)page_address(ZDC_PAGES))
		_exit(99);
	siglongjmp(escape, signal);
}

void access_prepare(void)
{
	struct sigaction action = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO | SA_NODEFER,
	};

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

/* A cell of a base page. */
static volatile uint64_t *cell(unsigned int page, unsigned int base, unsigned int number)
{
	return (volatile uint64_t *)((char *)page_address(page) + base * ZDC_PAGE +
				     ZDC_CELL(number));
}

/* Adds the value of a base page. The cells of base pages that differ stay different. */
static void merge_cells(struct cells *cells, const struct cells *next, unsigned int base)
{
	if (base == 0)
		*cells = *next;
	else if (memcmp(cells, next, sizeof(*cells)) != 0)
		cells->cell[ZDC_CELLS - 1] = ~cells->cell[0];
}

int cpu_load(unsigned int page, struct cells *cells)
{
	int signal = sigsetjmp(escape, 0);

	if (signal == 0) {
		is_accessing = 1;
		for (unsigned int base = 0; base < world->run; base++) {
			struct cells next;

			for (unsigned int at = 0; at < ZDC_CELLS; at++)
				next.cell[at] = *cell(page, base, at);
			merge_cells(cells, &next, base);
		}
	}
	is_accessing = 0;
	return signal;
}

int cpu_store(unsigned int page, uint16_t value)
{
	int signal = sigsetjmp(escape, 0);

	if (signal == 0) {
		is_accessing = 1;
		for (unsigned int base = 0; base < world->run; base++)
			for (unsigned int at = 0; at < ZDC_CELLS; at++)
				*cell(page, base, at) = value;
	}
	is_accessing = 0;
	return signal;
}

/*
 * Accesses of the kernel to a user address use system calls that request the page once and return
 * the error. A load gives the page to a pipe: a pin for reading would break a sharing, and a copy
 * would be retried. A store is a direct read of a RAM disk into the page.
 */

#define DISK "/dev/ram39"

static alignas(ZDC_PAGE) char buffer[ZDC_PAGE];

bool has_kernel_access(void)
{
	return access(DISK, R_OK | W_OK) == 0;
}

/* Returns 0 or an error. */
static int load_through_pipe(const int *ends, char *address, struct cells *cells)
{
	struct iovec there = { address, ZDC_PAGE };

	if (vmsplice(ends[1], &there, 1, 0) < 0 || read(ends[0], buffer, ZDC_PAGE) < 0)
		return errno;
	for (unsigned int at = 0; at < ZDC_CELLS; at++)
		memcpy(&cells->cell[at], buffer + ZDC_CELL(at), sizeof(uint64_t));
	return 0;
}

int kernel_load(unsigned int page, struct cells *cells)
{
	int ends[2];
	int error = 0;

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	for (unsigned int base = 0; base < world->run && error == 0; base++) {
		struct cells next = { 0 };

		error = load_through_pipe(ends, (char *)page_address(page) + base * ZDC_PAGE,
					  &next);
		merge_cells(cells, &next, base);
	}
	close(ends[0]);
	close(ends[1]);
	return error;
}

int kernel_store(unsigned int page, uint16_t value)
{
	uint64_t content = value;
	int disk = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	int error = 0;

	for (unsigned int at = 0; at < ZDC_CELLS; at++)
		memcpy(buffer + ZDC_CELL(at), &content, sizeof(content));
	if (disk < 0 || pwrite(disk, buffer, ZDC_PAGE, 0) != (ssize_t)ZDC_PAGE)
		fail("%s: %s", DISK, strerror(errno));
	for (unsigned int base = 0; base < world->run && error == 0 && !has_failed(); base++)
		if (pread(disk, (char *)page_address(page) + base * ZDC_PAGE, ZDC_PAGE, 0) < 0)
			error = errno;
	close(disk);
	return error;
}
