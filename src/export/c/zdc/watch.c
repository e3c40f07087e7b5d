/* ---- Watched pages ---- */

static int watcher = -1;
static int watched[PAGES];

/* A userfaultfd belongs to the memory of the process that opened it: a child has none. */
static void forget_watches(void)
{
	if (watcher >= 0)
		close(watcher);
	watcher = -1;
	memset(watched, 0, sizeof watched);
}

static int find_watcher(void)
{
	struct uffdio_api wanted = { .api = UFFD_API,
				     .features = UFFD_FEATURE_SIGBUS | UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	if (watcher >= 0)
		return 1;
	watcher = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	return watcher >= 0 && ioctl(watcher, UFFDIO_API, &wanted) == 0;
}

static int begin_watch(struct uffdio_range range, int how)
{
	struct uffdio_register wanted = { .range = range,
					  .mode = how == WATCH_MISSING ? UFFDIO_REGISTER_MODE_MISSING :
									 UFFDIO_REGISTER_MODE_WP };
	struct uffdio_writeprotect stores = { .range = range, .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	return ioctl(watcher, UFFDIO_REGISTER, &wanted) == 0 &&
	       (how == WATCH_MISSING || ioctl(watcher, UFFDIO_WRITEPROTECT, &stores) == 0);
}

/* Changes or ends the watch of a page. A zero page is discarded first, to be watched as an unpopulated page. */
static int watch(int page, int how)
{
	struct uffdio_range range = { .start = (uintptr_t)address_of(page), .len = ZDC_PAGE };
	if (!find_watcher() || (watched[page] != WATCH_NONE && ioctl(watcher, UFFDIO_UNREGISTER, &range) != 0))
		return error_result(errno);
	watched[page] = WATCH_NONE;
	if (how == WATCH_NONE)
		return OK;
	if (is_zeroes(entry_of(getpid(), page, 0)) && madvise(address_of(page), ZDC_PAGE, MADV_DONTNEED) != 0)
		return error_result(errno);
	if (!begin_watch(range, how))
		return error_result(errno);
	watched[page] = how;
	return OK;
}

/* Whether such accesses to a page are watched, and permitted. */
static int watches(int page, int writes)
{
	return permits(page, writes) && (watched[page] == WATCH_MISSING || (watched[page] == WATCH_STORES && writes));
}

#define ENTRY_WATCHED (1ul << 57)
static int is_trapped(int page, int writes)
{
	uint64_t entry;
	if (!watches(page, writes))
		return 0;
	entry = entry_of(getpid(), page, 0);
	if (watched[page] == WATCH_MISSING)
		return !(entry & (ENTRY_PRESENT | ENTRY_SWAP));
	return (entry & ENTRY_PRESENT) && (entry & ENTRY_WATCHED);
}

/* The result of a call that may have accessed a watched page. */
static int trap_or(int result, int page, int writes)
{
	return result == FAULT_ERROR && is_trapped(page, writes) ? TRAPPED : result;
}

/* Whether this thread executes one side of a race. */
static __thread int at_once;

#ifdef HAS_RACE
/*
 * The result of an access that ended in SIGBUS. During a race, the page table may have changed since; but if the
 * driver has not refused this thread, it was the watch.
 */
static int was_refused(void)
{
	int me = (int)syscall(SYS_gettid);
	for (int at = 0; at < ZDC_REFUSED; at++)
		if (calls->refused[at] == me)
			return 1;
	return 0;
}

static int bus_error(int page, int writes, int is_watched)
{
	if (at_once)
		return is_watched && !was_refused() ? TRAPPED : BUS_ERROR;
	return is_trapped(page, writes) ? TRAPPED : BUS_ERROR;
}
#else
/* The result of an access that ended in SIGBUS. */
static int bus_error(int page, int writes)
{
	return is_trapped(page, writes) ? TRAPPED : BUS_ERROR;
}
#endif
