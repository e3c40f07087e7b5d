import type { CodeChapter } from './c-linked.ts';
import type { Repertoire } from './c-repertoire.ts';
import { PLACED_APART, PLACED_TOGETHER } from './c-zdc-placing.ts';

/** The part of an exported C program for our own driver in which a process changes its mappings. */
export const cZdcMapping = ({ ops }: Repertoire): CodeChapter => ({
  title: 'Mappings',
  pieces: {
    ...(ops.has('soft-dirty') ? PLACED_APART : PLACED_TOGETHER),
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
	int result = done(munmap(address_of(page), ZDC_PAGE), page, -1);
	/* Not before: somebody may touch it meanwhile. */
	if (result == OK)
		watched[page] = WATCH_NONE;
	return result;
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
  },
});
