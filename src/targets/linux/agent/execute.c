// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Executes commands. */
#include "access.h"
#include "calls.h"

long execute_command(const struct command *command)
{
	switch (command->op) {
	case OP_MAP:
		return error_result(map_page(command));
	case OP_UNMAP:
		return error_result(unmap_page(command));
	case OP_MOVE:
		return error_result(move_page(command));
	case OP_DISCARD:
		return error_result(discard_page(command));
	case OP_PROTECT:
		return error_result(protect_page(command));
	case OP_POPULATE:
		return error_result(populate_page(command->page));
	case OP_LOCK:
		return error_result(lock_page(command->page, true));
	case OP_UNLOCK:
		return error_result(lock_page(command->page, false));
	case OP_ADVISE:
		return error_result(advise_page(command->page, command->advice));
	case OP_COLLAPSE:
		return error_result(collapse_block(command->page));
	case OP_LOAD:
		return cpu_access(page_address(command->page), scope.run, -1);
	case OP_STORE:
		return cpu_access(page_address(command->page), scope.run, command->value);
	case OP_KERNEL_LOAD:
		return kernel_load(command->page);
	case OP_KERNEL_STORE:
		return kernel_store(command->page, command->value);
	case OP_PAGE_MAP:
		return page_map(command->page);
	case OP_SOFT_DIRTY:
		return soft_dirty(command->page);
	case OP_CLEAR_SOFT_DIRTY:
		return error_result(clear_soft_dirty());
	case OP_RESIDENCY:
		return page_residency(command->page);
	case OP_SMAPS:
		return count_private_pages();
	case OP_WATCH:
		return error_result(watch_page(command->page, command->watch));
	case OP_TO_DEVICE:
		return migrate(command, ZDC_TO_DEVICE);
	case OP_TO_SYSTEM:
		return migrate(command, ZDC_TO_SYSTEM);
	case OP_EVICT:
		return migrate(command, ZDC_EVICT);
	case OP_EVICT_RANGE:
		return evict_range(command);
	case OP_EVICT_ALL:
		return driver_count(ZDC_EVICT_ALL, command->device);
	case OP_SPLIT:
		return driver_request(ZDC_SPLIT, command->page);
	case OP_DEVICE_LOAD:
		return driver_access(command, ZDC_LOAD);
	case OP_DEVICE_STORE:
		return driver_access(command, ZDC_STORE);
	case OP_DEVICE_EXCHANGE:
		return driver_access(command, ZDC_EXCHANGE);
	case OP_MAKE_EXCLUSIVE:
		return driver_access(command, ZDC_MAKE_EXCLUSIVE);
	case OP_PEEK:
		return driver_access(command, ZDC_NOFAULT_LOAD);
	case OP_PIN:
		return driver_access(command, ZDC_PIN);
	case OP_UNPIN:
		return driver_access(command, ZDC_UNPIN);
	case OP_INJECT:
		return inject(command);
	case OP_HEAL:
		return driver_request(ZDC_HEAL, 0);
	case OP_ATTACH:
		return attach_device(command->device);
	case OP_DETACH:
		return driver_request(ZDC_DETACH, command->device);
	case OP_CLOSE:
		return driver_request(ZDC_CLOSE, command->device);
	case OP_OPEN:
		return driver_request(ZDC_OPEN, command->device);
	case OP_HOT_ADD:
		return driver_request(ZDC_HOT_ADD, command->device);
	case OP_SWAP_ON:
		return swap_on(command->count);
	default:
		return OK;
	}
}
