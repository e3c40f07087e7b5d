/*
 * Exported by zone-device-conformance 0.1.0.
 *
 * the case conforms
 *
 * Profile linux-6.1; 2 processes, 1 page, 1 frame:
 *   1  map private page 0 of process 0, writable
 *   2  store 7 to page 0 of process 0
 *   3  migrate page 0 of process 0 to the device
 *   4  the device loads page 0 of process 0
 *   5  fork process 0 into process 1
 *   6  load page 0 of process 1
 *   7  store 8 to page 0 of process 1
 *   8  load page 0 of process 0
 *
 * A program against the kernel's HMM test device (modprobe test_hmm), in one file:
 *
 *     gcc -Wall -Wextra -O2 -o conformance THIS_FILE && ./conformance
 *
 * It prints TAP. Its exit is 0 where the kernel does what is allowed, 1 where it does not, 77 where there is no
 * test device. With -DZDC_SIMULATE it must be linked with a simulation of the device: the functions named below.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 2
#define PAGES 1
#define MOST_STATES 3
#define LARGEST_VALUE 32767
/* In milliseconds: how long a process may be silent, and how often it is looked at meanwhile. */
#define PATIENCE 10000
#define TICK 20

enum op {
	OP_SPAWN, OP_FORK, OP_EXIT, OP_MAP, OP_UNMAP, OP_DISCARD, OP_PROTECT, OP_LOAD, OP_STORE, OP_TO_DEVICE,
	OP_TO_SYSTEM, OP_DEVICE_LOAD, OP_DEVICE_STORE, OP_INSPECT, OP_LOOK,
};

/* Answers: a value; one of these; or for each page of a range a bit that says whether it moved. */
enum {
	OK = -1,
	TORN = -2,
	STALE = -3,
	SEGMENT_VIOLATION = -4,
	BUS_ERROR = -5,
	FAULT_ERROR = -6,
	PERMISSION_ERROR = -7,
	MEMORY_ERROR = -8,
	DEVICE_ERROR = -9,
	OTHER_ERROR = -10,
};
#define VECTOR(bits) (-1000 - (bits))
static const char *const RESULTS[] = {
	"ok",
	"torn",
	"stale",
	"SIGSEGV",
	"SIGBUS",
	"EFAULT",
	"EPERM",
	"ENOMEM",
	"ENODEV",
	"another error",
};

enum { UNMAPPED, HOLE, PRESENT, DEVICE_READ, DEVICE_WRITE, NOT_SEEN };
static const char *const ENTRIES[] = { "unmapped", "hole", "present", "READ", "WRITE", "\077" };

struct order {
	enum op op;
	int page;
	int argument;
};

struct answer {
	int result;
	/* Pages of a vector of which it could not be seen whether they moved. */
	unsigned unseen;
};

struct step {
	const char *text;
	enum op op;
	int process;
	int page;
	int argument;
	/* Whether every entry is looked at afterwards. */
	int looks;
	/* Its ways in WAYS, and the first of its states in STATES. */
	int first;
	int count;
	int states;
};

static const struct step STEPS[] = {
	{ "map private page 0 of process 0, writable", OP_MAP, 0, 0, PROT_READ | PROT_WRITE, 1, 0, 1, 0 },
	{ "store 7 to page 0 of process 0", OP_STORE, 0, 0, 7, 1, 1, 1, 1 },
	{ "migrate page 0 of process 0 to the device", OP_TO_DEVICE, 0, 0, 1, 1, 2, 3, 2 },
	{ "the device loads page 0 of process 0", OP_DEVICE_LOAD, 0, 0, 0, 1, 5, 3, 5 },
	{ "fork process 0 into process 1", OP_FORK, 0, 0, 1, 1, 8, 3, 8 },
	{ "load page 0 of process 1", OP_LOAD, 1, 0, 0, 1, 11, 2, 10 },
	{ "store 8 to page 0 of process 1", OP_STORE, 1, 0, 8, 1, 13, 1, 11 },
	{ "load page 0 of process 0", OP_LOAD, 0, 0, 0, 1, 14, 1, 12 },
};

