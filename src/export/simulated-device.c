/*
 * A stand-in for the kernel's HMM test device, for tests of exported C programs: it is linked with one that was compiled
 * with -DZDC_SIMULATE. What is "on the device" lies in frames that all processes share, and its page is taken from the
 * process, so that a touch faults and the frame comes back. With -DFORK_KEEPS_WRITE it has a bug: fork leaves WRITE
 * entries on both sides, and so the device stores into what is shared.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIRST_ADDRESS 0x200000000000ul
#define MOST_PAGES 16
#define FRAMES 64
#define LARGEST_PAGE 65536

int zdc_open(void);
int zdc_request(int device, unsigned long number, void *request);
pid_t zdc_fork(void);
void zdc_changed(void *page, int mapped, int emptied, int protection);
int zdc_fault(void *address, int stores);

struct request {
	uint64_t addr, ptr, npages, cpages, faults;
};

/* A page of the device, or one that came back and that its sharers have not fetched yet. */
struct frame {
	int entries;
	int in_system;
	/* A fork has seen it: who has fetched it may share it still, and this simulation does not know. */
	int forked;
	unsigned char data[LARGEST_PAGE];
};

/* What this process has at a page. */
struct page {
	int mapped;
	int protection;
	/* The frame, from 1; 0 where the page is the process's own. */
	int frame;
	int write;
	/* It came back from the device, so it is no hole even where it is zero. */
	int filled;
	/* Shared by the kernel's own fork, which this simulation cannot see through: never migrated again. */
	int shared;
};

static struct frame *frames;
static struct page pages[MOST_PAGES];
static size_t page_size;

static void *address_of(const struct page *page)
{
	return (void *)(FIRST_ADDRESS + 2 * (unsigned long)(page - pages) * page_size);
}

static struct page *page_at(uint64_t address)
{
	uint64_t index = (address - FIRST_ADDRESS) / page_size / 2;
	return address >= FIRST_ADDRESS && index < MOST_PAGES ? &pages[index] : NULL;
}

static int on_device(const struct page *page)
{
	return page->frame != 0 && !frames[page->frame].in_system;
}

static void leave_frame(struct page *page)
{
	frames[page->frame].entries--;
	page->frame = 0;
}

/* The frame's content becomes the process's own page. */
static void fetch(struct page *page)
{
	struct frame *frame = &frames[page->frame];
	frame->in_system = 1;
	mprotect(address_of(page), page_size, PROT_READ | PROT_WRITE);
	memcpy(address_of(page), frame->data, page_size);
	mprotect(address_of(page), page_size, page->protection);
	page->shared = frame->forked;
	leave_frame(page);
	page->filled = 1;
}

static int is_zero(const struct page *page)
{
	const unsigned char *bytes = address_of(page);
	for (size_t at = 0; at < page_size; at++)
		if (bytes[at] != 0)
			return 0;
	return 1;
}

static int to_device(struct page *page)
{
	int frame = 1;
	if (on_device(page) || page->shared)
		return 0;
	if (page->frame != 0) {
		if (frames[page->frame].forked)
			return 0;
		fetch(page);
	}
	while (frame < FRAMES && frames[frame].entries > 0)
		frame++;
	if (frame == FRAMES)
		return 0;
	memcpy(frames[frame].data, address_of(page), page_size);
	frames[frame].entries = 1;
	frames[frame].in_system = 0;
	frames[frame].forked = 0;
	page->frame = frame;
	page->write = (page->protection & PROT_WRITE) != 0;
	madvise(address_of(page), page_size, MADV_DONTNEED);
	mprotect(address_of(page), page_size, PROT_NONE);
	return 0;
}

static unsigned char snapshot(const struct page *page)
{
	if (on_device(page))
		return page->write ? 0x22 : 0x21;
	if (page->frame != 0 || page->filled || !is_zero(page))
		return 0x01;
	return 0;
}

static int store(struct page *page, const void *data)
{
	if (!(page->protection & PROT_WRITE)) {
		errno = EPERM;
		return -1;
	}
	if (on_device(page) && page->write) {
		memcpy(frames[page->frame].data, data, page_size);
		return 0;
	}
	if (page->frame != 0)
		fetch(page);
	memcpy(address_of(page), data, page_size);
	return 0;
}

int zdc_request(int device, unsigned long number, void *request)
{
	struct request *one = request;
	struct page *page = page_at(one->addr);
	void *data = (void *)(uintptr_t)one->ptr;
	(void)device;
	if (page == NULL || !page->mapped || page->protection == PROT_NONE) {
		errno = EFAULT;
		return -1;
	}
	switch (_IOC_NR(number)) {
	case 0:
		memcpy(data, page->frame != 0 ? frames[page->frame].data : address_of(page), page_size);
		return 0;
	case 1:
		return store(page, data);
	case 2:
		return to_device(page);
	case 3:
		if (page->frame != 0)
			frames[page->frame].in_system = 1;
		return 0;
	case 4:
		*(unsigned char *)data = snapshot(page);
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

int zdc_fault(void *address, int stores)
{
	struct page *page = frames == NULL ? NULL : page_at((uint64_t)(uintptr_t)address);
	if (page == NULL || page->frame == 0 || !(page->protection & (stores ? PROT_WRITE : PROT_READ)))
		return 0;
	fetch(page);
	return 1;
}

void zdc_changed(void *address, int mapped, int emptied, int protection)
{
	struct page *page = page_at((uint64_t)(uintptr_t)address);
	if (emptied) {
		if (page->frame != 0)
			leave_frame(page);
		memset(page, 0, sizeof *page);
		if (mapped)
			mprotect(address, page_size, protection);
	}
	if (page->protection != protection)
		page->write = 0;
	page->mapped = mapped;
	page->protection = protection;
	if (page->frame != 0)
		mprotect(address, page_size, PROT_NONE);
}

pid_t zdc_fork(void)
{
	for (struct page *page = pages; page < pages + MOST_PAGES; page++) {
		if (!page->mapped)
			continue;
		if (page->frame != 0) {
			frames[page->frame].entries++;
			frames[page->frame].forked = 1;
		} else {
				page->shared = page->protection == PROT_NONE || page->filled || !is_zero(page);
		}
#ifndef FORK_KEEPS_WRITE
		page->write = 0;
#endif
	}
	return fork();
}

int zdc_open(void)
{
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	if (frames == NULL)
		frames = mmap(NULL, FRAMES * sizeof *frames, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}
