#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* Process ids as the driver of the program knows them; 0 for a process that is not alive. */
static pid_t alive[PROCESSES];

static void end_all(void)
{
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0)
			kill(alive[process], SIGKILL);
}

static void give_up(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	end_all();
	exit(2);
}