/* From one of the states before a step to one of the states after it, with this answer. */
static const struct {
	int from;
	int to;
	int result;
} WAYS[] = {
	{ 0, 0, OK },
	{ 0, 0, OK },
	{ 0, 0, VECTOR(1) },
	{ 0, 1, VECTOR(1) },
	{ 0, 2, VECTOR(0) },
	{ 0, 0, 7 },
	{ 1, 1, 7 },
	{ 2, 2, 7 },
	{ 0, 0, OK },
	{ 1, 0, OK },
	{ 2, 1, OK },
	{ 0, 0, 7 },
	{ 1, 0, 7 },
	{ 0, 0, OK },
	{ 0, 0, 7 },
};

static const unsigned char STATES[][PROCESSES * PAGES] = {
	{ HOLE, UNMAPPED },
	{ PRESENT, UNMAPPED },
	{ DEVICE_WRITE, UNMAPPED },
	{ DEVICE_READ, UNMAPPED },
	{ PRESENT, UNMAPPED },
	{ DEVICE_WRITE, UNMAPPED },
	{ DEVICE_READ, UNMAPPED },
	{ PRESENT, UNMAPPED },
	{ DEVICE_READ, DEVICE_READ },
	{ PRESENT, PRESENT },
	{ PRESENT, PRESENT },
	{ PRESENT, PRESENT },
	{ PRESENT, PRESENT },
};

/* ---- The device: the only part that knows what it is. With ZDC_SIMULATE another file stands for it. ---- */

/* What every request carries, by the kernel's public interface to its HMM test device. */
struct request {
	uint64_t addr;
	uint64_t ptr;
	uint64_t npages;
	uint64_t cpages;
	uint64_t faults;
};

#define REQUEST_READ _IOWR('H', 0x00, struct request)
#define REQUEST_WRITE _IOWR('H', 0x01, struct request)
#define REQUEST_TO_DEVICE _IOWR('H', 0x02, struct request)
#define REQUEST_TO_SYSTEM _IOWR('H', 0x03, struct request)
#define REQUEST_SNAPSHOT _IOWR('H', 0x04, struct request)

/* What a snapshot says of a page. */
#define SHOWS_ERROR 0xff
#define SHOWS_WRITE 0x02
#define SHOWS_ZERO 0x10
#define SHOWS_DEVICE 0x20

#ifdef ZDC_SIMULATE
/* A file descriptor of the device for this process, or -1. */
int zdc_open(void);
/* As ioctl. */
int zdc_request(int device, unsigned long number, void *request);
/* As fork. */
pid_t zdc_fork(void);
/* Told after a page was mapped, unmapped (both with no content), discarded or protected. */
void zdc_changed(void *page, int mapped, int emptied, int protection);
/* The CPU could not load from an address, or store to it: whether it can now. */
int zdc_fault(void *address, int stores);
#else
static int zdc_open(void)
{
	return open("/dev/hmm_dmirror0", O_RDWR | O_CLOEXEC);
}

static int zdc_request(int device, unsigned long number, void *request)
{
	return ioctl(device, number, request);
}

static pid_t zdc_fork(void)
{
	return fork();
}

static void zdc_changed(void *page, int mapped, int emptied, int protection)
{
	(void)page, (void)mapped, (void)emptied, (void)protection;
}

static int zdc_fault(void *address, int stores)
{
	(void)address, (void)stores;
	return 0;
}
#endif

/* ---- One process and its memory ---- */

/* Pages stand apart, each with a gap behind it, so that nothing treats two of them as one. */
#define FIRST_ADDRESS 0x200000000000ul

static int device = -1;
static size_t page_size;
/* Of each page: -1 where nothing is mapped, or its protection. */
static int protections[PAGES];
static unsigned char *buffer;

static sigjmp_buf escape;
/* 0, LOADING or STORING. */
enum { LOADING = 1, STORING };
static volatile sig_atomic_t touching;

static void *address_of(int page)
{
	return (void *)(FIRST_ADDRESS + 2 * (unsigned long)page * page_size);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (touching && zdc_fault(info->si_addr, touching == STORING))
		return;
	if (touching)
		siglongjmp(escape, number);
	signal(number, SIG_DFL);
}

