// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world.h"

int my_slot;

void enter(int slot)
{
	unsigned int number = slot;

	world->pids[slot] = getpid();
	world->alive[slot] = true;
	my_slot = slot;
	if (ioctl(zdc_device, ZDC_ENTER, &number))
		trouble("a process cannot take slot %d: %s", slot, strerror(errno));
	watch_enter();
	if (uses_dmirror)
		dmirror_enter();
	/* Last, for a parent may wait for it. */
	__atomic_add_fetch(&world->generations[slot], 1, __ATOMIC_RELEASE);
}

/* The child of the supervisor, too, so that nobody is left for a dead parent to wait for. It keeps the turn. */
bool fork_into(int slot)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);

	if (pid < 0)
		trouble("fork: %s", strerror(errno));
	if (pid != 0)
		return false;
	enter(slot);
	return true;
}
