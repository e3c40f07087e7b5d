// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world.h"

/* Older headers do not have this: like MADV_DONTNEED, for locked pages, too. */
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

/*
 * Pages that user space watches, by userfaultfd. Nobody waits for anybody: whoever is trapped gets SIGBUS (or EFAULT, in a
 * call), and that it was the trap and not the driver is seen in the page table.
 */

static int watcher = -1;
static uint8_t watched[ZDC_PAGES];

/* A watcher is for the memory of whoever opened it; a fork hands down neither it nor what it watches. */
void watch_enter(void)
{
	if (watcher >= 0)
		close(watcher);
	watcher = -1;
	memset(watched, WATCH_NONE, sizeof(watched));
}

void watch_forget(unsigned int page)
{
	watched[page] = WATCH_NONE;
}

static int open_watcher(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_SIGBUS | UFFD_FEATURE_PAGEFAULT_FLAG_WP };

	if (watcher >= 0)
		return 0;
	watcher = syscall(SYS_userfaultfd, O_CLOEXEC);
	return watcher < 0 || ioctl(watcher, UFFDIO_API, &api) ? errno : 0;
}

static bool is_zero_page(uint64_t entry)
{
	return (entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_FRAME) == world->info.zero_pfn;
}

static int begin_watch(unsigned int page, enum watch watch)
{
	struct uffdio_range range = { .start = ZDC_BASE + page * ZDC_PAGE, .len = ZDC_PAGE };
	struct uffdio_register watching = {
		.range = range,
		.mode = watch == WATCH_MISSING ? UFFDIO_REGISTER_MODE_MISSING : UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect protecting = { .range = range, .mode = UFFDIO_WRITEPROTECT_MODE_WP };

	if (ioctl(watcher, UFFDIO_REGISTER, &watching))
		return errno;
	return watch == WATCH_STORES && ioctl(watcher, UFFDIO_WRITEPROTECT, &protecting) ? errno : 0;
}

/*
 * To the rules a hole is a hole, whether it was read or not. Here one that was read is the page of zeroes, which is there, and
 * is watched as one that is; so it is made a hole again first.
 */
int watch_page(unsigned int page, enum watch watch)
{
	struct uffdio_range range = { .start = ZDC_BASE + page * ZDC_PAGE, .len = ZDC_PAGE };
	int error = open_watcher();

	if (error)
		return error;
	if (watched[page] != WATCH_NONE && ioctl(watcher, UFFDIO_UNREGISTER, &range))
		return errno;
	watched[page] = WATCH_NONE;
	if (watch == WATCH_NONE)
		return 0;
	if (is_zero_page(entry_of(my_slot, page)) && madvise((void *)range.start, ZDC_PAGE, MADV_DONTNEED_LOCKED))
		return errno;
	error = begin_watch(page, watch);
	if (error == 0)
		watched[page] = watch;
	return error;
}

bool is_watched(unsigned int page)
{
	return watched[page] != WATCH_NONE;
}

bool is_trapped(unsigned int page, bool writes)
{
	uint64_t entry;

	if (watched[page] == WATCH_NONE || !permits(page, writes))
		return false;
	entry = entry_of(my_slot, page);
	if (watched[page] == WATCH_MISSING)
		return !(entry & (PAGEMAP_PRESENT | PAGEMAP_SWAP));
	return writes && (entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_WATCHED);
}