/* The value that all cells of a page hold. */
static int value_in(const volatile uint32_t *cells)
{
	uint32_t first = cells[0];
	for (size_t at = 1; at < page_size / sizeof *cells; at++)
		if (cells[at] != first)
			return TORN;
	return first > LARGEST_VALUE ? STALE : (int)first;
}

static void fill(volatile uint32_t *cells, int value)
{
	for (size_t at = 0; at < page_size / sizeof *cells; at++)
		cells[at] = (uint32_t)value;
}

/* Never inlined, so that nothing of it lives in a register when a signal ends it. */
static __attribute__((noinline)) int load_or_store(void *page, int value)
{
	if (value < 0)
		return value_in(page);
	fill(page, value);
	return OK;
}

/* The CPU loads (value -1) or stores. */
static int touch(int page, int value)
{
	int number = sigsetjmp(escape, 1);
	int result;
	if (number != 0) {
		touching = 0;
		return number == SIGBUS ? BUS_ERROR : SEGMENT_VIOLATION;
	}
	touching = value < 0 ? LOADING : STORING;
	result = load_or_store(address_of(page), value);
	touching = 0;
	return result;
}

static int request(unsigned long number, int page, void *data)
{
	struct request one = { .addr = (uint64_t)(uintptr_t)address_of(page),
			       .ptr = (uint64_t)(uintptr_t)data,
			       .npages = 1 };
	return zdc_request(device, number, &one) == 0 ? 0 : errno;
}

static int error_result(int number)
{
	switch (number) {
	case EFAULT:
		return FAULT_ERROR;
	case EPERM:
		return PERMISSION_ERROR;
	case ENOMEM:
		return MEMORY_ERROR;
	case ENODEV:
		return DEVICE_ERROR;
	default:
		return OTHER_ERROR;
	}
}

static int device_touch(int page, int value)
{
	int error;
	if (value >= 0)
		fill((volatile uint32_t *)buffer, value);
	error = request(value < 0 ? REQUEST_READ : REQUEST_WRITE, page, buffer);
	if (error != 0)
		return error_result(error);
	return value < 0 ? value_in((const volatile uint32_t *)buffer) : OK;
}

/* What the entry of a page is. The device sees nothing of a page that its process may not read. */
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

/* Each page of a range as if alone; whether it moved is seen, not believed. */
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

static int changed(int failed, int page, int protection, int emptied)
{
	if (failed)
		return error_result(errno);
	protections[page] = protection;
	zdc_changed(address_of(page), protection >= 0, emptied, protection < 0 ? PROT_NONE : protection);
	return OK;
}

static int map(int page, int protection)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	void *wanted = address_of(page);
	void *got = mmap(wanted, page_size, protection, flags, -1, 0);
	return changed(got != wanted, page, protection, 1);
}

static struct answer carry_out(const struct order *order)
{
	struct answer answer = { OK, 0 };
	int page = order->page;
	int argument = order->argument;
	void *address = address_of(page);
	switch (order->op) {
	case OP_MAP:
		answer.result = map(page, argument);
		break;
	case OP_UNMAP:
		answer.result = changed(munmap(address, page_size), page, -1, 1);
		break;
	case OP_DISCARD:
		answer.result = changed(madvise(address, page_size, MADV_DONTNEED), page, protections[page], 1);
		break;
	case OP_PROTECT:
		answer.result = changed(mprotect(address, page_size, argument), page, argument, 0);
		break;
	case OP_LOAD:
		answer.result = touch(page, -1);
		break;
	case OP_STORE:
		answer.result = touch(page, argument);
		break;
	case OP_DEVICE_LOAD:
		answer.result = device_touch(page, -1);
		break;
	case OP_DEVICE_STORE:
		answer.result = device_touch(page, argument);
		break;
	case OP_TO_DEVICE:
	case OP_TO_SYSTEM:
		answer = migrate(page, argument, order->op == OP_TO_DEVICE);
		break;
	case OP_LOOK:
		answer.result = look(page);
		break;
	default:
		break;
	}
	return answer;
}

/* ---- Processes: each waits for orders on a pipe of its own, so that steps follow one another and never race ---- */

static int orders[PROCESSES][2];
static int answers[PROCESSES][2];
/* Known to the driver; 0 where none is alive. */
static pid_t alive[PROCESSES];

