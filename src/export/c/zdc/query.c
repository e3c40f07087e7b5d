/* ---- Queries ---- */

#define ENTRY_SOLE (1ul << 56)
static int page_map(int page)
{
	uint64_t entry = entry_of(getpid(), page, 0);
	if (is_present(entry))
		return IS_PRESENT;
	return !(entry & ENTRY_SWAP) ? IS_ABSENT : entry & ENTRY_SOLE ? IS_SPECIAL_SOLE : IS_SPECIAL;
}

static int residency(int page)
{
	unsigned char resident[RUN];
	return mincore(address_of(page), PAGE_BYTES, resident) ? error_result(errno) : resident[0] & 1;
}

/* The sum over the mappings of the case in smaps: pages in memory and in swap areas. */
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
		else if (from >= ZDC_BASE && from < ZDC_BASE + ZDC_PAGES * PAGE_BYTES &&
#ifdef HAS_SWAP_ON
			 (sscanf(line, "Anonymous: %lu", &kilobytes) == 1 || sscanf(line, "Swap: %lu", &kilobytes) == 1))
#else
			 sscanf(line, "Anonymous: %lu", &kilobytes) == 1)
#endif
			sum += kilobytes;
	}
	fclose(file);
	return (int)(sum * 1024 / PAGE_BYTES);
}

static int clear_soft_dirty(void)
{
	int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	int result = file < 0 || write(file, "4", 1) != 1 ? error_result(errno) : OK;
	close(file);
	return result;
}

#define ENTRY_DIRTY (1ul << 55)
static int soft_dirty(int page)
{
	return entry_of(getpid(), page, 0) & ENTRY_DIRTY ? IS_DIRTY : IS_CLEAN;
}
