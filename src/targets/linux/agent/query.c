// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Queries of the memory of the calling process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls.h"

long page_map(unsigned int page)
{
	uint64_t entry = read_entry(my_slot, page);

	if ((entry & PAGEMAP_PRESENT) || is_swapped(entry))
		return IS_PRESENT;
	if (!(entry & PAGEMAP_SWAP))
		return IS_ABSENT;
	return entry & PAGEMAP_SOLE ? IS_SPECIAL_SOLE : IS_SPECIAL;
}

long soft_dirty(unsigned int page)
{
	return read_entry(my_slot, page) & PAGEMAP_SOFT_DIRTY ? IS_DIRTY : IS_CLEAN;
}

long page_residency(unsigned int page)
{
	unsigned char resident[ZDC_FOLIO_PAGES];

	if (mincore(page_address(page), page_bytes(), resident))
		return error_result(errno);
	for (unsigned int base = 1; base < scope.run; base++)
		if ((resident[base] ^ resident[0]) & 1)
			report_difference("page %u: mincore of base page %u is %d, of the first %d",
					  page, base, resident[base] & 1, resident[0] & 1);
	return resident[0] & 1;
}

/* The sum over the mappings of the case in smaps: pages in memory and in swap areas. */
long count_private_pages(void)
{
	static char text[64 << 10];
	int file = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
	unsigned long from = 0, kilobytes, sum = 0;
	size_t length = 0;
	ssize_t got;

	while ((got = read(file, text + length, sizeof(text) - 1 - length)) > 0)
		length += got;
	text[length] = '\0';
	close(file);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		unsigned long start, end;

		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			from = start;
		else if (from >= ZDC_BASE && from < (unsigned long)page_address(ZDC_PAGES) &&
			 (sscanf(line, "Anonymous: %lu", &kilobytes) == 1 ||
			  sscanf(line, "Swap: %lu", &kilobytes) == 1))
			sum += kilobytes;
	}
	if (sum * 1024 % page_bytes())
		report_difference("smaps has %lu kB, which is no number of pages", sum);
	return sum * 1024 / page_bytes();
}
