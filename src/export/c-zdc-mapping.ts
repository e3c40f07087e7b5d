import type { Chapter } from './c-linked.ts';
import type { Repertoire } from './c-repertoire.ts';

/** The part of an exported C program for our own driver in which a process changes and asks for its mappings. */
export const cZdcMapping = ({ ops }: Repertoire): Chapter => ({
  title: 'Mappings',
  pieces: {
    ...(ops.has('soft-dirty') ? APART : TOGETHER),
    map_common: `
static int map_common(int page, int protection, int memory)
{
	int flags = MAP_FIXED_NOREPLACE | (memory == FILE_MEMORY ? MAP_PRIVATE : MAP_SHARED);
	void *wanted = address_of(page);
	void *got = mmap(wanted, ZDC_PAGE, protection, flags, memories[memory], page * (off_t)ZDC_PAGE);
	return done(got != wanted, page, protection);
}
`,
    map: `
static int map(int page, int protection, int memory)
{
	return memory == PRIVATE_MEMORY ? map_private(page, protection) : map_common(page, protection, memory);
}
`,
    move: `
static int move(int page, int to, int keep)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | (keep ? MREMAP_DONTUNMAP : 0);
	if (!moves(page, to, flags))
		return error_result(errno);
	protections[to] = protections[page];
	if (!keep)
		protections[page] = -1;
	return OK;
}
`,
    unmap: ops.has('watch')
      ? `
static int unmap(int page)
{
	watched[page] = WATCH_NONE;
	return done(munmap(address_of(page), ZDC_PAGE), page, -1);
}
`
      : `
static int unmap(int page)
{
	return done(munmap(address_of(page), ZDC_PAGE), page, -1);
}
`,
    populate: `
/* That the mapping does not permit it is an error of its own here; it is told as elsewhere. */
static int populate(int page)
{
	int advice = permits(page, 1) ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
	if (madvise(address_of(page), ZDC_PAGE, advice) == 0)
		return OK;
	return errno == EINVAL ? FAULT_ERROR : error_result(errno);
}
`,
    lock: `
/* A page that cannot be brought in is told of as if it were not mapped, and want of memory as EAGAIN. */
static int lock(int page, int locks)
{
	if ((locks ? mlock(address_of(page), ZDC_PAGE) : munlock(address_of(page), ZDC_PAGE)) == 0)
		return OK;
	if (errno == EAGAIN)
		return MEMORY_ERROR;
	return errno == ENOMEM && protections[page] >= 0 ? FAULT_ERROR : error_result(errno);
}
`,
    advise: `
/* There is one node, so that a page is as near to every processor as it can be: nobody is asked. */
static int advise(int page, int advice)
{
	if (advice == MOVE_NEARER)
		return OK;
	return madvise(address_of(page), ZDC_PAGE, advice) != 0 ? error_result(errno) : OK;
}
`,
    page_map: `
#define ENTRY_SOLE (1ul << 56)
static int page_map(int page)
{
	uint64_t entry = entry_of(getpid(), page);
	if (is_present(entry))
		return IS_PRESENT;
	return !(entry & ENTRY_SWAP) ? IS_ABSENT : entry & ENTRY_SOLE ? IS_SPECIAL_SOLE : IS_SPECIAL;
}
`,
    residency: `
static int residency(int page)
{
	unsigned char resident;
	return mincore(address_of(page), ZDC_PAGE, &resident) ? error_result(errno) : resident & 1;
}
`,
    private_pages: `
/* The sum over the mappings of the case, as smaps shows them${ops.has('swap-on') ? ': what is in memory, and what is in a swap area' : ''}. */
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
			 ${SMAPS_LINES(ops.has('swap-on'))})
			sum += kilobytes;
	}
	fclose(file);
	return (int)(sum * 1024 / ZDC_PAGE);
}
`,
    clear_soft_dirty: `
static int clear_soft_dirty(void)
{
	int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	int result = file < 0 || write(file, "4", 1) != 1 ? error_result(errno) : OK;
	close(file);
	return result;
}
`,
    soft_dirty: `
#define ENTRY_DIRTY (1ul << 55)
static int soft_dirty(int page)
{
	return entry_of(getpid(), page) & ENTRY_DIRTY ? IS_DIRTY : IS_CLEAN;
}
`,
  },
});

const SMAPS_LINES = (swaps: boolean): string =>
  swaps
    ? '(sscanf(line, "Anonymous: %lu", &kilobytes) == 1 || sscanf(line, "Swap: %lu", &kilobytes) == 1)'
    : 'sscanf(line, "Anonymous: %lu", &kilobytes) == 1';

/** Mappings that may become one with their neighbours. */
const TOGETHER: Chapter['pieces'] = {
  map_private: `
static int map_private(int page, int protection)
{
	int flags = MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS;
	void *wanted = address_of(page);
	return done(mmap(wanted, ZDC_PAGE, protection, flags, -1, 0) != wanted, page, protection);
}
`,
  moves: `
static int moves(int page, int to, int flags)
{
	return mremap(address_of(page), ZDC_PAGE, ZDC_PAGE, flags, address_of(to)) != MAP_FAILED;
}
`,
};

/** Mappings that must stay what they are. */
const APART: Chapter['pieces'] = {
  settle: `
/*
 * Where a mapping joins its neighbour, all of both is taken for dirty. So neighbours differ in how they say that they will be
 * read, which means nothing here; and they do so before they come to their place, at one where they are alone.
 */
#define ALONE ((void *)(ZDC_BASE + 4 * ZDC_PAGES * ZDC_PAGE))
static const int MARKS[] = { MADV_NORMAL, MADV_SEQUENTIAL, MADV_RANDOM };
static int marks[PAGES];

static int settle(int page)
{
	int mark = 0;
	while ((page > 0 && marks[page - 1] == mark) || (page + 1 < PAGES && marks[page + 1] == mark))
		mark++;
	marks[page] = mark;
	return madvise(ALONE, ZDC_PAGE, MARKS[mark]) == 0 &&
	       mremap(ALONE, ZDC_PAGE, ZDC_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, address_of(page)) != MAP_FAILED;
}
`,
  map_private: `
static int map_private(int page, int protection)
{
	int flags = MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS;
	return done(mmap(ALONE, ZDC_PAGE, protection, flags, -1, 0) != ALONE || !settle(page), page, protection);
}
`,
  moves: `
static int moves(int page, int to, int flags)
{
	return mremap(address_of(page), ZDC_PAGE, ZDC_PAGE, flags, ALONE) != MAP_FAILED && settle(to);
}
`,
};
