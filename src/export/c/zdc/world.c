#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- The world of the case ---- */

/* The number of this process; -1 for the driver of the program. */
int my_slot = -1;

struct shared *shared;

void fail(const char *format, ...)
{
	va_list arguments;
	printf("Bail out! ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	end_all();
	exit(2);
}

/* The file is open until the next call. */
int pagemap_of(int slot)
{
	static int file = -1;
	char path[40];
	if (file >= 0)
		close(file);
	snprintf(path, sizeof path, "/proc/%d/pagemap", slot == my_slot ? getpid() : alive[slot]);
	file = open(path, O_RDONLY | O_CLOEXEC);
	return file;
}
