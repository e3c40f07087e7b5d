/* ---- The pages of a process ---- */

static size_t page_size;

/* The protection of each page; -1 if it is not mapped. */
static int protections[PAGES];

static unsigned char *buffer;

#ifdef HAS_COLLAPSE
/* The number of this process. */
static int slot_of_process;
#endif

/* A page of the case is a run of base pages. */
#define PAGE_BYTES (RUN * ZDC_PAGE)

static void *address_of(int page)
{
	return (void *)(ZDC_BASE + (unsigned long)page * PAGE_BYTES);
}

static int permits(int page, int writes)
{
	return protections[page] >= 0 && (protections[page] & (writes ? PROT_WRITE : PROT_READ));
}

static int done(int failed, int page, int count, int protection)
{
	if (failed)
		return error_result(errno);
	for (int at = page; at < page + count; at++)
		protections[at] = protection;
	return OK;
}

#define ENTRY_PRESENT (1ul << 63)
#define ENTRY_SWAP (1ul << 62)
/* The entry of a base page. */
static uint64_t entry_of(pid_t process, int page, int base)
{
	char path[40];
	uint64_t entry = 0;
	int file;
	snprintf(path, sizeof path, "/proc/%d/pagemap", process);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || pread(file, &entry, sizeof entry, (off_t)(ZDC_BASE / ZDC_PAGE + page * RUN + base) * 8) != 8)
		give_up(path);
	close(file);
	return entry;
}

/* An unpopulated page that was read maps the zero page. */
static int is_zeroes(uint64_t entry)
{
	return (entry & ENTRY_PRESENT) && (entry & ((1ul << 55) - 1)) == info.zero_pfn;
}

#ifdef HAS_SWAP_ON
/* A page in a swap area counts as present in system memory. The swap types of areas come before all others. */
static int is_present(uint64_t entry)
{
	return (entry & ENTRY_PRESENT) || ((entry & ENTRY_SWAP) && (entry & 31) < info.swap_areas);
}
#else
static int is_present(uint64_t entry)
{
	return (entry & ENTRY_PRESENT) != 0;
}
#endif
