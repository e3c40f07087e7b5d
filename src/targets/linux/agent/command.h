/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Commands, and the size of the world in which they are executed. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdint.h>

enum op {
	OP_SPAWN, OP_FORK, OP_EXIT, OP_MAP, OP_UNMAP, OP_DISCARD, OP_PROTECT, OP_LOAD, OP_STORE,
	OP_TO_DEVICE, OP_TO_SYSTEM, OP_DEVICE_LOAD, OP_DEVICE_STORE, OP_PIN, OP_UNPIN, OP_INJECT,
	OP_HEAL, OP_EVICT, OP_ATTACH, OP_DETACH, OP_SWAP_ON, OP_INSPECT, OP_MOVE, OP_POPULATE,
	OP_LOCK, OP_UNLOCK, OP_PEEK, OP_PAGE_MAP, OP_RESIDENCY, OP_SMAPS, OP_WATCH,
	OP_CLEAR_SOFT_DIRTY, OP_SOFT_DIRTY, OP_MAKE_EXCLUSIVE, OP_DEVICE_EXCHANGE, OP_EVICT_ALL,
	OP_CLOSE, OP_OPEN, OP_HOT_ADD, OP_ADVISE, OP_KERNEL_LOAD, OP_KERNEL_STORE, OP_RACE, OP_JOIN,
	OP_CHARGE, OP_EVICT_RANGE, OP_COLLAPSE, OP_SPLIT, OP_UNKNOWN,
};

enum memory { MEMORY_PRIVATE, MEMORY_HOST, MEMORY_SHARED, MEMORY_FILE };

enum advice { ADVICE_FREE, ADVICE_COLD, ADVICE_PAGE_OUT, ADVICE_MOVE_NODE };

enum watch { WATCH_NONE, WATCH_MISSING, WATCH_STORES };

/*
 * @page: of an eviction of a range: the first frame, and @count the number of frames
 * @process: the process that executes it, or the victim of an injection; -1 for none
 * @to, @keep: of a move: the new page, and whether the old mapping stays
 * @protection: PROT_... of a mapping
 * @memory, @watch, @advice: values of the enumerations
 * @kind, @remaining: of an injection: enum zdc_injection_kind; -1 until healed
 * @whole: whether it concerns all pages of the block of @page
 * @compound: of a migration: whether large folios may migrate as they are
 * @sides: of a race: the index of its first command in the sides of the case, plus 1; 0 for none
 */
struct command {
	uint8_t op;
	int8_t process;
	int8_t child;
	int8_t page;
	int8_t to;
	uint8_t keep;
	uint8_t whole;
	uint8_t compound;
	uint8_t device;
	uint8_t count;
	uint8_t slot;
	uint8_t group;
	uint8_t protection;
	uint8_t memory;
	uint8_t watch;
	uint8_t advice;
	int8_t kind;
	int8_t remaining;
	uint16_t value;
	uint16_t sides;
};

/*
 * @frames: on each device
 * @block: the number of pages in a large folio; 1 in a world without them
 * @run: the number of base pages in a page
 */
struct scope {
	unsigned int processes, pages, frames, slots, devices, block, run;
};

#endif
