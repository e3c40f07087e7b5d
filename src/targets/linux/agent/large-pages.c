// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Large pages of the machine. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

#define LARGE_PAGES "/sys/kernel/mm/transparent_hugepage/"

/* In milliseconds: how long the first scan for base pages may take, on a busy machine. */
#define MAX_SCAN 20000

static int open_setting(const char *name, int flags)
{
	char path[100];

	snprintf(path, sizeof(path), LARGE_PAGES "%s", name);
	return open(path, flags | O_CLOEXEC);
}

bool write_setting(const char *name, const char *value)
{
	int file = open_setting(name, O_WRONLY);
	bool done = file >= 0 && write(file, value, strlen(value)) > 0;

	close(file);
	return done;
}

bool read_setting(const char *name, char *text, size_t size)
{
	int file = open_setting(name, O_RDONLY);
	ssize_t length = read(file, text, size - 1);

	close(file);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

static bool was_scanned(void)
{
	char text[24];

	return read_setting("khugepaged/full_scans", text, sizeof(text)) && text[0] != '0';
}

/*
 * A thread of the kernel makes large pages of base pages. It scans when the first process is
 * registered, which has a populated mapping that is advised to have large pages, and sleeps as long
 * as there is one. Here this is the calling process, before any case.
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
	for (int waited = 0; waited < MAX_SCAN && !was_scanned(); waited++)
		nanosleep(&pause, NULL);
	munmap(region, size);
}

/* The settings of a machine that has large pages, also if it has little memory. */
const struct setting large_page_settings[LARGE_PAGE_SETTINGS] = {
	{ "khugepaged/scan_sleep_millisecs", "4000000000" },
	{ "khugepaged/alloc_sleep_millisecs", "4000000000" },
	{ "defrag", "madvise" },
	{ "use_zero_page", "1" },
	{ "enabled", "madvise" },
};

bool allow_large_pages(void)
{
	bool done = true;

	for (unsigned int at = 0; at < LARGE_PAGE_SETTINGS; at++)
		done &= write_setting(large_page_settings[at].name, large_page_settings[at].value);
	pass_first_scan();
	return done;
}
