#ifdef HAS_RACE
static __thread sigjmp_buf escape;
#else
static sigjmp_buf escape;
#endif
/* 0, LOADING or STORING. */
enum { LOADING = 1, STORING };
#ifdef HAS_RACE
static __thread volatile sig_atomic_t touching;
#else
static volatile sig_atomic_t touching;
#endif

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)info, (void)context;
#ifdef HAS_SIMULATION
	if (touching && zdc_fault(info->si_addr, touching == STORING))
		return;
#endif
	if (touching)
		siglongjmp(escape, number);
	signal(number, SIG_DFL);
}

static volatile CELL *cell(volatile void *page, size_t number)
{
	return (volatile CELL *)((volatile char *)page + CELL_AT(number));
}

/* The value of a page, if all of its cells hold the same. */
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

/* Never inlined, so that none of its variables is in a register when a signal ends it. */
static __attribute__((noinline)) int load_or_store(void *page, int value)
{
	int result = OK;
	for (size_t base = 0; base < RUN; base++) {
		volatile void *at = (char *)page + base * page_size;
		if (value >= 0)
			fill(at, value);
		else if (base == 0)
			result = value_in(at);
		else if (value_in(at) != result)
			result = TORN;
	}
	return result;
}

/* A load by the CPU (value -1), or a store. */
static int touch(int page, int value)
{
#if defined(HAS_RACE) && defined(HAS_WATCH)
	int is_watched = watches(page, value >= 0);
#endif
	int number = sigsetjmp(escape, 1);
	int result;
	if (number != 0) {
		touching = 0;
#if defined(HAS_RACE) && defined(HAS_WATCH)
		return number == SIGBUS ? bus_error(page, value >= 0, is_watched) : SEGMENT_VIOLATION;
#elif defined(HAS_WATCH)
		return number == SIGBUS ? bus_error(page, value >= 0) : SEGMENT_VIOLATION;
#else
		return number == SIGBUS ? BUS_ERROR : SEGMENT_VIOLATION;
#endif
	}
	touching = value < 0 ? LOADING : STORING;
	result = load_or_store(address_of(page), value);
	touching = 0;
	return result;
}
