// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Executes cases of wire protocol v1. As the first process of a guest, it prepares the guest and
 * uses a virtio serial port. Otherwise it uses standard input and output, on a machine on which the
 * module is loaded, and changes nothing that belongs to others.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

#define PORT "/dev/vport0p1"
#define LINE_BYTES (8u << 20)

static bool is_guest;
static int input, output;
static unsigned long reported_taint;
static bool has_groups;

/* Options. */
static char mutant[64];
/* The module that this process loads and removes; "" if it is loaded already. */
static char module[200];
static int limit_ms = 4000;
static bool records;
/* Of a recording: the numbers of cases. */
static unsigned int recorded, skipped, failed;
static bool runs_program;
/* zdc.large-folios=careful: avoids what Linux 7.3 does wrong with them, to test the rest. */
static bool is_careful;
static bool wants_groups;
static bool wants_large_folios = true;
/* Capabilities that are declared on request: ,"name" for each. */
static char also[200];

/* Ends the guest or the process; the reason goes to the console or to standard error. */
static void give_up(const char *what)
{
	fprintf(stderr, "zdc: %s: %s\n", what, strerror(errno));
	if (!is_guest)
		exit(1);
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

/* Returns the text after NAME, or NULL. */
static const char *value_of(const char *word, const char *name)
{
	size_t length = strlen(name);

	return strncmp(word, name, length) == 0 ? word + length : NULL;
}

/*
 * zdc.mutant=NAME, zdc.also=CAPABILITY, zdc.large-folios=on|careful|off, zdc.limit=MILLISECONDS,
 * zdc.driver=test_hmm, zdc.program: on the command line of the kernel or of the process.
 * zdc.module=FILE, zdc.record: of the process.
 */
static void read_option(const char *word)
{
	const char *value = value_of(word, "zdc.mutant=");

	if (value)
		snprintf(mutant, sizeof(mutant), "%s", value);
	value = value_of(word, "zdc.limit=");
	if (value)
		limit_ms = atoi(value);
	uses_dmirror |= strcmp(word, "zdc.driver=test_hmm") == 0;
	runs_program |= strcmp(word, "zdc.program") == 0;
	records |= strcmp(word, "zdc.record") == 0;
	value = value_of(word, "zdc.module=");
	if (value)
		snprintf(module, sizeof(module), "%s", value);
	value = value_of(word, "zdc.large-folios=");
	if (value) {
		wants_large_folios = strcmp(value, "off") != 0;
		is_careful = strcmp(value, "careful") == 0;
	}
	value = value_of(word, "zdc.also=");
	if (value && strcmp(value, "groups") == 0)
		wants_groups = true;
	else if (value && (strcmp(value, "soft-dirty") != 0 || has_soft_dirty()))
		snprintf(also + strlen(also), sizeof(also) - strlen(also), ",\"%s\"", value);
}

static void read_kernel_command_line(void)
{
	static const char blanks[] = { ' ', '\n', '\0' };
	static char text[4096];
	int file = open("/proc/cmdline", O_RDONLY);
	ssize_t length = read(file, text, sizeof(text) - 1);

	close(file);
	if (length < 0)
		return;
	for (char *word = strtok(text, blanks); word; word = strtok(NULL, blanks))
		read_option(word);
}

static void load_module(const char *path, const char *parameters)
{
	int file = open(path, O_RDONLY);

	if (file < 0 || syscall(SYS_finit_module, file, parameters, 0))
		give_up(path);
	close(file);
}

static const char *module_parameters(void)
{
	static char parameters[100];

	snprintf(parameters, sizeof(parameters), "%s%s%s", mutant[0] ? "mutant=" : "", mutant,
		 is_careful ? " careful=1" : "");
	return parameters;
}

static void send(const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(output, text, length);

		if (written < 0 && errno != EINTR && errno != EAGAIN)
			give_up("the reply");
		if (written > 0) {
			text += written;
			length -= written;
		}
	}
}

