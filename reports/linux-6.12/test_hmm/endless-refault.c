/*
 * When no memory can be had, a CPU's touch of a page on the kernel's own test device (test_hmm) never ends.
 *
 *     zdc linux exec endless-refault.c [--kernel 6.1]
 *
 * Its migrate_to_ram passes over a page for which it got no memory, and answers that all is well. So the process goes on
 * and touches the same page again, for as long as memory is short, and nobody is told. A driver that answers VM_FAULT_OOM
 * fares no better with these kernels, which try the touch again, too; but they write that they do. Here the shortage
 * is the kernel's own fault injection (fail_page_alloc), for one process alone: that takes FAIL_PAGE_ALLOC and
 * FAULT_INJECTION_DEBUG_FS. Exit: 0 the touch ended, 1 it did not, 77 not possible here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* By the kernel's public interface to the device. */
struct request {
	uint64_t addr;
	uint64_t ptr;
	uint64_t npages;
	uint64_t cpages;
	uint64_t faults;
};

#define REQUEST_TO_DEVICE _IOWR('H', 0x02, struct request)
#define REQUEST_SNAPSHOT _IOWR('H', 0x04, struct request)
#define SHOWS_DEVICE 0x20

#define SECONDS 3
#define FAULTS "/sys/kernel/debug/fail_page_alloc/"

static void skip(const char *why)
{
	printf("1..0 # SKIP %s: %s\n", why, strerror(errno));
	exit(77);
}

static void write_to(const char *path, const char *text)
{
	int file = open(path, O_WRONLY);
	if (file < 0 || write(file, text, strlen(text)) < 0)
		skip(path);
	close(file);
}

/* How many page faults a process has had, and whether it has ended. */
static unsigned long faults_of(pid_t process)
{
	char path[40], text[512] = "";
	unsigned long faults = 0;
	int file;
	snprintf(path, sizeof path, "/proc/%d/stat", process);
	file = open(path, O_RDONLY);
	if (file >= 0 && read(file, text, sizeof text - 1) > 0)
		sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %lu", &faults);
	close(file);
	return faults;
}

static int is_on_device(int device, void *page)
{
	unsigned char shown = 0;
	struct request look = { (uintptr_t)page, (uintptr_t)&shown, 1, 0, 0 };
	return ioctl(device, REQUEST_SNAPSHOT, &look) == 0 && (shown & SHOWS_DEVICE) != 0;
}

/* The process whose touch it is. Tells over the pipe when it begins; exits with the value that it loads. */
static void touch(int begun)
{
	static unsigned char buffer[4096];
	int device = open("/dev/hmm_dmirror0", O_RDWR);
	volatile unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct request move = { (uintptr_t)page, (uintptr_t)buffer, 1, 0, 0 };
	memset(buffer, 0, sizeof buffer);
	page[0] = 7;
	if (ioctl(device, REQUEST_TO_DEVICE, &move) != 0 || !is_on_device(device, (void *)page))
		_exit(100);
	if (write(begun, "", 1) != 1)
		_exit(101);
	/* From here on, nothing but the touch asks for memory. */
	write_to("/proc/self/make-it-fail", "1");
	_exit(page[0]);
}

int main(void)
{
	struct timespec wait = { SECONDS, 0 };
	unsigned long before, after;
	int begun[2], status, ended;
	char path[40], byte;
	pid_t process;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (access("/dev/hmm_dmirror0", R_OK | W_OK) != 0)
		skip("/dev/hmm_dmirror0");
	mount("debug", "/sys/kernel/debug", "debugfs", 0, NULL);
	write_to(FAULTS "task-filter", "1");
	write_to(FAULTS "ignore-gfp-wait", "0");
	write_to(FAULTS "ignore-gfp-highmem", "0");
	write_to(FAULTS "min-order", "0");
	write_to(FAULTS "verbose", "0");
	write_to(FAULTS "times", "-1");
	write_to(FAULTS "probability", "100");
	printf("TAP version 13\n1..3\n");
	if (pipe(begun) != 0)
		skip("pipe");
	process = fork();
	if (process == 0)
		touch(begun[1]);
	if (read(begun[0], &byte, 1) != 1)
		skip("the process");
	printf("ok 1 - a page holds 7 and is on the device\n");
	before = faults_of(process);
	nanosleep(&wait, NULL);
	after = faults_of(process);
	ended = waitpid(process, &status, WNOHANG) == process;
	if (!ended)
		printf("# after %d s the load has not ended; page faults of its process meanwhile: %lu\n", SECONDS,
		       after - before);
	printf("%s 2 - without memory, a load of it ends in an error, or the process is ended\n", ended ? "ok" : "not ok");
	if (!ended) {
		snprintf(path, sizeof path, "/proc/%d/make-it-fail", process);
		write_to(path, "0");
		waitpid(process, &status, 0);
	}
	printf("%s 3 - with memory, it gives 7\n", WIFEXITED(status) && WEXITSTATUS(status) == 7 ? "ok" : "not ok");
	return ended ? 0 : 1;
}
