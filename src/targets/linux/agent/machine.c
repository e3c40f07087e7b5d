// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A machine that others use: loads the module, and removes it after the end of the agent, for any
 * reason. The first process stays as the guard; the agent is its child.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

#define MODULE "/sys/module/zdc"
/* In milliseconds: how long the module may be in use by processes that were killed. */
#define MAX_USE 5000

static pid_t agent;

static noreturn void __attribute__((format(printf, 1, 2))) refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static bool has_text(const char *path, const char *expected)
{
	char text[80] = "";
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = read(file, text, sizeof(text) - 1);

	close(file);
	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	return strcmp(text, expected) == 0;
}

/* Returns 0 or an error. */
static int remove_module(void)
{
	for (int waited = 0;; waited += 10) {
		struct timespec pause = { 0, 10000000 };

		if (syscall(SYS_delete_module, "zdc", O_NONBLOCK) == 0)
			return 0;
		if (errno != EWOULDBLOCK || waited > MAX_USE)
			return errno;
		nanosleep(&pause, NULL);
	}
}

/* Removes the module that a killed run has left. */
static void remove_leftover(void)
{
	if (access(MODULE, F_OK))
		return;
	if (!has_text(MODULE "/version", ZDC_MODULE_VERSION))
		refuse("Another module named zdc is loaded. Remove it: rmmod zdc");
	if (remove_module())
		refuse("The module zdc is in use, by a run or by a page that the kernel lost. %s",
		       "End that run, or restart the machine.");
}

/* A warning that the kernel gives only once has been given by an earlier run, perhaps. */
static void repeat_warnings(void)
{
	int file = open("/sys/kernel/debug/clear_warn_once", O_WRONLY | O_CLOEXEC);

	if (file >= 0 && write(file, "1", 1) != 1)
		perror("zdc: clear_warn_once");
	close(file);
}

static void end_agent(int signal)
{
	(void)signal;
	kill(agent, SIGKILL);
}

static noreturn void await_agent(void)
{
	int status, error;

	while (waitpid(agent, &status, 0) < 0 && errno == EINTR)
		continue;
	error = remove_module();
	if (error)
		refuse("The module zdc could not be removed: %s.", strerror(error));
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

void machine_begin(const char *module, const char *parameters)
{
	int file = open(module, O_RDONLY | O_CLOEXEC);
	sigset_t blocked;

	remove_leftover();
	if (file < 0 || syscall(SYS_finit_module, file, parameters, 0))
		refuse("The module %s cannot be loaded: %s. The kernel log has the reason: dmesg",
		       module, strerror(errno));
	close(file);
	repeat_warnings();
	/* Huge pages are not part of the rules. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGHUP);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	agent = fork();
	if (agent > 0) {
		signal(SIGINT, end_agent);
		signal(SIGTERM, end_agent);
		signal(SIGHUP, end_agent);
	}
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	if (agent < 0)
		perror("zdc: fork");
	if (agent != 0)
		await_agent();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}