static bool in_guest(void)
{
	return is_guest;
}

static bool can_trap_missing(void)
{
	return has_watches(WATCH_MISSING);
}

static bool can_trap_stores(void)
{
	return has_watches(WATCH_STORES);
}

static bool can_swap(void)
{
	return is_guest && has_swap_areas();
}

static bool can_access_as_kernel(void)
{
	return is_guest && has_kernel_access();
}

static bool can_be_exclusive(void)
{
	return shared->info.features & ZDC_FEATURE_EXCLUSIVE;
}

static bool can_count_charges(void)
{
	return has_groups && (shared->info.features & ZDC_FEATURE_CHARGES);
}

/* Whether this process configures the kernel for large pages. */
static bool gets_large_pages(void)
{
	return is_guest && !uses_dmirror && wants_large_folios &&
	       (shared->info.features & ZDC_FEATURE_LARGE_FOLIOS);
}

static bool has_setting(const char *name, const char *value)
{
	char text[100];

	return read_setting(name, text, sizeof(text)) && strstr(text, value);
}

/* Without the zero page, a load would populate a mapping of large pages. */
static bool has_large_pages(void)
{
	return !has_setting("enabled", "[never]") && has_setting("enabled", "never") &&
	       has_setting("use_zero_page", "1");
}

static bool can_have_large_folios(void)
{
	return gets_large_pages() && has_large_pages();
}

/* Linux 7.3 splits no large folio in a fault, as a failure for a part of it would require. */
static bool can_split_in_fault(void)
{
	return !is_careful || !can_have_large_folios();
}

static bool can_lack_large_page(void)
{
	return !is_careful && can_have_large_folios();
}

static bool can_collapse_block(void)
{
	return can_have_large_folios() && can_collapse();
}

static bool can_join(void)
{
	return wants_groups && can_join_groups && can_count_charges();
}

/*
 * The declared capabilities, some only if the kernel and the machine have what they need. An error
 * for a CPU access without memory is in none of them. Locking, soft-dirty and joining a group are
 * executed, but declared on request only: NOTES.md of linux-6.12 in reports has the reasons.
 */
static const struct capability {
	const char *name;
	bool (*condition)(void);
	/* Whether the kernel's own test device has it, too. */
	bool of_dmirror;
} capabilities[] = {
	{ "fork", NULL, true },
	{ "discard", NULL, true },
	{ "protect", NULL, true },
	{ "host", NULL, true },
	{ "device-load", NULL, true },
	{ "device-store", NULL, true },
	{ "pin", NULL, true },
	{ "entries", has_pagemap, true },
	{ "every-step", NULL, true },
	{ "move", NULL, true },
	{ "move-keep", NULL, true },
	{ "populate", NULL, true },
	{ "peek", NULL, true },
	{ "query", has_pagemap, true },
	{ "advise", NULL, false },
	{ "evict", NULL, false },
	{ "attach", NULL, false },
	{ "swap-on", can_swap, false },
	{ "inject-sigbus", can_split_in_fault, false },
	{ "inject-oom", can_split_in_fault, false },
	{ "inject-no-frame", NULL, false },
	{ "inject-no-copy", NULL, false },
	{ "race", NULL, false },
	{ "device-copy-on-write", NULL, false },
	{ "callbacks", NULL, false },
	{ "allocations", NULL, false },
	{ "frames", NULL, false },
	{ "watch-missing", can_trap_missing, false },
	{ "watch-write", can_trap_stores, false },
	{ "exclusive", can_be_exclusive, false },
	{ "shared", NULL, false },
	{ "file", NULL, false },
	{ "evict-all", NULL, false },
	{ "kernel-access", can_access_as_kernel, false },
	{ "devices", NULL, false },
	{ "close", NULL, false },
	{ "hot-add", in_guest, false },
	{ "accounting", can_count_charges, false },
	{ "groups", can_join, false },
	{ "large-folios", can_have_large_folios, false },
	{ "inject-no-large-frame", can_have_large_folios, false },
	{ "inject-no-large-page", can_lack_large_page, false },
	{ "evict-range", can_have_large_folios, false },
	{ "collapse", can_collapse_block, false },
	{ "split", can_have_large_folios, false },
	{ "inject-no-split", can_have_large_folios, false },
	{ "race-blocks", can_have_large_folios, false },
	{ "split-callbacks", can_have_large_folios, false },
};