static void give_up(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0)
			kill(alive[process], SIGKILL);
	exit(2);
}

static void send_answer(int self, int result, unsigned unseen)
{
	struct answer answer = { result, unseen };
	if (write(answers[self][1], &answer, sizeof answer) != sizeof answer)
		_exit(3);
}

/* Opens the device for this process: what a parent has opened is for the parent's memory. */
static void begin(int self)
{
	if (device >= 0)
		close(device);
	device = zdc_open();
	if (device < 0)
		_exit(3);
	send_answer(self, (int)getpid(), 0);
}

/* The life of a process. */
static void serve(int self)
{
	struct order order;
	begin(self);
	while (read(orders[self][0], &order, sizeof order) == sizeof order) {
		if (order.op == OP_EXIT)
			_exit(0);
		if (order.op == OP_FORK) {
			pid_t child = zdc_fork();
			if (child == 0) {
				self = order.argument;
				begin(self);
			} else {
				send_answer(self, child < 0 ? error_result(errno) : OK, 0);
			}
			continue;
		}
		struct answer answer = carry_out(&order);
		send_answer(self, answer.result, answer.unseen);
	}
	_exit(0);
}

/* Waits for an answer: 0 when the process has ended without one, or is silent for too long. */
static int hear(int process, struct answer *answer)
{
	for (int waited = 0; waited < PATIENCE; waited += TICK) {
		struct pollfd one = { answers[process][0], POLLIN, 0 };
		if (poll(&one, 1, TICK) > 0)
			return read(one.fd, answer, sizeof *answer) == sizeof *answer;
		if (alive[process] > 0 && kill(alive[process], 0) != 0)
			return 0;
	}
	return 0;
}

static int ask(int process, struct order order, struct answer *answer)
{
	if (write(orders[process][1], &order, sizeof order) != sizeof order)
		give_up("an order was not taken");
	return hear(process, answer);
}

/* The first word of a new process is its number. */
static int welcome(int process)
{
	struct answer first;
	if (!hear(process, &first))
		return 0;
	alive[process] = first.result;
	return 1;
}

static int start(int process)
{
	pid_t child = fork();
	if (child < 0)
		give_up("fork");
	if (child == 0) {
		/* Only the driver gives orders: when it ends, every process comes to the end of its own. */
		for (int other = 0; other < PROCESSES; other++)
			close(orders[other][1]);
		serve(process);
	}
	return welcome(process);
}

/* It is gone when its number is: nobody waits for it, so the kernel clears it away with its memory. */
static int end(int process)
{
	struct order order = { OP_EXIT, 0, 0 };
	struct timespec tick = { 0, TICK * 1000000l };
	if (write(orders[process][1], &order, sizeof order) != sizeof order)
		give_up("an order was not taken");
	for (int waited = 0; waited < PATIENCE; waited += TICK) {
		if (kill(alive[process], 0) != 0) {
			alive[process] = 0;
			return 1;
		}
		nanosleep(&tick, NULL);
	}
	return 0;
}

static int perform(const struct step *step, struct answer *answer)
{
	struct order order = { step->op, step->page, step->argument };
	answer->result = OK;
	answer->unseen = 0;
	switch (step->op) {
	case OP_SPAWN:
		return start(step->process);
	case OP_EXIT:
		return end(step->process);
	case OP_INSPECT:
		return 1;
	case OP_FORK:
		return ask(step->process, order, answer) && (answer->result != OK || welcome(step->argument));
	default:
		return ask(step->process, order, answer);
	}
}

/* ---- What is allowed ---- */

static int fits(int wanted, const struct answer *answer)
{
	if (wanted > VECTOR(0))
		return wanted == answer->result;
	if (answer->result > VECTOR(0))
		return 0;
	return (((unsigned)(VECTOR(0) - wanted) ^ (unsigned)(VECTOR(0) - answer->result)) & ~answer->unseen) == 0;
}

/* The entries of a state, where they could be seen. */
static int looks_like(const unsigned char *state, const int *seen)
{
	for (int entry = 0; entry < PROCESSES * PAGES; entry++)
		if (seen[entry] != NOT_SEEN && seen[entry] != state[entry])
			return 0;
	return 1;
}

