#include <stdint.h>

#ifdef HAS_FILE_MEMORY
/* An entry: whether a page of a file was read cannot be observed. */
#define HOLE_OR_PRESENT UINT8_MAX
#endif

#ifdef HAS_RACE
/* A page that is accessed in a race, and the name of the frame that it was on. */
struct place {
	int process;
	int page;
	int frame;
#ifdef HAS_BLOCKS
	/* The name of the first frame of its large folio, for which the calls may be instead. */
	int head;
#endif
};
#endif

/* From one of the states before a step to one of the states after it. Names are numbers, -1 for none. */
struct outcome {
	int from;
	int to;
	int result;
	/* The number of calls of page_fault, their process and page, and the name of their frame. */
	int faults;
	int process;
	int page;
	int frame;
#ifdef HAS_BLOCKS
	/* The name of the first frame of its large folio, for which the calls may be instead. */
	int head;
#endif
	/* The number of frames that lose their object, and a mask of those that have a name. */
	int release_count;
	unsigned releases;
	/* The number of objects that get a frame, and the name of the frame if it is one. */
	int allocates;
	int allocates_frame;
#ifdef HAS_BLOCKS
	/* A mask of the released frames that are freed with their large folio. */
	unsigned releases_large;
	/* The number of large folios that are split, and a mask of the names of their first frames. */
	int split_count;
	unsigned splits;
	/* A mask of the devices on which a large folio gets a block of frames. */
	unsigned allocates_large;
	/* For an eviction of a range of frames: a mask of the names in the range; NO_RANGE for other commands. */
	unsigned in_range;
#endif
#ifdef HAS_RACE
	/*
	 * For a race: the result of the right side, and the PLACES for which page_fault may be called. The number of calls
	 * above is then a minimum; most_faults is the maximum, or -1.
	 */
	int other;
	int places;
	int place_count;
	int most_faults;
#endif
};

#ifdef HAS_BLOCKS
#define NO_RANGE (1u << 31)

/*
 * The large folios of a state: for each entry whether it is part of a whole entry, and for each name of a frame the name
 * of the first frame of its large folio, or -1, and the position of the frame in the folio.
 */
struct folios {
	unsigned char whole[PROCESSES * PAGES];
	struct {
		signed char head;
		signed char part;
	} frames[NAMES];
};
#endif

/* The pages that are charged, and those that each process has. */
struct accounts {
	unsigned charged;
#ifdef HAS_BLOCKS
	/* The number of them that may be uncharged. */
	unsigned uncharged;
#endif
	int resident[PROCESSES];
};

/* The last observation: the callbacks, every entry, the counts of every frame. */
static struct zdc_event events[ZDC_EVENTS];
static unsigned event_count;
static int entries[PROCESSES * PAGES];
static struct zdc_snapshot counted;