static bool is_declared(const struct capability *capability)
{
	return (capability->of_dmirror || !uses_dmirror) &&
	       (!capability->condition || capability->condition());
}

#define HELLO_BYTES 1500

static void __attribute__((format(printf, 2, 3))) append(char *text, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, HELLO_BYTES - length, format, arguments);
	va_end(arguments);
}

/* The declared capabilities, in quotes and with commas between them. */
static void append_capabilities(char *text)
{
	bool first = true;

	for (size_t at = 0; at < sizeof(capabilities) / sizeof(*capabilities); at++) {
		if (!is_declared(&capabilities[at]))
			continue;
		append(text, "%s\"%s\"", first ? "" : ",", capabilities[at].name);
		first = false;
	}
	append(text, "%s", also);
}

static void send_hello(void)
{
	char text[HELLO_BYTES] = "";
	struct utsname name;
	char *end;
	long major, minor;

	uname(&name);
	major = strtol(name.release, &end, 10);
	minor = strtol(end + 1, NULL, 10);
	append(text, "{\"type\":\"hello\",\"protocol\":1,\"name\":\"linux%s%s%s\"",
	       uses_dmirror ? " with test_hmm" : "", mutant[0] ? " with mutant " : "", mutant);
	append(text, ",\"version\":\"%s\"", name.release);
	append(text, ",\"profiles\":[\"linux-%ld.%ld\",\"linux-6.1\"]", major, minor);
	append(text, ",\"capabilities\":[");
	append_capabilities(text);
	append(text, "]}\n");
	send(text, strlen(text));
}

/* "failure" is not part of the protocol: the host side of this target reads it. */
static void send_failure(const char *failure, const char *message)
{
	char text[500];

	if (records) {
		failed++;
		fprintf(stderr, "Case %ld, step %u: %s: %s\n", world->test_case.id, world->step,
			failure, message);
		return;
	}
	snprintf(text, sizeof(text),
		 "{\"type\":\"error\",\"id\":%ld,\"step\":%u,\"failure\":\"%s\",\"message\":\"%s\"}\n",
		 world->test_case.id, world->step, failure, message);
	send(text, strlen(text));
}

static long now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Writes the recording of a case that is done, in place of the reply. */
static void record(const char *line)
{
	char text[HELLO_BYTES] = "";
	struct utsname name;

	uname(&name);
	append_capabilities(text);
	record_case(stdout, line, text, name.release);
	recorded++;
}

/* Whether a case of a recording needs what this machine does not have. */
static bool is_skipped(const char *line)
{
	char text[HELLO_BYTES] = "";

	append_capabilities(text);
	return !record_admits(line, text);
}

static void answer_case(const char *line, long began)
{
	enum outcome outcome;
	unsigned long taint;

	if (records && is_skipped(line)) {
		skipped++;
		return;
	}
	outcome = run_case(limit_ms);
	taint = read_taint();

	if (taint & ~reported_taint) {
		char message[100];

		snprintf(message, sizeof(message), "the kernel complained (taint %lu)", taint);
		reported_taint |= taint;
		send_failure("splat", message);
		return;
	}
	switch (outcome) {
	case CASE_DONE:
		if (records) {
			record(line);
			return;
		}
		reply(",\"microseconds\":%ld}\n", now_us() - began);
		send(world->reply, world->reply_length);
		return;
	case CASE_HUNG:
		send_failure("hang", "a process did not get on");
		return;
	case CASE_DIED:
		send_failure("death", "a process of the case ended, though nobody asked it to");
		return;
	case CASE_STUCK:
		send_failure("stuck", "a process cannot be killed");
		return;
	case CASE_LEAKED:
		send_failure("leak", world->failure);
		return;
	case CASE_DIFFERS:
		send_failure("difference", world->failure);
		return;
	case CASE_FAILED:
		send_failure("trouble", world->failure);
	}
}

