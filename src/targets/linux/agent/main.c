// SPDX-License-Identifier: GPL-2.0
/* The first process of the guest: prepares it, then answers wire protocol v1 on a virtio serial port. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

#define PORT "/dev/vport0p1"
#define LINE_ROOM (8u << 20)

int zdc_device;
struct zdc_log *zdc_log;
static char mutant[64];
static int limit = 4000;
static int tainted;
static bool runs_program;
/* What is declared because somebody asked for it: ,"name" one after the other. */
static char also[200];
/* The same for control groups, which only some kernels can be asked for. */
static bool wants_groups;

/* Nothing else can be done: the guest ends, and its console tells why. */
static void give_up(const char *what)
{
	fprintf(stderr, "zdc: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void mount_all(void)
{
	mkdir("/dev", 0755);
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
}

/* What the suite told the kernel for us: zdc.mutant=NAME, zdc.also=CAPABILITY, zdc.limit=MILLISECONDS. */
static void read_command_line(void)
{
	static char text[4096];
	int file = open("/proc/cmdline", O_RDONLY);
	ssize_t length = read(file, text, sizeof(text) - 1);

	close(file);
	if (length < 0)
		return;
	for (char *word = strtok(text, " \n"); word; word = strtok(NULL, " \n")) {
		sscanf(word, "zdc.mutant=%63s", mutant);
		sscanf(word, "zdc.limit=%d", &limit);
		uses_dmirror |= strcmp(word, "zdc.driver=test_hmm") == 0;
		runs_program |= strcmp(word, "zdc.program") == 0;
		if (strcmp(word, "zdc.also=groups") == 0)
			wants_groups = true;
		else if (strncmp(word, "zdc.also=", 9) == 0)
			snprintf(also + strlen(also), sizeof(also) - strlen(also), ",\"%s\"", word + 9);
	}
}

static void load_module(const char *path, const char *parameters)
{
	int file = open(path, O_RDONLY);

	if (file < 0 || syscall(SYS_finit_module, file, parameters, 0))
		give_up(path);
	close(file);
}

static void open_device(void)
{
	char parameters[100] = "";

	if (mutant[0])
		snprintf(parameters, sizeof(parameters), "mutant=%s", mutant);
	load_module("/zdc.ko", parameters);
	zdc_device = open("/dev/zdc", O_RDWR | O_CLOEXEC);
	if (zdc_device < 0)
		give_up("/dev/zdc");
	zdc_log = mmap(NULL, ZDC_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, zdc_device, 0);
	if (zdc_log == MAP_FAILED)
		give_up("the log of callbacks");
}

/* Bits that say what the kernel complained of; that our module is not one of its own is known. */
static unsigned long taint(void)
{
	char text[24] = "";

	if (pread(tainted, text, sizeof(text) - 1, 0) < 0)
		give_up("/proc/sys/kernel/tainted");
	return strtoul(text, NULL, 10) & ~(1UL << 12);
}

static void send(int port, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(port, text, length);

		if (written < 0 && errno != EINTR && errno != EAGAIN)
			give_up(PORT);
		if (written > 0) {
			text += written;
			length -= written;
		}
	}
}

/*
 * An answer for a touch without memory is in none of them. Control groups, locking and soft-dirty are carried out, and declared
 * where somebody asks (reports/linux-6.12/NOTES.md says why).
 */
#define CAPABILITIES \
	"\"fork\",\"discard\",\"protect\",\"host\",\"device-load\",\"device-store\",\"pin\",\"entries\"," \
	"\"every-step\",\"move\",\"move-keep\",\"populate\",\"peek\",\"query\""
#define MORE_OF_OURS \
	",\"advise\",\"evict\",\"attach\",\"swap-on\",\"inject-sigbus\",\"inject-oom\",\"inject-no-frame\",\"inject-no-copy\"," \
	"\"race\",\"device-copy-on-write\",\"callbacks\",\"allocations\",\"frames\",\"watch-missing\"," \
	"\"watch-write\",\"exclusive\",\"shared\",\"file\",\"evict-all\",\"kernel-access\",\"devices\",\"close\",\"hot-add\""

static const char *what_is_counted(void)
{
	if (uses_dmirror)
		return "";
	return wants_groups && joins_groups ? ",\"accounting\",\"groups\"" : ",\"accounting\"";
}

static void send_hello(int port)
{
	static char text[1000];
	struct utsname name;
	int major, minor;

	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	snprintf(text, sizeof(text),
		 "{\"type\":\"hello\",\"protocol\":1,\"name\":\"linux%s%s%s\",\"version\":\"%s\","
		 "\"profiles\":[\"linux-%d.%d\",\"linux-6.1\"],\"capabilities\":[" CAPABILITIES "%s%s%s]}\n",
		 uses_dmirror ? " with test_hmm" : "", mutant[0] ? " with mutant " : "", mutant, name.release, major,
		 minor, uses_dmirror ? "" : MORE_OF_OURS, what_is_counted(), also);
	send(port, text, strlen(text));
}

static void send_failure(int port, long id, const char *failure, const char *message)
{
	char text[500];

	/* "failure" is for the suite's own half of this target; the protocol knows only the message. */
	snprintf(text, sizeof(text), "{\"type\":\"error\",\"id\":%ld,\"step\":%u,\"failure\":\"%s\",\"message\":\"%s\"}\n",
		 id, world->step, failure, message);
	send(port, text, strlen(text));
}

static long microseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void answer_case(int port, long began)
{
	static unsigned long complained;
	long id = world->test_case.id;
	enum outcome outcome = supervise(limit);
	unsigned long complaints = taint();

	if (complaints & ~complained) {
		char message[100];

		snprintf(message, sizeof(message), "the kernel complained (taint %lu)", complaints);
		complained |= complaints;
		send_failure(port, id, "splat", message);
		return;
	}
	switch (outcome) {
	case ANSWERED:
		say(",\"microseconds\":%ld}\n", microseconds() - began);
		send(port, world->answer, world->answered);
		return;
	case HUNG:
		send_failure(port, id, "hang", "a process did not get on");
		return;
	case DIED:
		send_failure(port, id, "death", "a process of the case ended, though nobody asked it to");
		return;
	case STUCK:
		send_failure(port, id, "stuck", "a process cannot be killed");
		return;
	case LEAKED:
		send_failure(port, id, "leak", world->trouble);
		return;
	case TROUBLED:
		send_failure(port, id, "trouble", world->trouble);
	}
}

static void answer_line(int port, const char *line)
{
	const char *wrong;
	long began = microseconds();

	switch (read_line_of_wire(line, &world->test_case, &wrong)) {
	case LINE_HELLO:
		send_hello(port);
		return;
	case LINE_CASE:
		answer_case(port, began);
		return;
	case LINE_OTHER:
		send_failure(port, world->test_case.id, "trouble", wrong);
	}
}

/* One line after the other, each as long as it likes to be. */
static void serve(int port)
{
	/* Shared, so that no fork has it to copy. */
	char *line = mmap(NULL, LINE_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t length = 0;

	for (;;) {
		ssize_t got = read(port, line + length, LINE_ROOM - 1 - length);
		char *end;

		if (got <= 0) {
			/* The host's end is not there (yet): nothing to do but wait for it. */
			struct timespec pause = { 0, 1000000 };

			nanosleep(&pause, NULL);
			continue;
		}
		line[length + got] = '\0';
		end = memchr(line + length, '\n', got);
		length += got;
		if (!end && length >= LINE_ROOM - 1)
			give_up("a line without an end");
		if (!end)
			continue;
		*end = '\0';
		answer_line(port, line);
		length = 0;
	}
}

/* Instead of cases: one program, with both drivers loaded. What it writes is what the port carries. */
static void run_program(int port)
{
	char *const words[] = { "/program", NULL };
	int status;
	pid_t pid;

	open_device();
	load_module("/test_hmm.ko", "");
	pid = fork();
	if (pid == 0) {
		dup2(port, STDOUT_FILENO);
		dup2(port, STDERR_FILENO);
		execv(words[0], words);
		perror(words[0]);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) != pid)
		continue;
	dprintf(port, "\nzdc: exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	for (;;)
		pause();
}

int main(void)
{
	struct sigaction ignore_nothing = { .sa_handler = SIG_DFL };
	int port;

	mount_all();
	sigaction(SIGCHLD, &ignore_nothing, NULL);
	read_command_line();
	port = open(PORT, O_RDWR | O_CLOEXEC);
	if (port < 0)
		give_up(PORT);
	if (!group_prepare())
		give_up("control groups");
	if (runs_program)
		run_program(port);
	world_open();
	swap_prepare();
	open_device();
	if (uses_dmirror)
		load_module("/test_hmm.ko", "");
	if (!take_long_turns())
		give_up("long turns");
	tainted = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);
	serve(port);
}
