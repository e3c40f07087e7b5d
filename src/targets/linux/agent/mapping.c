// SPDX-License-Identifier: GPL-2.0
/* The mappings of a process, and the files that processes share. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
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
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
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
 * case that asks for soft-dirty pages therefore has each page, or block that is mapped whole, in a
 * mapping of its own: neighbours have different advice about reading, which means nothing to
 * anonymous memory. They get it at an address without neighbours.
 */
static const int advice_by_mark[] = { MADV_NORMAL, MADV_SEQUENTIAL, MADV_RANDOM };

/* The mark of the mapping at each page. A fork inherits it. */
static uint8_t marks[ZDC_PAGES];

/* The pages that a command concerns. */
struct span {
	unsigned int page;
	unsigned int count;
};

static unsigned int block_start(unsigned int page)
{
	return page - page % world->test_case.scope.block;
}

static struct span span_of(const struct command *command)
{
	if (command->whole)
		return (struct span){ block_start(command->page), world->test_case.scope.block };
	return (struct span){ command->page, 1 };
}

static size_t span_bytes(struct span span)
{
	return span.count * page_bytes();
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

static int move_from_separate(struct span span)
{
	uint8_t mark = choose_mark(span);
	size_t size = span_bytes(span);

	if (madvise(SEPARATE_ADDRESS, size, advice_by_mark[mark]))
		return errno;
	if (mremap(SEPARATE_ADDRESS, size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
		   page_address(span.page)) == MAP_FAILED)
		return errno;
	for (unsigned int at = 0; at < span.count; at++)
		marks[span.page + at] = mark;
	return 0;
}

static void protect_span(struct span span, int protection)
{
	for (unsigned int at = 0; at < span.count; at++)
		protections[span.page + at] = protection;
}

static int map_private(const struct command *command)
{
	struct span span = span_of(command);
	void *address = world->separate ? SEPARATE_ADDRESS : page_address(span.page);

	if (mmap(address, span_bytes(span), command->protection,
		 MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		return errno;
	if (command->whole && madvise(address, span_bytes(span), MADV_HUGEPAGE))
		return errno;
	return world->separate ? move_from_separate(span) : 0;
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
	return (off_t)page_address(page);
}

static bool write_base_page(int file, off_t offset, uint64_t value)
{
	for (unsigned int cell = 0; cell < ZDC_CELLS; cell++)
		if (pwrite(file, &value, sizeof(value), offset + ZDC_CELL(cell)) != sizeof(value))
			return false;
	return true;
}

static bool write_file(int file)
{
	for (unsigned int page = 0; page < world->test_case.scope.pages; page++)
		for (unsigned int base = 0; base < world->run; base++)
			if (!write_base_page(file, offset_of(page) + base * ZDC_PAGE,
					     FILE_VALUE + page))
				return false;
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

	if (mmap(page_address(command->page), page_bytes(), command->protection,
		 MAP_FIXED_NOREPLACE | flags, memory_files[command->memory],
		 offset_of(command->page)) == MAP_FAILED)
		return errno;
	return 0;
}

int map_page(const struct command *command)
{
	int error = command->memory == MEMORY_PRIVATE ? map_private(command) : map_file(command);

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
	watch_forget(command->page);
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
	size_t size = world->test_case.scope.block * page_bytes();

	int error = EINVAL;

	if (is_one_mapping((uintptr_t)address, (uintptr_t)address + size) &&
	    !has_device_entries(block_start(page), world->test_case.scope.block))
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
	void *address = world->separate ? SEPARATE_ADDRESS : page_address(to);

	if (mremap(page_address(span.page), span_bytes(span), span_bytes(span), flags, address) ==
	    MAP_FAILED)
		return errno;
	for (unsigned int at = 0; at < span.count; at++) {
		protections[to + at] = protections[span.page + at];
		if (!keep)
			protections[span.page + at] = -1;
	}
	return world->separate ? move_from_separate((struct span){ to, span.count }) : 0;
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

int page_residency(unsigned int page)
{
	unsigned char resident[ZDC_FOLIO_PAGES];

	if (mincore(page_address(page), page_bytes(), resident))
		return -errno;
	for (unsigned int base = 1; base < world->run; base++)
		if ((resident[base] ^ resident[0]) & 1)
			fail_difference("mincore of base page %u of page %u is %d, of the first %d",
					base, page, resident[base] & 1, resident[0] & 1);
	return resident[0] & 1;
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
		else if (from >= ZDC_BASE && from < (unsigned long)page_address(ZDC_PAGES) &&
			 (sscanf(line, "Anonymous: %lu", &kilobytes) == 1 ||
			  sscanf(line, "Swap: %lu", &kilobytes) == 1))
			sum += kilobytes;
	}
	if (sum * 1024 % page_bytes())
		fail_difference("smaps has %lu kB, which is no number of pages", sum);
	return sum * 1024 / page_bytes();
}

bool permits(unsigned int page, bool writes)
{
	return protections[page] >= 0 && (protections[page] & (writes ? PROT_WRITE : PROT_READ));
}

#define LARGE_PAGES "/sys/kernel/mm/transparent_hugepage/"
/* In milliseconds: how long the first scan for base pages may take, on a busy machine. */
#define MAX_SCAN 20000

static void write_setting(const char *name, const char *value)
{
	char path[100];
	int file;

	snprintf(path, sizeof(path), LARGE_PAGES "%s", name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	/* Without large pages in the kernel there is no such file. */
	if (file >= 0 && write(file, value, strlen(value)) < 0)
		perror(path);
	close(file);
}

static bool has_setting(const char *name, const char *value)
{
	char path[100], text[100] = "";
	ssize_t length;
	int file;

	snprintf(path, sizeof(path), LARGE_PAGES "%s", name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	length = read(file, text, sizeof(text) - 1);
	close(file);
	return length > 0 && !!strstr(text, value);
}

/*
 * A thread of the kernel makes large pages of base pages. It scans when the first process is
 * registered, which has a populated mapping that is advised to have large pages, and sleeps as long
 * as there is one. Here this is the supervisor, before any case.
 */
static void pass_first_scan(void)
{
	const struct timespec pause = { 0, 1000000 };
	const size_t size = 2 * ZDC_FOLIO_PAGES * ZDC_PAGE;
	char *region = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (region == MAP_FAILED)
		return;
	*(volatile char *)region = 1;
	madvise(region, size, MADV_HUGEPAGE);
	for (int waited = 0; waited < MAX_SCAN && has_setting("khugepaged/full_scans", "0\n");
	     waited++)
		nanosleep(&pause, NULL);
	munmap(region, size);
}

/* Large pages where a mapping is advised to have them, also if the machine has little memory. */
void allow_large_pages(void)
{
	write_setting("khugepaged/scan_sleep_millisecs", "4000000000");
	write_setting("khugepaged/alloc_sleep_millisecs", "4000000000");
	write_setting("defrag", "madvise");
	write_setting("use_zero_page", "1");
	write_setting("enabled", "madvise");
	pass_first_scan();
}

/* Without the zero page, a load would populate a mapping of large pages. */
bool has_large_pages(void)
{
	return !has_setting("enabled", "[never]") && has_setting("enabled", "never") &&
	       has_setting("use_zero_page", "1");
}
