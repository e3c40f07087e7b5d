// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Control groups, which belong to the whole machine. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

/*
 * Charges follow a process that joins a group only in version 1 of control groups, and only where
 * the kernel still has this. Otherwise all processes are in one group of version 2. The supervisor
 * is in group 0, and so is every process of a case at its start.
 */

#define MOUNT "/sys/fs/cgroup"

bool can_join_groups;

static char groups[80];
static int members[ZDC_GROUPS];
static uint64_t inodes[ZDC_GROUPS];

static int write_file(const char *folder, const char *name, const char *text)
{
	char path[160];
	ssize_t written;
	int file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	written = write(file, text, strlen(text));
	close(file);
	return written < 0 ? errno : 0;
}

static void group_path(unsigned int group, char *path, size_t size)
{
	snprintf(path, size, "%s/%u", groups, group);
}

static bool make_group(unsigned int group)
{
	struct stat status;
	char path[120];

	group_path(group, path, sizeof(path));
	if (mkdir(path, 0755) || stat(path, &status))
		return false;
	inodes[group] = status.st_ino;
	/* 1: anonymous pages. */
	can_join_groups &= write_file(path, "memory.move_charge_at_immigrate", "1") == 0;
	strcat(path, "/cgroup.procs");
	members[group] = open(path, O_WRONLY | O_CLOEXEC);
	return members[group] >= 0;
}

static void remove_folders(void)
{
	char path[120];

	for (unsigned int group = 0; group < ZDC_GROUPS; group++) {
		group_path(group, path, sizeof(path));
		rmdir(path);
	}
	rmdir(groups);
}

/* Mounts control groups, or uses those of the machine: then ROOT is the name of a new folder. */
bool groups_open(const char *root)
{
	if (root) {
		can_join_groups = false;
		snprintf(groups, sizeof(groups), MOUNT "/%s", root);
		/* Of an agent that was killed. */
		remove_folders();
		if (mkdir(groups, 0755) || write_file(groups, "cgroup.subtree_control", "+memory"))
			return false;
	} else {
		snprintf(groups, sizeof(groups), MOUNT);
		can_join_groups = mount("memory", groups, "cgroup", 0, "memory") == 0;
		if (!can_join_groups && (mount("cgroup", groups, "cgroup2", 0, NULL) ||
					 write_file(groups, "cgroup.subtree_control", "+memory")))
			return false;
	}
	for (unsigned int group = 0; group < ZDC_GROUPS; group++)
		if (!make_group(group))
			return false;
	return group_join(0) == 0;
}

/* Removes the folders of groups_open(). */
void groups_close(void)
{
	write_file(MOUNT, "cgroup.procs", "0");
	remove_folders();
}

int group_join(unsigned int group)
{
	return pwrite(members[group], "0", 1, 0) == 1 ? 0 : errno;
}

void group_inodes(struct zdc_snapshot *snapshot)
{
	memcpy(snapshot->groups, inodes, sizeof(inodes));
}
