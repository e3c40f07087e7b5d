import type { CodeChapter } from './c-linked.ts';
import type { Repertoire } from './c-repertoire.ts';

/** The part of an exported C program for our own driver that says where a process's pages are, and looks at their entries. */
export const cZdcPage = ({ ops }: Repertoire): CodeChapter => ({
  title: 'The pages of a process',
  pieces: {
    page_size: `
static size_t page_size;
`,
    protections: `
/* Of each page: -1 where nothing is mapped, or its protection. */
static int protections[PAGES];
`,
    buffer: `
static unsigned char *buffer;
`,
    address_of: `
static void *address_of(int page)
{
	return (void *)(ZDC_BASE + (unsigned long)page * ZDC_PAGE);
}
`,
    permits: `
static int permits(int page, int writes)
{
	return protections[page] >= 0 && (protections[page] & (writes ? PROT_WRITE : PROT_READ));
}
`,
    done: `
static int done(int failed, int page, int protection)
{
	if (failed)
		return error_result(errno);
	protections[page] = protection;
	return OK;
}
`,
    entry_of: `
#define ENTRY_PRESENT (1ul << 63)
#define ENTRY_SWAP (1ul << 62)
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
`,
    is_zeroes: `
/* A hole that was read is the one page of zeroes. */
static int is_zeroes(uint64_t entry)
{
	return (entry & ENTRY_PRESENT) && (entry & ((1ul << 55) - 1)) == info.zero_pfn;
}
`,
    is_present: ops.has('swap-on')
      ? `
/* What is in a swap area is in the system's memory: the types of areas come before all others. */
static int is_present(uint64_t entry)
{
	return (entry & ENTRY_PRESENT) || ((entry & ENTRY_SWAP) && (entry & 31) < info.swap_areas);
}
`
      : `
static int is_present(uint64_t entry)
{
	return (entry & ENTRY_PRESENT) != 0;
}
`,
  },
});
