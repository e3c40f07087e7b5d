// SPDX-License-Identifier: GPL-2.0
/* Executes commands. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "world.h"

static void reply_ioctl(int ret)
{
	reply_error(ret < 0 ? errno : 0);
}

/* The result of an access that a watch may have trapped. */
static void reply_access(const struct command *command, int signal, bool writes)
{
	if (signal == SIGBUS && is_trapped(command->page, writes))
		reply_text("\"trapped\"");
	else
		reply_signal(signal);
}

/* The result of a system call that a watch may have trapped. */
static void reply_call(const struct command *command, int error, bool writes)
{
	if (error == EFAULT && is_trapped(command->page, writes))
		reply_text("\"trapped\"");
	else
		reply_error(error);
}

static void execute_load(const struct command *command)
{
	struct cells cells;
	int signal = cpu_load(command->page, &cells);

	if (signal)
		reply_access(command, signal, false);
	else
		reply_cells(&cells);
}

static void execute_kernel_load(const struct command *command)
{
	struct cells cells;
	int error = kernel_load(command->page, &cells);

	if (error)
		reply_call(command, error, false);
	else
		reply_cells(&cells);
}

static void execute_migration(const struct command *command, unsigned long request)
{
	struct zdc_range range = {
		.device = command->device,
		.page = command->page,
		.count = request == ZDC_EVICT ? 1 : command->count,
		.compound = command->compound,
	};

	if (uses_dmirror)
		dmirror_migrate(&range, request == ZDC_TO_DEVICE);
	else if (ioctl(zdc_device, request, &range))
		fail("migration: %s", strerror(errno));
	reply_outcomes(&range, range.count);
}

static void execute_driver_access(const struct command *command, unsigned long request)
{
	struct zdc_access access = {
		.device = command->device,
		.page = command->page,
		.slot = command->slot,
	};
	struct cells cells;

	for (unsigned int cell = 0; cell < ZDC_CELLS; cell++)
		access.cells[cell] = command->value;
	if (ioctl(zdc_device, request, &access)) {
		if (request == ZDC_PIN)
			reply_call(command, errno, true);
		else
			reply_error(errno);
	} else if (_IOC_DIR(request) & _IOC_READ) {
		memcpy(cells.cell, access.cells, sizeof(cells.cell));
		reply_cells(&cells);
	} else {
		reply_text("\"ok\"");
	}
}

static void execute_dmirror_access(const struct command *command)
{
	struct cells cells;

	if (command->op == OP_DEVICE_STORE) {
		reply_error(dmirror_store(command->page, command->value));
	} else {
		int error = dmirror_load(command->page, &cells);

		if (error)
			reply_error(error);
		else
			reply_cells(&cells);
	}
}

static void execute_device_access(const struct command *command, unsigned long request)
{
	if (uses_dmirror)
		execute_dmirror_access(command);
	else
		execute_driver_access(command, request);
}

static void execute_residency(unsigned int page)
{
	int resident = page_residency(page);

	if (resident < 0)
		reply_error(-resident);
	else
		reply_number(resident);
}

/* Frames are numbered across devices. */
static long evict_range(const struct command *command)
{
	unsigned int end = command->page + command->count;
	unsigned int frames = world->test_case.scope.frames;
	long moved = 0;

	for (unsigned int at = command->page, next; at < end && frames > 0; at = next) {
		struct zdc_range range = { .device = at / frames, .page = at % frames };
		long ret;

		next = (range.device + 1) * frames;
		if (next > end)
			next = end;
		range.count = next - at;
		ret = ioctl(zdc_device, ZDC_EVICT_RANGE, &range);
		if (ret < 0)
			fail("eviction of a range: %s", strerror(errno));
		moved += ret;
	}
	return moved;
}

static int device_ioctl(const struct command *command, unsigned long request)
{
	unsigned int number = command->device;

	return ioctl(zdc_device, request, &number);
}

static void execute_inject(const struct command *command)
{
	struct zdc_inject inject = {
		.kind = command->kind,
		.process = command->process,
		.page = command->page,
		.remaining = command->remaining,
	};

	reply_ioctl(ioctl(zdc_device, ZDC_INJECT, &inject));
}

