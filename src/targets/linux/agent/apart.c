// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "world.h"

/*
 * Mappings that lie beside each other and are alike become one, and when a new one joins, the whole is taken for dirty. So
 * a case that asks which pages are soft-dirty has each of its pages in a mapping of its own: neighbours differ in how they
 * say that they will be read, which means nothing to anonymous memory. They are told apart before they come to their
 * place, at a place where they have no neighbours.
 */

#define ALONE ((void *)(ZDC_BASE + 4 * ZDC_PAGES * ZDC_PAGE))

static const int marks[] = { MADV_NORMAL, MADV_SEQUENTIAL, MADV_RANDOM };

/* Which mark the mapping at each page bears. A fork inherits it. */
static uint8_t marked[ZDC_PAGES];

static void *address_of(unsigned int page)
{
	return (void *)(ZDC_BASE + page * ZDC_PAGE);
}

static uint8_t mark_for(unsigned int page)
{
	uint8_t mark = 0;

	while ((page > 0 && marked[page - 1] == mark) || (page + 1 < ZDC_PAGES && marked[page + 1] == mark))
		mark++;
	return mark;
}

static int settle(unsigned int page)
{
	uint8_t mark = mark_for(page);

	if (madvise(ALONE, ZDC_PAGE, marks[mark]))
		return errno;
	if (mremap(ALONE, ZDC_PAGE, ZDC_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, address_of(page)) == MAP_FAILED)
		return errno;
	marked[page] = mark;
	return 0;
}

int map_apart(unsigned int page, int protection)
{
	if (mmap(ALONE, ZDC_PAGE, protection, MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		return errno;
	return settle(page);
}

int move_apart(unsigned int page, unsigned int to, int flags)
{
	if (mremap(address_of(page), ZDC_PAGE, ZDC_PAGE, flags, ALONE) == MAP_FAILED)
		return errno;
	return settle(to);
}
