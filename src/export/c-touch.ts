/**
 * The part of an exported C program in which the CPU loads and stores, with the signals that it may come to. `rescues`
 * is the condition under which somebody has mended the page, so that the touch is tried again. Before it stand
 * `address_of`, and CELL, CELLS and CELL_AT: how a page keeps its value.
 */
export const cTouch = (rescues: string | undefined): string => `
static sigjmp_buf escape;
/* 0, LOADING or STORING. */
enum { LOADING = 1, STORING };
static volatile sig_atomic_t touching;

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)info, (void)context;
${rescues === undefined ? '' : `\tif (touching && ${rescues})\n\t\treturn;\n`}\
	if (touching)
		siglongjmp(escape, number);
	signal(number, SIG_DFL);
}

static volatile CELL *cell(volatile void *page, size_t number)
{
	return (volatile CELL *)((volatile char *)page + CELL_AT(number));
}

/* The value that all cells of a page hold. */
static int value_in(volatile void *page)
{
	CELL first = *cell(page, 0);
	for (size_t at = 1; at < CELLS; at++)
		if (*cell(page, at) != first)
			return TORN;
	return first > LARGEST_VALUE ? STALE : (int)first;
}

static void fill(volatile void *page, int value)
{
	for (size_t at = 0; at < CELLS; at++)
		*cell(page, at) = (CELL)value;
}

/* Never inlined, so that nothing of it lives in a register when a signal ends it. */
static __attribute__((noinline)) int load_or_store(void *page, int value)
{
	if (value < 0)
		return value_in(page);
	fill(page, value);
	return OK;
}

/* The CPU loads (value -1) or stores. */
static int touch(int page, int value)
{
	int number = sigsetjmp(escape, 1);
	int result;
	if (number != 0) {
		touching = 0;
		return number == SIGBUS ? BUS_ERROR : SEGMENT_VIOLATION;
	}
	touching = value < 0 ? LOADING : STORING;
	result = load_or_store(address_of(page), value);
	touching = 0;
	return result;
}
`;
