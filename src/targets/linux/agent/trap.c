// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Commands whose access a watch may trap: the page table tells it from an error of the driver. */
#define _GNU_SOURCE
#include <unistd.h>

#include "calls.h"

enum access { NO_ACCESS, LOADS, STORES };

/* The access to its page of a command that requests the page as user space does. */
static enum access access_of(const struct command *command)
{
	switch (command->op) {
	case OP_LOAD:
	case OP_KERNEL_LOAD:
		return LOADS;
	case OP_STORE:
	case OP_KERNEL_STORE:
	case OP_PIN:
		return STORES;
	case OP_POPULATE:
	case OP_LOCK:
	case OP_UNLOCK:
		return permits(command->page, true) ? STORES : LOADS;
	default:
		return NO_ACCESS;
	}
}

/* Whether an access that failed was trapped, and not refused by the driver. */
static bool is_trapped(unsigned int page, enum access access)
{
	enum watch watch = watch_of(page);
	uint64_t entry;

	if (watch == WATCH_NONE || access == NO_ACCESS || !permits(page, access == STORES))
		return false;
	entry = read_entry(my_slot, page);
	if (watch == WATCH_MISSING)
		return !(entry & (PAGEMAP_PRESENT | PAGEMAP_SWAP));
	return access == STORES && (entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_WRITE_PROTECTED);
}

/* An unmap ends a watch only now, since the other side of a race may access the page until then. */
static long execute_and_forget(const struct command *command)
{
	long result = execute_command(command);

	if (command->op == OP_UNMAP && result == OK)
		watch_forget(command->page);
	return result;
}

long execute_watched(const struct command *command)
{
	long result = execute_and_forget(command);

	if ((result == BUS_ERROR || result == FAULT_ERROR) &&
	    is_trapped(command->page, access_of(command)))
		return TRAPPED;
	return result;
}

/* The pages that this process watched before the race: an unmap beside an access ends the watch. */
static bool was_watched[ZDC_PAGES];

void save_watches(void)
{
	for (unsigned int page = 0; page < ZDC_PAGES; page++)
		was_watched[page] = watch_of(page) != WATCH_NONE;
}

/* Whether the driver answered a fault of this thread with SIGBUS. */
static bool was_refused(void)
{
	int me = gettid();

	for (unsigned int at = 0; at < ZDC_REFUSED; at++)
		if (__atomic_load_n(&zdc_log->refused[at], __ATOMIC_ACQUIRE) == me)
			return true;
	return false;
}

/*
 * The page table may have changed since an access; but if the driver has not refused this thread,
 * nothing else than a watch can have ended it.
 */
long execute_watched_side(const struct command *command)
{
	long result = execute_and_forget(command);

	if (result == BUS_ERROR && was_watched[command->page] && !was_refused())
		return TRAPPED;
	return result;
}
