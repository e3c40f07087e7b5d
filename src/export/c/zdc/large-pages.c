/* ---- Large pages of the system ---- */

#define LARGE_PAGES "/sys/kernel/mm/transparent_hugepage/"

/* In milliseconds: how long the first scan for base pages may take. */
#define MAX_SCAN 20000

/* A setting of the machine, its value for this program, and the one that is restored at the end. */
static struct setting {
	const char *name, *value;
	char before[24];
} settings[] = {
	{ .name = "khugepaged/scan_sleep_millisecs", .value = "4000000000" },
	{ .name = "khugepaged/alloc_sleep_millisecs", .value = "4000000000" },
	{ .name = "defrag", .value = "madvise" },
	{ .name = "use_zero_page", .value = "1" },
	{ .name = "enabled", .value = "madvise" },
};

static pid_t has_set;

static int open_setting(const struct setting *setting, int flags)
{
	char path[100];
	snprintf(path, sizeof path, LARGE_PAGES "%s", setting->name);
	return open(path, flags | O_CLOEXEC);
}

/* The value in brackets, if the file lists all values; otherwise its line. */
static void read_setting(struct setting *setting)
{
	char text[100] = "", *value = text;
	int file = open_setting(setting, O_RDONLY);
	if (file < 0 || read(file, text, sizeof text - 1) <= 0)
		give_up(LARGE_PAGES);
	close(file);
	if (strchr(text, '['))
		value = strchr(text, '[') + 1;
	snprintf(setting->before, sizeof setting->before, "%.*s", (int)strcspn(value, "]\n"), value);
}

static int write_setting(const struct setting *setting, const char *value)
{
	int written, file = open_setting(setting, O_WRONLY);
	if (file < 0)
		return 0;
	written = write(file, value, strlen(value)) > 0;
	close(file);
	return written;
}

static void restore_settings(void)
{
	if (has_set != getpid())
		return;
	for (size_t at = sizeof settings / sizeof *settings; at-- > 0;)
		write_setting(&settings[at], settings[at].before);
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
 * is no part of a case: it scans once, for a first process that has such a mapping, and then sleeps. The settings are restored
 * when this process exits.
 */
static void allow_large_pages(void)
{
	const size_t size = 2 * ZDC_FOLIO_PAGES * ZDC_PAGE;
	const struct timespec pause = { 0, 1000000 };
	char *region = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (region == MAP_FAILED)
		give_up("mmap");
	for (size_t at = 0; at < sizeof settings / sizeof *settings; at++)
		read_setting(&settings[at]);
	has_set = getpid();
	atexit(restore_settings);
	for (size_t at = 0; at < sizeof settings / sizeof *settings; at++)
		if (!write_setting(&settings[at], settings[at].value))
			give_up(LARGE_PAGES);
	*(volatile char *)region = 1;
	madvise(region, size, MADV_HUGEPAGE);
	for (int waited = 0; waited < MAX_SCAN && !was_scanned(); waited++)
		nanosleep(&pause, NULL);
	munmap(region, size);
}
