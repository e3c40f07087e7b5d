// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that user space watches with userfaultfd, without a monitor: the trapped access gets
 * SIGBUS, or EFAULT in a system call, and the page table distinguishes a trap from an error of the
 * driver. Also the tracking of stores with soft-dirty bits.
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

#include "world.h"

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

static uint64_t features_for(enum trap trap)
{
	return UFFD_FEATURE_SIGBUS | (trap == TRAP_STORES ? UFFD_FEATURE_PAGEFAULT_FLAG_WP : 0);
}

bool has_traps(enum trap trap)
{
	int file = open_userfaultfd(features_for(trap));

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

static bool is_zero_page(uint64_t entry)
{
	return (entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_FRAME) == world->info.zero_pfn;
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

	if (watcher < 0)
		watcher = open_userfaultfd(features_for(has_traps(TRAP_STORES) ? TRAP_STORES :
										 TRAP_MISSING));
	if (watcher < 0)
		return errno;
	if (watched[page] != WATCH_NONE && ioctl(watcher, UFFDIO_UNREGISTER, &range))
		return errno;
	watched[page] = WATCH_NONE;
	if (watch == WATCH_NONE)
		return 0;
	if (is_zero_page(read_entry(my_slot, page)) &&
	    madvise(page_address(page), ZDC_PAGE, MADV_DONTNEED_LOCKED))
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
	entry = read_entry(my_slot, page);
	if (watched[page] == WATCH_MISSING)
		return !(entry & (PAGEMAP_PRESENT | PAGEMAP_SWAP));
	return writes && (entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_WRITE_PROTECTED);
}

/* Not every architecture tracks stores. Where one does, a page that was stored to is soft-dirty. */
bool has_soft_dirty(void)
{
	uint64_t entry = 0;
	off_t from = (uintptr_t)&entry / ZDC_PAGE * sizeof(entry);
	int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool read = pread(file, &entry, sizeof(entry), from) == sizeof(entry);

	close(file);
	return read && (entry & PAGEMAP_SOFT_DIRTY);
}

int clear_soft_dirty(void)
{
	int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	int error = file < 0 || write(file, "4", 1) != 1 ? errno : 0;

	close(file);
	return error;
}
