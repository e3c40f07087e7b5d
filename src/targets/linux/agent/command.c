// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

static void *at(const struct command *command)
{
	return (void *)(ZDC_BASE + command->page * ZDC_PAGE);
}

static void say_done(int result)
{
	say_error(result < 0 ? errno : 0);
}

/* The end of an access that may have met a watched page. */
static void say_touched(const struct command *command, int signal, bool writes)
{
	if (signal == SIGBUS && is_trapped(command->page, writes))
		say_text("\"trapped\"");
	else
		say_signal(signal);
}

static void say_called(const struct command *command, int error, bool writes)
{
	if (error == EFAULT && is_trapped(command->page, writes))
		say_text("\"trapped\"");
	else
		say_error(error);
}

static void do_load(const struct command *command)
{
	struct cells cells;
	int signal = touch_load(command->page, &cells);

	if (signal)
		say_touched(command, signal, false);
	else
		say_cells(&cells);
}

static void do_kernel_load(const struct command *command)
{
	struct cells cells;
	int error = kernel_load(command->page, &cells);

	if (error)
		say_called(command, error, false);
	else
		say_cells(&cells);
}

static void do_range(const struct command *command, unsigned long request)
{
	struct zdc_range range = { .device = command->device, .page = command->page, .count = command->count };

	if (request == ZDC_EVICT)
		range.count = 1;
	if (uses_dmirror)
		dmirror_migrate(&range, request == ZDC_TO_DEVICE);
	else if (ioctl(zdc_device, request, &range))
		trouble("migration: %s", strerror(errno));
	say_outcomes(&range, request == ZDC_EVICT ? 1 : command->count);
}

static void do_access(const struct command *command, unsigned long request)
{
	struct zdc_access access = { .device = command->device, .page = command->page, .slot = command->slot };
	struct cells cells;

	for (unsigned int cell = 0; cell < ZDC_CELLS; cell++)
		access.cells[cell] = command->value;
	if (ioctl(zdc_device, request, &access)) {
		if (request == ZDC_PIN)
			say_called(command, errno, true);
		else
			say_error(errno);
	} else if (request == ZDC_LOAD || request == ZDC_UNPIN || request == ZDC_PEEK || request == ZDC_EXCHANGE) {
		memcpy(cells.cell, access.cells, sizeof(cells.cell));
		say_cells(&cells);
	} else {
		say_text("\"ok\"");
	}
}

static void do_dmirror(const struct command *command)
{
	struct cells cells;
	int error = command->op == OP_DEVICE_LOAD ? dmirror_load(command->page, &cells) :
						    dmirror_store(command->page, command->value);

	if (error == 0 && command->op == OP_DEVICE_LOAD)
		say_cells(&cells);
	else
		say_error(error);
}

static void do_residency(unsigned int page)
{
	int resident = residency_of(page);

	if (resident < 0)
		say_error(-resident);
	else
		say("%d", resident);
}

static int ask_device(const struct command *command, unsigned long request)
{
	unsigned int number = command->device;

	return ioctl(zdc_device, request, &number);
}

static void do_inject(const struct command *command)
{
	struct zdc_inject inject = {
		.kind = command->kind,
		.process = command->process,
		.page = command->page,
		.remaining = command->remaining,
	};

	say_done(ioctl(zdc_device, ZDC_INJECT, &inject));
}

