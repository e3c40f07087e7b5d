import type { CodeChapter } from './c-linked.ts';

/** How pages are mapped and moved by an exported C program, where mappings may become one with their neighbours. */
export const PLACED_TOGETHER: CodeChapter['pieces'] = {
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

/** How they are where mappings must stay what they are, so that the kernel tells of each page by itself. */
export const PLACED_APART: CodeChapter['pieces'] = {
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
