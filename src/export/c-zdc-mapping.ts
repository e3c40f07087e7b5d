import { cTouch } from './c-touch.ts';

/** The part of an exported C program for our own driver in which a process has to do with its own memory. */
export const C_ZDC_MAPPING = `
/* ---- One process and its memory ---- */

static size_t page_size;
/* Of each page: -1 where nothing is mapped, or its protection. */
static int protections[PAGES];
static unsigned char *buffer;

static void *address_of(int page)
{
	return (void *)(ZDC_BASE + (unsigned long)page * ZDC_PAGE);
}

#define CELL uint64_t
#define CELLS ZDC_CELLS
#define CELL_AT(number) ZDC_CELL(number)
${cTouch(undefined)}
static int done(int failed, int page, int protection)
{
	if (failed)
		return error_result(errno);
	protections[page] = protection;
	return OK;
}

static int map(int page, int protection, int host)
{
	int flags = MAP_FIXED_NOREPLACE | (host ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
	void *wanted = address_of(page);
	void *got = mmap(wanted, ZDC_PAGE, protection, flags, host ? host_memory : -1,
			 host ? page * (off_t)ZDC_PAGE : 0);
	return done(got != wanted, page, protection);
}

static int move(int page, int to, int keep)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | (keep ? MREMAP_DONTUNMAP : 0);
	if (mremap(address_of(page), ZDC_PAGE, ZDC_PAGE, flags, address_of(to)) == MAP_FAILED)
		return error_result(errno);
	protections[to] = protections[page];
	if (!keep)
		protections[page] = -1;
	return OK;
}

/* That the mapping does not permit it is an error of its own here; it is told as elsewhere. */
static int populate(int page)
{
	int writes = protections[page] >= 0 && (protections[page] & PROT_WRITE);
	if (madvise(address_of(page), ZDC_PAGE, writes ? MADV_POPULATE_WRITE : MADV_POPULATE_READ) == 0)
		return OK;
	return errno == EINVAL ? FAULT_ERROR : error_result(errno);
}

static uint64_t entry_of(pid_t process, int page)
{
	char path[40];
	uint64_t entry = 0;
	int file;
	snprintf(path, sizeof path, "/proc/%d/pagemap", process);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || pread(file, &entry, sizeof entry, (off_t)(ZDC_BASE / ZDC_PAGE + page) * 8) != 8)
		give_up(path);
	close(file);
	return entry;
}

#define ENTRY_PRESENT (1ul << 63)
#define ENTRY_SWAP (1ul << 62)
#define ENTRY_SOLE (1ul << 56)

static int page_map(int page)
{
	uint64_t entry = entry_of(getpid(), page);
	if (entry & ENTRY_PRESENT)
		return IS_PRESENT;
	return !(entry & ENTRY_SWAP) ? IS_ABSENT : entry & ENTRY_SOLE ? IS_SPECIAL_SOLE : IS_SPECIAL;
}

static int residency(int page)
{
	unsigned char resident;
	return mincore(address_of(page), ZDC_PAGE, &resident) ? error_result(errno) : resident & 1;
}

/* The sum over the mappings of the case, as smaps shows them. */
static int private_pages(void)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	char line[512];
	unsigned long from = 0, start, end, kilobytes, sum = 0;
	if (file == NULL)
		give_up("/proc/self/smaps");
	while (fgets(line, sizeof line, file) != NULL) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			from = start;
		else if (from >= ZDC_BASE && from < ZDC_BASE + ZDC_PAGES * ZDC_PAGE &&
			 sscanf(line, "Anonymous: %lu", &kilobytes) == 1)
			sum += kilobytes;
	}
	fclose(file);
	return (int)(sum * 1024 / ZDC_PAGE);
}
`;
