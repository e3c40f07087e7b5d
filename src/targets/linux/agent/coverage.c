// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The counts of a kernel that was built with gcov for some of its files. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "world.h"

#define MOUNT "/sys/kernel/debug"
#define MAX_OPEN 16

static FILE *reply_file;
static unsigned int count;

/* Writes a file of counts in hexadecimal digits, with its name. */
static int write_counts(const char *path, const struct stat *status, int type, struct FTW *at)
{
	const char *name = path + at->base;
	unsigned char bytes[4096];
	ssize_t got;
	int file;

	(void)status;
	if (type != FTW_F || !strstr(name, ".gcda"))
		return 0;
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	fprintf(reply_file, "%s\"%s\":\"", count++ > 0 ? "," : "", name);
	while ((got = read(file, bytes, sizeof(bytes))) > 0)
		for (ssize_t byte = 0; byte < got; byte++)
			fprintf(reply_file, "%02x", bytes[byte]);
	fputc('"', reply_file);
	close(file);
	return 0;
}

/* Begins to count anew. */
static void reset_counts(void)
{
	int file = open(MOUNT "/gcov/reset", O_WRONLY | O_CLOEXEC);

	if (file >= 0 && write(file, "1", 1) != 1)
		perror("zdc: gcov/reset");
	close(file);
}

void coverage_reply(int output)
{
	mount("debug", MOUNT, "debugfs", 0, NULL);
	reply_file = fdopen(dup(output), "w");
	if (!reply_file)
		return;
	count = 0;
	fprintf(reply_file, "{\"type\":\"coverage\",\"files\":{");
	nftw(MOUNT "/gcov", write_counts, MAX_OPEN, FTW_PHYS);
	reset_counts();
	fprintf(reply_file, "}}\n");
	fclose(reply_file);
}
