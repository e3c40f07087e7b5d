/* ---- Mappings ---- */

#ifdef HAS_SOFT_DIRTY
/*
 * A mapping that merges with a neighbour makes the pages of both soft-dirty. Therefore neighbours get different
 * advice about reading, which has no other effect here, and they get it at an address without neighbours.
 */
static const int MARKS[] = { MADV_NORMAL, MADV_SEQUENTIAL, MADV_RANDOM };
static int marks[PAGES];

static void *first_address_of(int page)
{
	(void)page;
	return address_of(4 * ZDC_PAGES);
}

static int settle(int page, int count)
{
	void *alone = first_address_of(page);
	size_t size = count * PAGE_BYTES;
	int mark = 0;
	while ((page > 0 && marks[page - 1] == mark) || (page + count < PAGES && marks[page + count] == mark))
		mark++;
	for (int at = 0; at < count; at++)
		marks[page + at] = mark;
	return madvise(alone, size, MARKS[mark]) == 0 &&
	       mremap(alone, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, address_of(page)) != MAP_FAILED;
}
#else
static void *first_address_of(int page)
{
	return address_of(page);
}

static int settle(int page, int count)
{
	(void)page;
	(void)count;
	return 1;
}
#endif

static int map_private(int page, int count, int protection)
{
	int flags = MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS;
	void *wanted = first_address_of(page);
	int failed = mmap(wanted, count * PAGE_BYTES, protection, flags, -1, 0) != wanted;
#ifdef HAS_BLOCKS
	failed = failed || (count > 1 && madvise(wanted, count * PAGE_BYTES, MADV_HUGEPAGE) != 0);
#endif
	return done(failed || !settle(page, count), page, count, protection);
}

static int moves(int page, int to, int count, int flags)
{
	size_t size = count * PAGE_BYTES;
	return mremap(address_of(page), size, size, flags, first_address_of(to)) != MAP_FAILED && settle(to, count);
}

static int map_common(int page, int protection, int memory)
{
	int flags = MAP_FIXED_NOREPLACE | (memory == FILE_MEMORY ? MAP_PRIVATE : MAP_SHARED);
	void *wanted = address_of(page);
	void *got = mmap(wanted, PAGE_BYTES, protection, flags, memories[memory], page * (off_t)PAGE_BYTES);
	return done(got != wanted, page, 1, protection);
}

static int map(int page, int count, int protection, int memory)
{
	return memory == PRIVATE_MEMORY ? map_private(page, count, protection) : map_common(page, protection, memory);
}

static int move_all(int page, int to, int count, int keep)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | (keep ? MREMAP_DONTUNMAP : 0);
	if (!moves(page, to, count, flags))
		return error_result(errno);
	for (int at = 0; at < count; at++) {
		protections[to + at] = protections[page + at];
		if (!keep)
			protections[page + at] = -1;
	}
	return OK;
}

/* Several mappings move one by one: the system call moves one, or in some versions not all. */
static int move(int page, int to, int count, int keep)
{
	int result = move_all(page, to, count, keep);
	if (result != FAULT_ERROR || count == 1)
		return result;
	result = OK;
	for (int at = 0; at < count && result == OK; at++)
		result = move_all(page + at, to + at, 1, keep);
	return result;
}

#ifdef HAS_WATCH
static int unmap(int page, int count)
{
	int result = done(munmap(address_of(page), count * PAGE_BYTES), page, count, -1);
	/* Only now, since another thread may access the page until it is unmapped. */
	if (result == OK)
		watched[page] = WATCH_NONE;
	return result;
}
#else
static int unmap(int page, int count)
{
	return done(munmap(address_of(page), count * PAGE_BYTES), page, count, -1);
}
#endif

#ifdef HAS_COLLAPSE
/* Missing in older headers. */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* Whether these addresses are in one mapping of this process. */
static int is_one_mapping(unsigned long from, unsigned long to)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char line[300];
	int found = 0;
	while (!found && file != NULL && fgets(line, sizeof line, file) != NULL)
		found = sscanf(line, "%lx-%lx ", &start, &end) == 2 && start <= from && to <= end;
	if (file != NULL)
		fclose(file);
	return found;
}

/* Whether a page of the block is on a device and not part of a whole entry. */
static int has_device_entries(int page)
{
	struct zdc_snapshot now = { .processes = PROCESSES, .pages = PAGES };
	if (ioctl(device, ZDC_SNAPSHOT, &now) != 0)
		give_up("look");
	for (int at = page; at < page + BLOCK; at++) {
		uint64_t entry = entry_of(getpid(), at, 0);
		uint64_t type = entry & 31;
		if (!(entry & ENTRY_PRESENT) && (entry & ENTRY_SWAP) && !now.whole[slot_of_process][at] &&
		    (type == info.write_type || type == info.read_type))
			return 1;
	}
	return 0;
}

/*
 * madvise collapses the large pages that are completely in one mapping, and succeeds if there are none. It first
 * accesses each base page that is not resident, also on a device, which is no part of the command. EAGAIN is its error
 * for a page that is in use.
 */
static int collapse(int page)
{
	int first = page - page % BLOCK;
	unsigned long address = (unsigned long)address_of(first);
	if (!is_one_mapping(address, address + BLOCK * PAGE_BYTES) || has_device_entries(first))
		return ARGUMENT_ERROR;
	if (madvise((void *)address, BLOCK * PAGE_BYTES, MADV_COLLAPSE) == 0)
		return OK;
	return errno == EAGAIN ? BUSY_ERROR : error_result(errno);
}
#endif

/* madvise has a separate error for a mapping that does not permit the access; the result is EFAULT as elsewhere. */
static int populate(int page)
{
	int advice = permits(page, 1) ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
	if (madvise(address_of(page), PAGE_BYTES, advice) == 0)
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
