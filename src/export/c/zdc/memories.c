/* ---- Shared memory and files ---- */

/* For each kind that the program maps, a file in memory with as many pages as a process. */
static int memories[MEMORIES];

static void make_memory(int kind, const char *name)
{
	if (memories[kind] > 0)
		close(memories[kind]);
	memories[kind] = memfd_create(name, MFD_CLOEXEC);
	if (memories[kind] < 0 || ftruncate(memories[kind], PAGES * PAGE_BYTES) != 0)
		give_up(name);
}

/* Every page of the file has a different value. */
static void fill_file(void)
{
	for (int base = 0; base < PAGES * RUN; base++) {
		for (int at = 0; at < ZDC_CELLS; at++) {
			uint64_t value = FIRST_FILE_VALUE + base / RUN;
			off_t place = base * (off_t)ZDC_PAGE + ZDC_CELL(at);
			if (pwrite(memories[FILE_MEMORY], &value, sizeof value, place) != sizeof value)
				give_up("file");
		}
	}
}

static void make_memories(void)
{
#ifdef HAS_HOST_MEMORY
	make_memory(HOST_MEMORY, "host");
#endif
#ifdef HAS_SHARED_MEMORY
	make_memory(SHARED_MEMORY, "shared");
#endif
#ifdef HAS_FILE_MEMORY
	make_memory(FILE_MEMORY, "file");
	fill_file();
#endif
}
