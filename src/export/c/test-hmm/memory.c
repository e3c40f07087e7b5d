#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- One process and its memory ---- */

static size_t page_size;

#define LARGEST_PAGE 65536

#define CELL uint32_t
#define CELLS (page_size / sizeof(CELL))
#define CELL_AT(number) ((number) * sizeof(CELL))
#define BASE_PAGE page_size

#include "../../../targets/linux/agent/access.c"

/* A gap follows every page, so that no two pages are treated as one range. */
#define FIRST_ADDRESS 0x200000000000ul

static int device = -1;
/* The protection of each page; -1 if it is not mapped. */
static int protections[PAGES];
static unsigned char buffer[LARGEST_PAGE];

static void *address_of(int page)
{
	return (void *)(FIRST_ADDRESS + 2 * (unsigned long)page * page_size);
}

/* Whether the access that this process executes is a store. */
static int stores;

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (zdc_fault(info->si_addr, stores))
		return;
	end_access(number);
	signal(number, SIG_DFL);
}

static void handle_signals(void)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER };
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

static long touch(int page, int value)
{
	stores = value >= 0;
	return cpu_access(address_of(page), 1, value);
}

/* Opens the device for a new process, since the file of a parent is for the parent's memory. */
static int enter(int process)
{
	(void)process;
	if (device >= 0)
		close(device);
	device = zdc_open();
	return device >= 0;
}

static void left(int process)
{
	(void)process;
}

static int find_device(void)
{
	int probe = zdc_open();
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	for (int page = 0; page < PAGES; page++)
		protections[page] = -1;
	return probe >= 0 && close(probe) == 0;
}

static int request(unsigned long number, int page, void *data)
{
	struct dmirror_request one = { .addr = (uint64_t)(uintptr_t)address_of(page),
			       .ptr = (uint64_t)(uintptr_t)data,
			       .npages = 1 };
	return zdc_request(device, number, &one) == 0 ? 0 : errno;
}

static long device_touch(int page, int value)
{
	int error;
	if (value >= 0)
		fill_page(buffer, (uint16_t)value);
	error = request(value < 0 ? REQUEST_READ : REQUEST_WRITE, page, buffer);
	if (error != 0)
		return error_result(error);
	return value < 0 ? value_in(buffer) : OK;
}

/* Returns the entry of a page. The device shows nothing of a page that its process may not read. */
static int look(int page)
{
	unsigned char shown = SHOWS_ERROR;
	int error = request(REQUEST_SNAPSHOT, page, &shown);
	if (error != 0 || shown == SHOWS_ERROR)
		return protections[page] < 0 ? UNMAPPED : NOT_SEEN;
	if (shown & SHOWS_DEVICE)
		return shown & SHOWS_WRITE ? DEVICE_WRITE : DEVICE_READ;
	if (protections[page] < 0)
		return shown == 0 ? UNMAPPED : PRESENT;
	return shown == 0 || shown & SHOWS_ZERO ? HOLE : PRESENT;
}

/* Migrates each page of a range by itself, and observes whether it moved instead of trusting the result. */
static struct answer migrate(int first, int count, int to_device)
{
	struct answer answer = { VECTOR(0), 0 };
	for (int index = 0; index < count; index++) {
		int page = first + index;
		int before = look(page);
		int after;
		request(to_device ? REQUEST_TO_DEVICE : REQUEST_TO_SYSTEM, page, buffer);
		after = look(page);
		if (before == NOT_SEEN || after == NOT_SEEN) {
			answer.unseen |= 1u << index;
		} else if ((before >= DEVICE_READ) != (after >= DEVICE_READ)) {
			answer.result -= 1 << index;
		}
	}
	return answer;
}

static long changed(int failed, int page, int protection, int emptied)
{
	if (failed)
		return error_result(errno);
	protections[page] = protection;
	zdc_changed(address_of(page), protection >= 0, emptied, protection < 0 ? PROT_NONE : protection);
	return OK;
}

static long map(int page, int protection)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	void *wanted = address_of(page);
	void *got = mmap(wanted, page_size, protection, flags, -1, 0);
	return changed(got != wanted, page, protection, 1);
}

static struct answer carry_out(const struct command *command)
{
	struct answer answer = { OK, 0 };
	int page = command->page;
	void *address = address_of(page);
	switch (command->op) {
	case OP_MAP:
		answer.result = map(page, command->protection);
		break;
	case OP_UNMAP:
		answer.result = changed(munmap(address, page_size), page, -1, 1);
		break;
	case OP_DISCARD:
		answer.result = changed(madvise(address, page_size, MADV_DONTNEED), page, protections[page], 1);
		break;
	case OP_PROTECT:
		answer.result = changed(mprotect(address, page_size, command->protection), page, command->protection, 0);
		break;
	case OP_LOAD:
		answer.result = touch(page, -1);
		break;
	case OP_STORE:
		answer.result = touch(page, command->value);
		break;
	case OP_DEVICE_LOAD:
		answer.result = device_touch(page, -1);
		break;
	case OP_DEVICE_STORE:
		answer.result = device_touch(page, command->value);
		break;
	case OP_TO_DEVICE:
	case OP_TO_SYSTEM:
		answer = migrate(page, command->count, command->op == OP_TO_DEVICE);
		break;
	case OP_PAGE_MAP:
		answer.result = look(page);
		break;
	default:
		break;
	}
	return answer;
}
