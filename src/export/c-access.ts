/** How loads and stores by the CPU are to be written. */
interface Accessing {
  /** The condition under which somebody has mended the page, so that the touch is tried again. */
  readonly rescues?: string;
  /** Whether several threads touch at once. */
  readonly threads: boolean;
  /** What is kept before a touch, as a statement, and what a touch comes to that ends in SIGBUS. */
  readonly before?: string;
  readonly busError: string;
}

/**
 * The pieces of an exported C program in which the CPU loads and stores, with the signals that it may come to. Before
 * them stand `address_of`, and CELL, CELLS and CELL_AT: how a page keeps its value.
 */
export const accessPieces = ({
  rescues,
  threads,
  before,
  busError,
}: Accessing): Readonly<Record<string, string>> => ({
  on_signal: `
static ${threads ? '__thread ' : ''}sigjmp_buf escape;
/* 0, LOADING or STORING. */
enum { LOADING = 1, STORING };
static ${threads ? '__thread ' : ''}volatile sig_atomic_t touching;

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)info, (void)context;
${rescues === undefined ? '' : `\tif (touching && ${rescues})\n\t\treturn;\n`}\
	if (touching)
		siglongjmp(escape, number);
	signal(number, SIG_DFL);
}
`,
  cell: `
static volatile CELL *cell(volatile void *page, size_t number)
{
	return (volatile CELL *)((volatile char *)page + CELL_AT(number));
}
`,
  value_in: `
/* The value that all cells of a page hold. */
static int value_in(volatile void *page)
{
	CELL first = *cell(page, 0);
	for (size_t at = 1; at < CELLS; at++)
		if (*cell(page, at) != first)
			return TORN;
	return first > LARGEST_VALUE ? STALE : (int)first;
}
`,
  fill: `
static void fill(volatile void *page, int value)
{
	for (size_t at = 0; at < CELLS; at++)
		*cell(page, at) = (CELL)value;
}
`,
  touch: `
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
${before === undefined ? '' : `\t${before}\n`}\
	int number = sigsetjmp(escape, 1);
	int result;
	if (number != 0) {
		touching = 0;
		return number == SIGBUS ? ${busError} : SEGMENT_VIOLATION;
	}
	touching = value < 0 ? LOADING : STORING;
	result = load_or_store(address_of(page), value);
	touching = 0;
	return result;
}
`,
});
