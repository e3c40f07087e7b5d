/* ---- Large pages of the system ---- */

#define LARGE_PAGES "/sys/kernel/mm/transparent_hugepage/"

/* In milliseconds: how long the first scan for base pages may take. */
#define MAX_SCAN 20000

static int write_setting(const char *name, const char *value)
{
	char path[100];
	int file, written;
	snprintf(path, sizeof path, LARGE_PAGES "%s", name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return 0;
	written = write(file, value, strlen(value)) > 0;
	close(file);
	return written;
}

static int was_scanned(void)
{
	char text[24] = "";
	int file = open(LARGE_PAGES "khugepaged/full_scans", O_RDONLY | O_CLOEXEC);
	if (file < 0 || read(file, text, sizeof text - 1) < 0)
		give_up(LARGE_PAGES);
	close(file);
	return strtoul(text, NULL, 10) > 0;
}

/*
 * Large pages where a mapping is advised to have them. A thread of the kernel makes large pages of base pages, too, which
 * is no part of a case: it scans once, for a first process that has such a mapping, and then sleeps.
 */
static void allow_large_pages(void)
{
	const size_t size = 2 * ZDC_FOLIO_PAGES * ZDC_PAGE;
	const struct timespec pause = { 0, 1000000 };
	char *region = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (region == MAP_FAILED || !write_setting("khugepaged/scan_sleep_millisecs", "4000000000") ||
	    !write_setting("khugepaged/alloc_sleep_millisecs", "4000000000") ||
	    !write_setting("defrag", "madvise") || !write_setting("use_zero_page", "1") ||
	    !write_setting("enabled", "madvise"))
		give_up(LARGE_PAGES);
	*(volatile char *)region = 1;
	madvise(region, size, MADV_HUGEPAGE);
	for (int waited = 0; waited < MAX_SCAN && !was_scanned(); waited++)
		nanosleep(&pause, NULL);
	munmap(region, size);
}
