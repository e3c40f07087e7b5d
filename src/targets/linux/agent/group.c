// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

/*
 * Control groups, made once for the whole guest. Charges follow a process that joins a group only in the first version of
 * control groups, and where that is asked for: only there can joining be declared. Otherwise all is in one group of the
 * second version. The supervisor is in group 0, and so is every process of a case from its start.
 */

#define ROOT "/sys/fs/cgroup"

bool joins_groups;

static int members[ZDC_GROUPS];
static uint64_t inodes[ZDC_GROUPS];

static int write_to(const char *folder, const char *name, const char *text)
{
	char path[80];
	int file;
	ssize_t written;

	snprintf(path, sizeof(path), ROOT "/%s/%s", folder, name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	written = write(file, text, strlen(text));
	close(file);
	return written < 0 ? errno : 0;
}

static bool make(unsigned int group)
{
	const char name[] = { '0' + group, '\0' };
	char path[80];
	struct stat status;

	snprintf(path, sizeof(path), ROOT "/%s", name);
	if (mkdir(path, 0755) || stat(path, &status))
		return false;
	inodes[group] = status.st_ino;
	snprintf(path, sizeof(path), ROOT "/%s/cgroup.procs", name);
	members[group] = open(path, O_WRONLY | O_CLOEXEC);
	/* One: the anonymous pages of the process. */
	joins_groups &= write_to(name, "memory.move_charge_at_immigrate", "1") == 0;
	return members[group] >= 0;
}

bool group_prepare(void)
{
	joins_groups = mount("memory", ROOT, "cgroup", 0, "memory") == 0;
	if (!joins_groups && (mount("cgroup", ROOT, "cgroup2", 0, NULL) || write_to("", "cgroup.subtree_control", "+memory")))
		return false;
	for (unsigned int group = 0; group < ZDC_GROUPS; group++)
		if (!make(group))
			return false;
	return group_join(0) == 0;
}

int group_join(unsigned int group)
{
	return pwrite(members[group], "0", 1, 0) == 1 ? 0 : errno;
}

void group_ask(struct zdc_look *look)
{
	memcpy(look->groups, inodes, sizeof(inodes));
}
