// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Pages that user space watches with userfaultfd, without a monitor: the trapped access gets
 * SIGBUS, or EFAULT in a system call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"

/* Missing in older headers: MADV_DONTNEED that includes locked pages. */
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

static int watcher = -1;
static uint8_t watched[ZDC_PAGES];

static int open_userfaultfd(uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int file = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (file >= 0 && ioctl(file, UFFDIO_API, &api)) {
		close(file);
		return -1;
	}
	return file;
}

static uint64_t features_for(enum watch watch)
{
	return UFFD_FEATURE_SIGBUS | (watch == WATCH_STORES ? UFFD_FEATURE_PAGEFAULT_FLAG_WP : 0);
}

bool has_watches(enum watch watch)
{
	int file = open_userfaultfd(features_for(watch));

	if (file >= 0)
		close(file);
	return file >= 0;
}

/* A userfaultfd belongs to the memory of the process that opened it: a child has none. */
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

static int begin_watch(unsigned int page, enum watch watch)
{
	struct uffdio_range range = { .start = ZDC_BASE + page * ZDC_PAGE, .len = ZDC_PAGE };
	struct uffdio_register wanted = {
		.range = range,
		.mode = watch == WATCH_MISSING ? UFFDIO_REGISTER_MODE_MISSING :
						 UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect stores = {
		.range = range,
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};

	if (ioctl(watcher, UFFDIO_REGISTER, &wanted))
		return errno;
	return watch == WATCH_STORES && ioctl(watcher, UFFDIO_WRITEPROTECT, &stores) ? errno : 0;
}

/*
 * By the rules, an unpopulated page that was read is still unpopulated. Here it maps the zero page,
 * and would be watched as a present page; so it is discarded first.
 */
int watch_page(unsigned int page, enum watch watch)
{
	struct uffdio_range range = { .start = ZDC_BASE + page * ZDC_PAGE, .len = ZDC_PAGE };
	int error;

	if (watcher < 0) {
		enum watch most = has_watches(WATCH_STORES) ? WATCH_STORES : WATCH_MISSING;

		watcher = open_userfaultfd(features_for(most));
	}
	if (watcher < 0)
		return errno;
	if (watched[page] != WATCH_NONE && ioctl(watcher, UFFDIO_UNREGISTER, &range))
		return errno;
	watched[page] = WATCH_NONE;
	if (watch == WATCH_NONE)
		return 0;
	if (is_zero(read_entry(my_slot, page)) &&
	    madvise(page_address(page), ZDC_PAGE, MADV_DONTNEED_LOCKED))
		return errno;
	error = begin_watch(page, watch);
	if (error == 0)
		watched[page] = watch;
	return error;
}

enum watch watch_of(unsigned int page)
{
	return watched[page];
}