static void answer_line(const char *line)
{
	const char *wrong;
	long began = now_us();

	switch (case_read(line, &world->test_case, &wrong)) {
	case LINE_HELLO:
		send_hello();
		return;
	case LINE_CASE:
		answer_case(line, began);
		return;
	case LINE_COVERAGE:
		coverage_reply(output);
		return;
	case LINE_OTHER:
		send_failure("trouble", wrong);
	}
}

/* Answers lines of any length, until the end of the input. */
static void serve(void)
{
	/* Shared, so that a fork does not copy it. */
	char *line = mmap(NULL, LINE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			  0);
	size_t begin = 0, end = 0;

	for (;;) {
		char *newline = memchr(line + begin, '\n', end - begin);
		ssize_t got;

		if (newline) {
			*newline = '\0';
			answer_line(line + begin);
			begin = newline + 1 - line;
			continue;
		}
		memmove(line, line + begin, end - begin);
		end -= begin;
		begin = 0;
		if (end == LINE_BYTES)
			give_up("a line is too long");
		got = read(input, line + end, LINE_BYTES - end);
		if (got <= 0 && !is_guest)
			return;
		if (got <= 0) {
			/* The host has not opened the port yet. */
			struct timespec pause = { 0, 1000000 };

			nanosleep(&pause, NULL);
			continue;
		}
		end += got;
	}
}

/* Runs one program instead of cases, with both drivers loaded. Its output goes to the port. */
static void run_program(void)
{
	char *const words[] = { "/program", NULL };
	int status;
	pid_t pid;

	load_module("/test_hmm.ko", "");
	pid = fork();
	if (pid == 0) {
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		execv(words[0], words);
		perror(words[0]);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) != pid)
		continue;
	dprintf(output, "\nzdc: exit %d\n",
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	for (;;)
		pause();
}

static void prepare_guest(void)
{
	mount_all();
	read_kernel_command_line();
	input = open(PORT, O_RDWR | O_CLOEXEC);
	output = input;
	if (input < 0)
		give_up(PORT);
	has_groups = groups_open(NULL);
	load_module("/zdc.ko", module_parameters());
	if (runs_program)
		run_program();
	if (uses_dmirror)
		load_module("/test_hmm.ko", "");
	if (!use_fixed_time_slices())
		give_up("SCHED_RR");
}

static void prepare_machine(int count, char **words)
{
	for (int at = 1; at < count; at++)
		read_option(words[at]);
	output = STDOUT_FILENO;
	signal(SIGPIPE, SIG_IGN);
	if (module[0])
		machine_begin(module, module_parameters());
	has_groups = groups_open("zdc");
}

int main(int count, char **words)
{
	is_guest = getpid() == 1;
	signal(SIGCHLD, SIG_DFL);
	if (sysconf(_SC_PAGESIZE) != ZDC_PAGE) {
		errno = EINVAL;
		give_up("compiled for another page size: use -DZDC_PAGE");
	}
	if (is_guest)
		prepare_guest();
	else
		prepare_machine(count, words);
	world_open();
	if (!open_driver())
		give_up("/dev/zdc");
	read_info();
	if (gets_large_pages())
		allow_large_pages();
	if (access("/proc/sys/kernel/tainted", R_OK))
		give_up("/proc/sys/kernel/tainted");
	/* A guest reports a warning of its start with the first case. */
	if (!is_guest)
		reported_taint = read_taint();
	serve();
	groups_close();
	if (records)
		fprintf(stderr, "Cases: %u recorded, %u skipped (capability missing), %u failed\n",
			recorded, skipped, failed);
	return failed > 0;
}
