/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Accesses by the CPU. A page keeps its value in cells. */
#ifndef ACCESS_H
#define ACCESS_H

#include <stddef.h>
#include <stdint.h>

#include "../module/zdc_uapi.h"
#include "result.h"

/* The cells of a base page. A program for the HMM test device of the kernel has others. */
#ifndef HAS_TEST_DEVICE
#define CELL uint64_t
#define CELLS ZDC_CELLS
#define CELL_AT(number) ZDC_CELL(number)
#define BASE_PAGE ZDC_PAGE
#endif

/* The value that all cells of a base page have, or TORN or STALE. */
long value_in(const volatile void *page);
void fill_page(volatile void *page, uint16_t value);
/* Loads from a page of this many base pages, or stores a value that is not negative. */
long cpu_access(void *page, unsigned int run, int value);
/* Called by a signal handler. Returns only if this thread executes no access. */
void end_access(int signal);

#endif