static void execute_and_reply(const struct command *command)
{
	unsigned int page = command->page;

	switch (command->op) {
	case OP_MAP:
		reply_error(map_page(command));
		return;
	case OP_UNMAP:
		reply_error(unmap_page(command));
		return;
	case OP_MOVE:
		reply_error(move_page(command));
		return;
	case OP_POPULATE:
		reply_call(command, populate_page(page), permits(page, true));
		return;
	case OP_LOCK:
	case OP_UNLOCK:
		reply_call(command, lock_page(page, command->op == OP_LOCK), permits(page, true));
		return;
	case OP_PEEK:
		execute_driver_access(command, ZDC_NOFAULT_LOAD);
		return;
	case OP_PAGE_MAP:
		reply_page_map(page);
		return;
	case OP_RESIDENCY:
		execute_residency(page);
		return;
	case OP_SMAPS:
		reply_number(count_private_pages());
		return;
	case OP_ADVISE:
		reply_error(advise_page(page, command->advice));
		return;
	case OP_KERNEL_LOAD:
		execute_kernel_load(command);
		return;
	case OP_KERNEL_STORE:
		reply_call(command, kernel_store(page, command->value), true);
		return;
	case OP_WATCH:
		reply_error(watch_page(page, command->watch));
		return;
	case OP_CLEAR_SOFT_DIRTY:
		reply_error(clear_soft_dirty());
		return;
	case OP_SOFT_DIRTY:
		reply_soft_dirty(page);
		return;
	case OP_MAKE_EXCLUSIVE:
		execute_driver_access(command, ZDC_MAKE_EXCLUSIVE);
		return;
	case OP_DEVICE_EXCHANGE:
		execute_driver_access(command, ZDC_EXCHANGE);
		return;
	case OP_EVICT_ALL:
		reply_number(device_ioctl(command, ZDC_EVICT_ALL));
		return;
	case OP_EVICT_RANGE:
		reply_number(evict_range(command));
		return;
	case OP_COLLAPSE:
		reply_error(collapse_block(page));
		return;
	case OP_SPLIT:
		reply_ioctl(ioctl(zdc_device, ZDC_SPLIT, &(uint32_t){ page }));
		return;
	case OP_DISCARD:
		reply_error(discard_page(command));
		return;
	case OP_PROTECT:
		reply_error(protect_page(command));
		return;
	case OP_LOAD:
		execute_load(command);
		return;
	case OP_STORE:
		reply_access(command, cpu_store(page, command->value), true);
		return;
	case OP_TO_DEVICE:
		execute_migration(command, ZDC_TO_DEVICE);
		return;
	case OP_TO_SYSTEM:
		execute_migration(command, ZDC_TO_SYSTEM);
		return;
	case OP_EVICT:
		execute_migration(command, ZDC_EVICT);
		return;
	case OP_DEVICE_LOAD:
		execute_device_access(command, ZDC_LOAD);
		return;
	case OP_DEVICE_STORE:
		execute_device_access(command, ZDC_STORE);
		return;
	case OP_PIN:
		execute_driver_access(command, ZDC_PIN);
		return;
	case OP_UNPIN:
		execute_driver_access(command, ZDC_UNPIN);
		return;
	case OP_INJECT:
		execute_inject(command);
		return;
	case OP_HEAL:
		reply_ioctl(ioctl(zdc_device, ZDC_HEAL));
		return;
	case OP_ATTACH:
		reply_ioctl(device_ioctl(command, ZDC_ATTACH));
		read_info();
		return;
	case OP_DETACH:
		reply_ioctl(device_ioctl(command, ZDC_DETACH));
		return;
	case OP_CLOSE:
		reply_ioctl(device_ioctl(command, ZDC_CLOSE));
		return;
	case OP_OPEN:
		reply_ioctl(device_ioctl(command, ZDC_OPEN));
		return;
	case OP_HOT_ADD:
		reply_ioctl(device_ioctl(command, ZDC_HOT_ADD));
		return;
	case OP_JOIN:
		reply_error(group_join(command->group));
		return;
	case OP_CHARGE:
		reply_charge(command->group);
		return;
	case OP_SWAP_ON:
		reply_number(swap_on(command->count));
		return;
	case OP_RACE:
		/* Already executed, by the processes that take part. */
		reply_race(command);
		return;
	case OP_SPAWN:
	case OP_FORK:
	case OP_EXIT:
	case OP_INSPECT:
		/* Processes begin and end before this. */
		reply_text("\"ok\"");
		return;
	default:
		reply_text("\"unsupported\"");
	}
}

void execute(const struct command *command)
{
	enum observe observe = world->test_case.observe;

	reply_text(world->step > 0 ? ",{\"result\":" : "{\"result\":");
	execute_and_reply(command);
	reply_events();
	if (observe == OBSERVE_EVERY_STEP ||
	    (observe == OBSERVE_INSPECT && command->op == OP_INSPECT))
		reply_state();
	if (zdc_log->difference[0])
		fail_difference("%s", zdc_log->difference);
	reply_text("}");
	world->step++;
}
