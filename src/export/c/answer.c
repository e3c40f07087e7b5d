/*
 * Results: a value; one of these; or for each page of a range a bit that says whether it moved. In a world with blocks,
 * 16 bits further is the bit that says whether it moved with its large folio.
 */
enum {
	OK = -1,
	TORN = -2,
	STALE = -3,
	SEGMENT_VIOLATION = -4,
	BUS_ERROR = -5,
	FAULT_ERROR = -6,
	PERMISSION_ERROR = -7,
	MEMORY_ERROR = -8,
	DEVICE_ERROR = -9,
	BUSY_ERROR = -10,
	ARGUMENT_ERROR = -11,
	EXISTS_ERROR = -12,
	TRAPPED = -13,
	IS_CLEAN = -14,
	IS_DIRTY = -15,
	IS_ABSENT = -16,
	IS_PRESENT = -17,
	IS_SPECIAL = -18,
	IS_SPECIAL_SOLE = -19,
	OTHER_ERROR = -20,
};
#define VECTOR(bits) (-1000 - (bits))
#define LARGEST_VALUE 32767
static const char *const RESULTS[] = {
	"ok",
	"torn",
	"stale",
	"SIGSEGV",
	"SIGBUS",
	"EFAULT",
	"EPERM",
	"ENOMEM",
	"ENODEV",
	"EBUSY",
	"EINVAL",
	"EEXIST",
	"trapped",
	"clean",
	"dirty",
	"absent",
	"present",
	"special",
	"special-sole",
	"another error",
};

struct answer {
	int result;
	/* Pages of a vector for which it could not be observed whether they moved. */
	unsigned unseen;
#ifdef HAS_RACE
	/* For a race: the result of the right side; `result` is that of the left side. */
	int other;
#endif
};

static int error_result(int number)
{
	switch (number) {
	case EFAULT:
		return FAULT_ERROR;
	case EPERM:
		return PERMISSION_ERROR;
	case ENOMEM:
		return MEMORY_ERROR;
	case ENODEV:
		return DEVICE_ERROR;
	case EBUSY:
		return BUSY_ERROR;
	case EINVAL:
		return ARGUMENT_ERROR;
	case EEXIST:
		return EXISTS_ERROR;
	default:
		return OTHER_ERROR;
	}
}

static int fits(int wanted, const struct answer *answer)
{
	if (wanted > VECTOR(0))
		return wanted == answer->result;
	if (answer->result > VECTOR(0))
		return 0;
	return (((unsigned)(VECTOR(0) - wanted) ^ (unsigned)(VECTOR(0) - answer->result)) & ~answer->unseen) == 0;
}

static void print_result(const char *before, int result)
{
	printf("%s", before);
	if (result >= 0)
		printf("the value %d", result);
	else if (result > VECTOR(0))
		printf("%s", RESULTS[-1 - result]);
	else
#ifdef HAS_BLOCKS
		printf("pages moved, by bits: 0x%x, with large folios: 0x%x", (unsigned)(VECTOR(0) - result) & 0xffff,
		       (unsigned)(VECTOR(0) - result) >> 16);
#else
		printf("pages moved, by bits: 0x%x", (unsigned)(VECTOR(0) - result));
#endif
}
