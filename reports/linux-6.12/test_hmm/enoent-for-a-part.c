/*
 * The kernel's own test device (test_hmm) answers an error to a migration that did move a page, and does not say which.
 *
 *     zdc linux exec enoent-for-a-part.c [--kernel 6.1]
 *
 * A range of two pages: the first private, the second shared, which cannot move. The request migrates, and then reads the
 * whole range through the device; ENOENT is the answer of that reading, which stops at the first page that the device
 * has not got. How many pages it got to is not told with an error. So whoever drives it must look for himself
 * (REQUEST_SNAPSHOT) what has moved. Exit: 0 right, 1 wrong, 77 not possible here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
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

#define PAGE 4096ul
/* Apart from everything else. */
#define ADDRESS 0x200000000000ul
#define UNTOUCHED 77

static int device;

static unsigned char *map(unsigned long address, int kind)
{
	int flags = kind | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	unsigned char *page = mmap((void *)address, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (page == MAP_FAILED)
		exit(2);
	page[0] = 7;
	return page;
}

static int is_on_device(unsigned long address)
{
	unsigned char shown = 0;
	struct request look = { address, (uintptr_t)&shown, 1, 0, 0 };
	return ioctl(device, REQUEST_SNAPSHOT, &look) == 0 && (shown & SHOWS_DEVICE) != 0;
}

/* Migrates two pages, the private one at a place in the range; whether the answer tells what moved. */
static int migrate(int number, unsigned long base, int place)
{
	static unsigned char buffer[2 * PAGE];
	struct request move = { base, (uintptr_t)buffer, 2, UNTOUCHED, 0 };
	int failed, moved;
	map(base + place * PAGE, MAP_PRIVATE);
	map(base + !place * PAGE, MAP_SHARED);
	failed = ioctl(device, REQUEST_TO_DEVICE, &move) != 0 ? errno : 0;
	moved = is_on_device(base) + is_on_device(base + PAGE);
	printf("# answer: %s; pages told of: ", failed ? strerrorname_np(failed) : "ok");
	if (move.cpages == UNTOUCHED)
		printf("nothing");
	else
		printf("%lu", (unsigned long)move.cpages);
	printf("; pages moved: %d\n", moved);
	printf("%s %d - the answer to a range whose %s page can move tells that one did\n",
	       failed == 0 && move.cpages == (uint64_t)moved ? "ok" : "not ok", number, place ? "second" : "first");
	return failed == 0 && move.cpages == (uint64_t)moved;
}

int main(void)
{
	int well;
	device = open("/dev/hmm_dmirror0", O_RDWR | O_CLOEXEC);
	if (device < 0) {
		printf("1..0 # SKIP /dev/hmm_dmirror0: %s\n", strerror(errno));
		return 77;
	}
	printf("TAP version 13\n1..2\n");
	well = migrate(1, ADDRESS, 0);
	well &= migrate(2, ADDRESS + 8 * PAGE, 1);
	return well ? 0 : 1;
}
