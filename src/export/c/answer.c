#include <stdio.h>
#include <string.h>

struct answer {
	long result;
	/* Pages of a vector for which it could not be observed whether they moved. */
	unsigned unseen;
#ifdef HAS_RACE
	/* For a race: the result of the right side; `result` is that of the left side. */
	long other;
#endif
};

static int fits(long wanted, const struct answer *answer)
{
	if (wanted > VECTOR(0))
		return wanted == answer->result;
	if (answer->result > VECTOR(0))
		return 0;
	return (((unsigned)(VECTOR(0) - wanted) ^ (unsigned)(VECTOR(0) - answer->result)) & ~answer->unseen) == 0;
}

static void print_result(const char *before, long result)
{
	printf("%s", before);
	if (result >= 0)
		printf("the value %ld", result);
	else if (result > OTHER_ERROR)
		printf("%s", result_names[OK - result]);
	else if (result > VECTOR(0))
		printf("an error that no command may return: %s", strerror((int)(OTHER_ERROR - result)));
	else
#ifdef HAS_BLOCKS
		printf("pages moved, by bits: 0x%x, with large folios: 0x%x", (unsigned)(VECTOR(0) - result) & 0xffff,
		       (unsigned)(VECTOR(0) - result) >> VECTOR_WHOLE);
#else
		printf("pages moved, by bits: 0x%x", (unsigned)(VECTOR(0) - result));
#endif
}
