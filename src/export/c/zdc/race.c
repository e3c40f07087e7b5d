/* ---- Concurrency ---- */

/* The schedules that are tried: which side begins, how often the driver pauses, and for how long. */
#define ROUNDS 20
static int round_number;

/* The memory that both sides of a race share. */
static struct meeting {
	/* 0: the left side begins, 1: the right side. */
	int first;
	int began;
} *meeting;

static void prepare_to_meet(void)
{
	meeting = mmap(NULL, sizeof *meeting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (meeting == MAP_FAILED)
		give_up("memory to meet in");
}

/* In the first two schedules the driver does not pause; in the others one to three times, for 0.1, 1 or 5 ms each. */
static void arrange(int race)
{
	int schedule = (round_number + 7 * race) % ROUNDS;
	meeting->first = schedule % 2;
	meeting->began = 0;
	memset((void *)calls->refused, 0, sizeof calls->refused);
	static const unsigned pauses[] = { 100, 1000, 5000 };
	calls->racing = 1;
	calls->pause = schedule < 2 ? 0 : pauses[(schedule - 2) / 6];
	calls->windows = schedule < 2 ? 0 : 1 + (schedule - 2) / 2 % 3;
}

/* The driver pauses no more, and ends the migrations that the race has left half done. */
static void end_race(void)
{
	calls->windows = 0;
	calls->racing = 0;
	if (ioctl(device, ZDC_SETTLE) != 0)
		give_up("the end of a race");
}

/* The second side begins as soon as the first does. */
static void meet(int side)
{
	if (side == meeting->first)
		__atomic_store_n(&meeting->began, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&meeting->began, __ATOMIC_ACQUIRE))
		sched_yield();
}
