/* ---- Concurrency ---- */

/* The schedules that are tried: which side begins, how often the driver pauses, and for how long. */
#define ROUNDS 20

static int round_number;

/* In the first two schedules the driver does not pause; in the others one to three times, for 0.1, 1 or 5 ms each. */
static void arrange(const struct command *race)
{
	static const unsigned pauses[] = { 100, 1000, 5000 };
	int schedule = (round_number + 7 * (race->sides / 2)) % ROUNDS;
	shared->first = (uint32_t)schedule % 2;
	shared->began = 0;
	if (schedule < 2)
		open_windows(0, 0);
	else
		open_windows(1 + ((unsigned)schedule - 2) / 2 % 3, pauses[(schedule - 2) / 6]);
}
