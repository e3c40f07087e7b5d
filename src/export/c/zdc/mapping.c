/* ---- Mappings ---- */

#ifdef HAS_SOFT_DIRTY
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

static int map_private(int page, int protection)
{
	int flags = MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS;
	return done(mmap(ALONE, ZDC_PAGE, protection, flags, -1, 0) != ALONE || !settle(page), page, protection);
}

static int moves(int page, int to, int flags)
{
	return mremap(address_of(page), ZDC_PAGE, ZDC_PAGE, flags, ALONE) != MAP_FAILED && settle(to);
}
#else
static int map_private(int page, int protection)
{
	int flags = MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS;
	void *wanted = address_of(page);
	return done(mmap(wanted, ZDC_PAGE, protection, flags, -1, 0) != wanted, page, protection);
}

static int moves(int page, int to, int flags)
{
	return mremap(address_of(page), ZDC_PAGE, ZDC_PAGE, flags, address_of(to)) != MAP_FAILED;
}
#endif

static int map_common(int page, int protection, int memory)
{
	int flags = MAP_FIXED_NOREPLACE | (memory == FILE_MEMORY ? MAP_PRIVATE : MAP_SHARED);
	void *wanted = address_of(page);
	void *got = mmap(wanted, ZDC_PAGE, protection, flags, memories[memory], page * (off_t)ZDC_PAGE);
	return done(got != wanted, page, protection);
}

static int map(int page, int protection, int memory)
{
	return memory == PRIVATE_MEMORY ? map_private(page, protection) : map_common(page, protection, memory);
}

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

#ifdef HAS_WATCH
static int unmap(int page)
{
	int result = done(munmap(address_of(page), ZDC_PAGE), page, -1);
	/* Not before: somebody may touch it meanwhile. */
	if (result == OK)
		watched[page] = WATCH_NONE;
	return result;
}
#else
static int unmap(int page)
{
	return done(munmap(address_of(page), ZDC_PAGE), page, -1);
}
#endif

/* That the mapping does not permit it is an error of its own here; it is told as elsewhere. */
static int populate(int page)
{
	int advice = permits(page, 1) ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
	if (madvise(address_of(page), ZDC_PAGE, advice) == 0)
		return OK;
	return errno == EINVAL ? FAULT_ERROR : error_result(errno);
}

/* A page that cannot be brought in is told of as if it were not mapped, and want of memory as EAGAIN. */
static int lock(int page, int locks)
{
	if ((locks ? mlock(address_of(page), ZDC_PAGE) : munlock(address_of(page), ZDC_PAGE)) == 0)
		return OK;
	if (errno == EAGAIN)
		return MEMORY_ERROR;
	return errno == ENOMEM && protections[page] >= 0 ? FAULT_ERROR : error_result(errno);
}

/* There is one node, so that a page is as near to every processor as it can be: nobody is asked. */
static int advise(int page, int advice)
{
	if (advice == MOVE_NEARER)
		return OK;
	return madvise(address_of(page), ZDC_PAGE, advice) != 0 ? error_result(errno) : OK;
}
