// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Equal mappings that are neighbours merge, and a mapping that grows is soft-dirty as a whole. A
 * case that asks for soft-dirty pages therefore has each page, or block that is mapped whole, in a
 * mapping of its own: neighbours have different advice about reading, which means nothing to
 * anonymous memory. They get it at an address without neighbours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "calls.h"

bool keeps_separate;

static const int advice_by_mark[] = { MADV_NORMAL, MADV_SEQUENTIAL, MADV_RANDOM };

/* The mark of the mapping at each page. A fork inherits it. */
static uint8_t marks[ZDC_PAGES];

void *first_address(unsigned int page)
{
	return page_address(keeps_separate ? 4 * ZDC_PAGES : page);
}

/* A mark that the neighbours of these pages do not have. */
static uint8_t choose_mark(struct span span)
{
	unsigned int end = span.page + span.count;
	uint8_t mark = 0;

	while ((span.page > 0 && marks[span.page - 1] == mark) ||
	       (end < ZDC_PAGES && marks[end] == mark))
		mark++;
	return mark;
}

/* Moves a mapping from its first address to its pages. */
int settle_mapping(struct span span)
{
	void *address = first_address(span.page);
	size_t size = span.count * page_bytes();
	uint8_t mark;

	if (!keeps_separate)
		return 0;
	mark = choose_mark(span);
	if (madvise(address, size, advice_by_mark[mark]))
		return errno;
	if (mremap(address, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, page_address(span.page)) ==
	    MAP_FAILED)
		return errno;
	for (unsigned int at = 0; at < span.count; at++)
		marks[span.page + at] = mark;
	return 0;
}