static int look_around(int *seen)
{
	for (int entry = 0; entry < PROCESSES * PAGES; entry++) {
		struct order order = { OP_LOOK, entry % PAGES, 0 };
		struct answer answer = { NOT_SEEN, 0 };
		int process = entry / PAGES;
		if (alive[process] > 0 && !ask(process, order, &answer))
			return 0;
		seen[entry] = alive[process] > 0 ? answer.result : UNMAPPED;
	}
	return 1;
}

static void print_result(const char *before, int result)
{
	printf("%s", before);
	if (result >= 0)
		printf("the value %d", result);
	else if (result > VECTOR(0))
		printf("%s", RESULTS[-1 - result]);
	else
		printf("pages moved, by bits: 0x%x", (unsigned)(VECTOR(0) - result));
}

static void print_entries(const char *before, const int *seen)
{
	printf("%s", before);
	for (int entry = 0; entry < PROCESSES * PAGES; entry++)
		printf("%s%s", entry == 0 ? "" : entry % PAGES == 0 ? " | " : " ", ENTRIES[seen[entry]]);
}

static void explain(const struct step *step, const char *possible, const struct answer *answer, const int *seen)
{
	for (int at = step->first; at < step->first + step->count; at++) {
		int entries[PROCESSES * PAGES];
		if (!possible[WAYS[at].from])
			continue;
		print_result("# expected ", WAYS[at].result);
		for (int entry = 0; entry < PROCESSES * PAGES; entry++)
			entries[entry] = step->looks ? STATES[step->states + WAYS[at].to][entry] : NOT_SEEN;
		if (step->looks)
			print_entries("; entries ", entries);
		printf("\n");
	}
	print_result("# seen     ", answer->result);
	if (step->looks)
		print_entries("; entries ", seen);
	printf("\n");
}

/* One step: keeps the states that are still possible, and says whether there are any. */
static int judge(const struct step *step, char *possible)
{
	char after[MOST_STATES] = { 0 };
	struct answer answer;
	int seen[PROCESSES * PAGES] = { 0 };
	int any = 0;
	if (!perform(step, &answer) || (step->looks && !look_around(seen))) {
		printf("# a process ended, or was silent for too long\n");
		return 0;
	}
	for (int at = step->first; at < step->first + step->count; at++) {
		if (!possible[WAYS[at].from] || !fits(WAYS[at].result, &answer))
			continue;
		if (step->looks && !looks_like(STATES[step->states + WAYS[at].to], seen))
			continue;
		after[WAYS[at].to] = 1;
		any = 1;
	}
	if (!any)
		explain(step, possible, &answer, seen);
	memcpy(possible, after, sizeof after);
	return any;
}

static void skip(const char *why)
{
	printf("1..0 # SKIP %s: %s\n", why, strerror(errno));
	exit(77);
}

static void prepare(void)
{
	struct sigaction action;
	memset(&action, 0, sizeof action);
	action.sa_sigaction = on_signal;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* Children of processes that ended are cleared away here, too. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	buffer = aligned_alloc(page_size, page_size);
	for (int page = 0; page < PAGES; page++)
		protections[page] = -1;
	for (int process = 0; process < PROCESSES; process++)
		if (pipe(orders[process]) != 0 || pipe(answers[process]) != 0)
			give_up("pipe");
}

int main(void)
{
	const int steps = (int)(sizeof STEPS / sizeof *STEPS);
	char possible[MOST_STATES] = { 1 };
	int well = 1;
	int probe = zdc_open();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (probe < 0)
		skip("/dev/hmm_dmirror0 cannot be opened");
	close(probe);
	prepare();
	if (!start(0))
		give_up("no process could be started");
	printf("TAP version 13\n1..%d\n", steps);
	for (int at = 0; at < steps && well; at++) {
		well = judge(&STEPS[at], possible);
		printf("%s %d - %s\n", well ? "ok" : "not ok", at + 1, STEPS[at].text);
	}
	for (int process = 0; process < PROCESSES; process++)
		if (alive[process] > 0)
			kill(alive[process], SIGKILL);
	return well ? 0 : 1;
}
