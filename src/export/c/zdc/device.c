#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

/* ---- Before and after a case ---- */

#define DEVICE "/dev/zdc"

/* The taint of the kernel before the program began. */
static unsigned long complained;

#ifdef HAS_COMMON_MEMORY
static void make_memories(void)
{
	close_memories();
#ifdef HAS_HOST_MEMORY
	make_memory(MEMORY_HOST);
#endif
#ifdef HAS_SHARED_MEMORY
	make_memory(MEMORY_SHARED);
#endif
#ifdef HAS_FILE_MEMORY
	make_memory(MEMORY_FILE);
#endif
}
#endif

/* Opens and resets the device, and reads how the kernel encodes its entries. */
static int find_device(void)
{
	if (!open_driver())
		return 0;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		give_up("shared memory");
	reset_driver();
	read_info();
	complained = read_taint();
#ifdef HAS_BLOCKS
	if (!(shared->info.features & ZDC_FEATURE_LARGE_FOLIOS)) {
		errno = EOPNOTSUPP;
		return 0;
	}
	save_settings();
	if (!allow_large_pages())
		give_up("large pages");
#endif
#ifdef HAS_SOFT_DIRTY
	keeps_separate = true;
#endif
#if defined(HAS_COMMON_MEMORY) && !defined(HAS_RACE)
	make_memories();
#endif
	return 1;
}

/* The driver identifies a process by its memory. */
static int enter(int process)
{
	my_slot = process;
#ifdef HAS_WATCH
	watch_enter();
#endif
	return driver_request(ZDC_ENTER, (unsigned)process) == OK;
}

static void left(int process)
{
	driver_request(ZDC_LEAVE, (unsigned)process);
}

/* The access of a command may be trapped by a watch. */
#ifdef HAS_WATCH
#define EXECUTE execute_watched
#define EXECUTE_SIDE execute_watched_side
#else
#define EXECUTE execute_command
#define EXECUTE_SIDE execute_command
#endif

static struct answer carry_out(const struct command *command)
{
	return (struct answer){ .result = EXECUTE(command) };
}
