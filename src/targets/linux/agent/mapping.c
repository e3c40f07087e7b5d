// SPDX-License-Identifier: GPL-2.0
/* The mappings of a process, and the files that processes share. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

/* Missing in older headers. */
#ifndef MADV_COLD
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* The value of the first page of the file. */
#define FILE_VALUE 30000

/* Without neighbours. */
#define SEPARATE_ADDRESS page_address(4 * ZDC_PAGES)

/* The protection of each page; -1 if it is not mapped. A fork inherits it. */
static int8_t protections[ZDC_PAGES] = { [0 ... ZDC_PAGES - 1] = -1 };

/*
 * Equal mappings that are neighbours merge, and a mapping that grows is soft-dirty as a whole. A
 * case that asks for soft-dirty pages therefore has each page in a mapping of its own: neighbours
 * have different advice about reading, which means nothing to anonymous memory. They get it at an
 * address without neighbours.
 */
static const int advice_by_mark[] = { MADV_NORMAL, MADV_SEQUENTIAL, MADV_RANDOM };

/* The mark of the mapping at each page. A fork inherits it. */
static uint8_t marks[ZDC_PAGES];

static uint8_t choose_mark(unsigned int page)
{
	uint8_t mark = 0;

	while ((page > 0 && marks[page - 1] == mark) ||
	       (page + 1 < ZDC_PAGES && marks[page + 1] == mark))
		mark++;
	return mark;
}

static int move_from_separate(unsigned int page)
{
	uint8_t mark = choose_mark(page);

	if (madvise(SEPARATE_ADDRESS, ZDC_PAGE, advice_by_mark[mark]))
		return errno;
	if (mremap(SEPARATE_ADDRESS, ZDC_PAGE, ZDC_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		   page_address(page)) == MAP_FAILED)
		return errno;
	marks[page] = mark;
	return 0;
}

static int map_private(const struct command *command)
{
	void *address = world->separate ? SEPARATE_ADDRESS : page_address(command->page);

	if (mmap(address, ZDC_PAGE, command->protection,
		 MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		return errno;
	return world->separate ? move_from_separate(command->page) : 0;
}

static const char *const memory_names[] = {
	[MEMORY_HOST] = "host",
	[MEMORY_SHARED] = "shared",
	[MEMORY_FILE] = "file",
};

static int memory_files[] = {
	[MEMORY_HOST] = -1,
	[MEMORY_SHARED] = -1,
	[MEMORY_FILE] = -1,
};

/*
 * The offset of a page in a file is its address, so that a private copy of the page of a file has
 * the same index as other anonymous memory, by which the module finds the pages of a case. The
 * files are sparse.
 */
static off_t offset_of(unsigned int page)
{
	return ZDC_BASE + page * ZDC_PAGE;
}

static bool write_file(int file)
{
	for (unsigned int page = 0; page < ZDC_PAGES; page++)
		for (unsigned int cell = 0; cell < ZDC_CELLS; cell++) {
			uint64_t value = FILE_VALUE + page;

			if (pwrite(file, &value, sizeof(value), offset_of(page) + ZDC_CELL(cell)) !=
			    sizeof(value))
				return false;
		}
	return true;
}

static void make_memory(enum memory memory)
{
	int file = memfd_create(memory_names[memory], MFD_CLOEXEC);

	memory_files[memory] = file;
	if (file < 0 || ftruncate(file, offset_of(ZDC_PAGES)) ||
	    (memory == MEMORY_FILE && !write_file(file)))
		fail("%s memory: %s", memory_names[memory], strerror(errno));
}

void memory_prepare(void)
{
	for (unsigned int at = 0; at < world->test_case.length; at++) {
		const struct command *command = &world->test_case.commands[at];

		if (command->op == OP_MAP && command->memory != MEMORY_PRIVATE &&
		    memory_files[command->memory] < 0)
			make_memory(command->memory);
	}
}

void memory_close(void)
{
	for (enum memory memory = MEMORY_HOST; memory <= MEMORY_FILE; memory++) {
		if (memory_files[memory] >= 0)
			close(memory_files[memory]);
		memory_files[memory] = -1;
	}
}

static int map_file(const struct command *command)
{
	int flags = command->memory == MEMORY_FILE ? MAP_PRIVATE : MAP_SHARED;

	if (mmap(page_address(command->page), ZDC_PAGE, command->protection,
		 MAP_FIXED_NOREPLACE | flags, memory_files[command->memory],
		 offset_of(command->page)) == MAP_FAILED)
		return errno;
	return 0;
}

int map_page(const struct command *command)
{
	int error = command->memory == MEMORY_PRIVATE ? map_private(command) : map_file(command);

	if (error == 0)
		protections[command->page] = command->protection;
	return error;
}

int unmap_page(unsigned int page)
{
	if (munmap(page_address(page), ZDC_PAGE))
		return errno;
	protections[page] = -1;
	watch_forget(page);
	return 0;
}

int discard_page(unsigned int page)
{
	return madvise(page_address(page), ZDC_PAGE, MADV_DONTNEED) ? errno : 0;
}

int protect_page(unsigned int page, int protection)
{
	if (mprotect(page_address(page), ZDC_PAGE, protection))
		return errno;
	protections[page] = protection;
	return 0;
}

int move_page(const struct command *command)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | (command->keep ? MREMAP_DONTUNMAP : 0);
	void *to = world->separate ? SEPARATE_ADDRESS : page_address(command->to);
	int error = 0;

	if (mremap(page_address(command->page), ZDC_PAGE, ZDC_PAGE, flags, to) == MAP_FAILED)
		error = errno;
	else if (world->separate)
		error = move_from_separate(command->to);
	if (error)
		return error;
	protections[command->to] = protections[command->page];
	if (!command->keep)
		protections[command->page] = -1;
	return 0;
}

/* madvise has an error of its own for a mapping that does not permit the access. */
int populate_page(unsigned int page)
{
	int advice = permits(page, true) ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;

	if (madvise(page_address(page), ZDC_PAGE, advice) == 0)
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

int page_residency(unsigned int page)
{
	unsigned char resident;

	return mincore(page_address(page), ZDC_PAGE, &resident) ? -errno : resident & 1;
}

/* The sum over the mappings of the case in smaps: pages in memory and in swap areas. */
unsigned int count_private_pages(void)
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
		else if (from >= ZDC_BASE && from < ZDC_BASE + ZDC_PAGES * ZDC_PAGE &&
			 (sscanf(line, "Anonymous: %lu", &kilobytes) == 1 ||
			  sscanf(line, "Swap: %lu", &kilobytes) == 1))
			sum += kilobytes;
	}
	return sum * 1024 / ZDC_PAGE;
}

bool permits(unsigned int page, bool writes)
{
	return protections[page] >= 0 && (protections[page] & (writes ? PROT_WRITE : PROT_READ));
}