static void say_result(const struct command *command)
{
	switch (command->op) {
	case OP_MAP:
		say_error(map_page(command));
		return;
	case OP_UNMAP:
		say_error(unmap_page(command->page));
		return;
	case OP_MOVE:
		say_error(move_page(command));
		return;
	case OP_POPULATE:
		say_called(command, populate_page(command->page), permits(command->page, true));
		return;
	case OP_LOCK:
	case OP_UNLOCK:
		say_called(command, lock_page(command->page, command->op == OP_LOCK), permits(command->page, true));
		return;
	case OP_PEEK:
		do_access(command, ZDC_PEEK);
		return;
	case OP_PAGE_MAP:
		say_page_map(command->page);
		return;
	case OP_RESIDENCY:
		do_residency(command->page);
		return;
	case OP_SMAPS:
		say("%u", private_pages());
		return;
	case OP_ADVISE:
		say_error(advise_page(command->page, command->advice));
		return;
	case OP_KERNEL_LOAD:
		do_kernel_load(command);
		return;
	case OP_KERNEL_STORE:
		say_called(command, kernel_store(command->page, command->value), true);
		return;
	case OP_WATCH:
		say_error(watch_page(command->page, command->watch));
		return;
	case OP_CLEAR_SOFT_DIRTY:
		say_error(clear_soft_dirty());
		return;
	case OP_SOFT_DIRTY:
		say_soft_dirty(command->page);
		return;
	case OP_MAKE_EXCLUSIVE:
		do_access(command, ZDC_MAKE_EXCLUSIVE);
		return;
	case OP_DEVICE_EXCHANGE:
		do_access(command, ZDC_EXCHANGE);
		return;
	case OP_EVICT_ALL:
		say("%d", ask_device(command, ZDC_EVICT_ALL));
		return;
	case OP_DISCARD:
		say_done(madvise(at(command), ZDC_PAGE, MADV_DONTNEED));
		return;
	case OP_PROTECT:
		say_error(protect_page(command->page, command->protection));
		return;
	case OP_LOAD:
		do_load(command);
		return;
	case OP_STORE:
		say_touched(command, touch_store(command->page, command->value), true);
		return;
	case OP_TO_DEVICE:
		do_range(command, ZDC_TO_DEVICE);
		return;
	case OP_TO_SYSTEM:
		do_range(command, ZDC_TO_SYSTEM);
		return;
	case OP_EVICT:
		do_range(command, ZDC_EVICT);
		return;
	case OP_DEVICE_LOAD:
	case OP_DEVICE_STORE:
		if (uses_dmirror)
			do_dmirror(command);
		else
			do_access(command, command->op == OP_DEVICE_LOAD ? ZDC_LOAD : ZDC_STORE);
		return;
	case OP_PIN:
		do_access(command, ZDC_PIN);
		return;
	case OP_UNPIN:
		do_access(command, ZDC_UNPIN);
		return;
	case OP_INJECT:
		do_inject(command);
		return;
	case OP_HEAL:
		say_done(ioctl(zdc_device, ZDC_HEAL));
		return;
	case OP_ATTACH:
		say_done(ask_device(command, ZDC_ATTACH));
		read_info();
		return;
	case OP_DETACH:
		say_done(ask_device(command, ZDC_DETACH));
		return;
	case OP_CLOSE:
		say_done(ask_device(command, ZDC_CLOSE));
		return;
	case OP_OPEN:
		say_done(ask_device(command, ZDC_OPEN));
		return;
	case OP_HOT_ADD:
		say_done(ask_device(command, ZDC_HOT_ADD));
		return;
	case OP_JOIN:
		say_error(group_join(command->group));
		return;
	case OP_CHARGE:
		say_charge(command->group);
		return;
	case OP_SWAP_ON:
		say("%u", swap_on(command->count));
		return;
	case OP_RACE:
		/* It was carried out before this, by all who are in it. */
		say_race(command);
		return;
	case OP_SPAWN:
	case OP_FORK:
	case OP_EXIT:
	case OP_INSPECT:
		/* The world changes its processes itself, before this. */
		say_text("\"ok\"");
		return;
	default:
		say_text("\"unsupported\"");
	}
}

void carry_out(const struct command *command)
{
	enum observe observe = world->test_case.observe;

	say_text(world->step > 0 ? ",{\"result\":" : "{\"result\":");
	say_result(command);
	say_events();
	if (observe == OBSERVE_EVERY_STEP || (observe == OBSERVE_INSPECT && command->op == OP_INSPECT))
		say_state();
	say_text("}");
	world->step++;
}
