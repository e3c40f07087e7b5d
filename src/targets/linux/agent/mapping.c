// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The mappings of a process. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "calls.h"

/* Missing in older headers. */
#ifndef MADV_COLD
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* The protection of each page; -1 if it is not mapped. A fork inherits it. */
static int8_t protections[ZDC_PAGES] = { [0 ... ZDC_PAGES - 1] = -1 };

bool permits(unsigned int page, bool writes)
{
	return protections[page] >= 0 && (protections[page] & (writes ? PROT_WRITE : PROT_READ));
}

static unsigned int block_start(unsigned int page)
{
	return page - page % scope.block;
}

static struct span span_of(const struct command *command)
{
	if (command->whole)
		return (struct span){ block_start(command->page), scope.block };
	return (struct span){ command->page, 1 };
}

static size_t span_bytes(struct span span)
{
	return span.count * page_bytes();
}

static void protect_span(struct span span, int protection)
{
	for (unsigned int at = 0; at < span.count; at++)
		protections[span.page + at] = protection;
}

static int map_private(const struct command *command)
{
	struct span span = span_of(command);
	void *address = first_address(span.page);

	if (mmap(address, span_bytes(span), command->protection,
		 MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		return errno;
	if (command->whole && madvise(address, span_bytes(span), MADV_HUGEPAGE))
		return errno;
	return settle_mapping(span);
}

static int map_memory(const struct command *command)
{
	switch (command->memory) {
	case MEMORY_HOST:
	case MEMORY_SHARED:
	case MEMORY_FILE:
		return map_file(command);
	case MEMORY_PRIVATE:
		return map_private(command);
	default:
		return EINVAL;
	}
}

int map_page(const struct command *command)
{
	int error = map_memory(command);

	if (error == 0)
		protect_span(span_of(command), command->protection);
	return error;
}

int unmap_page(const struct command *command)
{
	struct span span = span_of(command);

	if (munmap(page_address(span.page), span_bytes(span)))
		return errno;
	protect_span(span, -1);
	return 0;
}

int discard_page(const struct command *command)
{
	struct span span = span_of(command);

	return madvise(page_address(span.page), span_bytes(span), MADV_DONTNEED) ? errno : 0;
}

/* Whether these addresses are in one mapping of this process. */
static bool is_one_mapping(uintptr_t from, uintptr_t to)
{
	unsigned long start, end;
	char line[300];
	bool found = false;
	FILE *file = fopen("/proc/self/maps", "re");

	while (!found && file && fgets(line, sizeof(line), file))
		found = sscanf(line, "%lx-%lx ", &start, &end) == 2 && start <= from && to <= end;
	if (file)
		fclose(file);
	return found;
}

/*
 * madvise collapses the large pages that are completely in one mapping, and succeeds if there are
 * none. It first accesses each base page that is not resident, also on a device, which is no part
 * of the command. EAGAIN is its error for a page that is in use.
 */
int collapse_block(unsigned int page)
{
	char *address = page_address(block_start(page));
	size_t size = scope.block * page_bytes();

	int error = EINVAL;

	if (is_one_mapping((uintptr_t)address, (uintptr_t)address + size) &&
	    !has_device_entries(block_start(page), scope.block))
		error = madvise(address, size, MADV_COLLAPSE) ? errno : 0;
	return error == EAGAIN ? EBUSY : error;
}

/* Of an empty range, only the advice is checked. */
bool can_collapse(void)
{
	return madvise(page_address(0), 0, MADV_COLLAPSE) == 0;
}

int protect_page(const struct command *command)
{
	struct span span = span_of(command);

	if (mprotect(page_address(span.page), span_bytes(span), command->protection))
		return errno;
	protect_span(span, command->protection);
	return 0;
}

static int move_span(struct span span, unsigned int to, bool keep)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | (keep ? MREMAP_DONTUNMAP : 0);
	void *address = first_address(to);

	if (mremap(page_address(span.page), span_bytes(span), span_bytes(span), flags, address) ==
	    MAP_FAILED)
		return errno;
	for (unsigned int at = 0; at < span.count; at++) {
		protections[to + at] = protections[span.page + at];
		if (!keep)
			protections[span.page + at] = -1;
	}
	return settle_mapping((struct span){ to, span.count });
}

/* Several mappings move one by one: the system call moves one, or in some versions not all. */
int move_page(const struct command *command)
{
	struct span span = span_of(command);
	unsigned int to = command->to;
	int error;

	if (command->whole)
		to = block_start(to);
	error = move_span(span, to, command->keep);

	for (unsigned int at = 0; (error == EFAULT || at > 0) && at < span.count; at++) {
		error = move_span((struct span){ span.page + at, 1 }, to + at, command->keep);
		if (error)
			return error;
	}
	return error;
}

/* madvise has an error of its own for a mapping that does not permit the access. */
int populate_page(unsigned int page)
{
	int advice = permits(page, true) ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;

	if (madvise(page_address(page), page_bytes(), advice) == 0)
		return 0;
	return errno == EINVAL ? EFAULT : errno;
}

/* mlock returns ENOMEM for a page that cannot be populated, and EAGAIN without memory. */
int lock_page(unsigned int page, bool locks)
{
	void *address = page_address(page);

	if ((locks ? mlock(address, ZDC_PAGE) : munlock(address, ZDC_PAGE)) == 0)
		return 0;
	if (errno == EAGAIN)
		return ENOMEM;
	return errno == ENOMEM && protections[page] >= 0 ? EFAULT : errno;
}

/* There is one node, so a page cannot be moved nearer, and no system call is made. */
int advise_page(unsigned int page, enum advice advice)
{
	static const int advices[] = {
		[ADVICE_FREE] = MADV_FREE,
		[ADVICE_COLD] = MADV_COLD,
		[ADVICE_PAGE_OUT] = MADV_PAGEOUT,
	};

	if (advice == ADVICE_MOVE_NODE)
		return 0;
	return madvise(page_address(page), ZDC_PAGE, advices[advice]) ? errno : 0;
}
