/* ---- Mappings ---- */

#ifdef HAS_SOFT_DIRTY
/*
 * A mapping that merges with a neighbour makes the pages of both soft-dirty. Therefore neighbours get different
 * advice about reading, which has no other effect here, and they get it at an address without neighbours.
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
	/* Only now, since another thread may access the page until it is unmapped. */
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

/* madvise has a separate error for a mapping that does not permit the access; the result is EFAULT as elsewhere. */
static int populate(int page)
{
	int advice = permits(page, 1) ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
	if (madvise(address_of(page), ZDC_PAGE, advice) == 0)
		return OK;
	return errno == EINVAL ? FAULT_ERROR : error_result(errno);
}

/* The kernel returns ENOMEM for a page that cannot be populated, and EAGAIN if memory is short. */
static int lock(int page, int locks)
{
	if ((locks ? mlock(address_of(page), ZDC_PAGE) : munlock(address_of(page), ZDC_PAGE)) == 0)
		return OK;
	if (errno == EAGAIN)
		return MEMORY_ERROR;
	return errno == ENOMEM && protections[page] >= 0 ? FAULT_ERROR : error_result(errno);
}

/* There is one NUMA node, so a page cannot be moved nearer and no system call is made. */
static int advise(int page, int advice)
{
	if (advice == MOVE_NEARER)
		return OK;
	return madvise(address_of(page), ZDC_PAGE, advice) != 0 ? error_result(errno) : OK;
}
