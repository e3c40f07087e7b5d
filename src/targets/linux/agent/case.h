/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CASE_H
#define CASE_H

#include <stdint.h>

/* A case as the wire carries it, in numbers. */

#define MOST_COMMANDS 8192

enum op {
	OP_SPAWN, OP_FORK, OP_EXIT, OP_MAP, OP_UNMAP, OP_DISCARD, OP_PROTECT, OP_LOAD, OP_STORE, OP_TO_DEVICE,
	OP_TO_SYSTEM, OP_DEVICE_LOAD, OP_DEVICE_STORE, OP_PIN, OP_UNPIN, OP_INJECT, OP_HEAL, OP_EVICT, OP_ATTACH,
	OP_DETACH, OP_SWAP_ON, OP_INSPECT, OP_MOVE, OP_POPULATE, OP_LOCK, OP_UNLOCK, OP_PEEK, OP_PAGE_MAP,
	OP_RESIDENCY, OP_SMAPS, OP_WATCH, OP_CLEAR_SOFT_DIRTY, OP_SOFT_DIRTY, OP_MAKE_EXCLUSIVE, OP_DEVICE_EXCHANGE,
	OP_EVICT_ALL, OP_CLOSE, OP_OPEN, OP_HOT_ADD, OP_ADVISE, OP_KERNEL_LOAD, OP_KERNEL_STORE, OP_RACE, OP_JOIN,
	OP_CHARGE, OP_UNKNOWN,
};

/* What a mapping maps. */
enum memory { MEMORY_PRIVATE, MEMORY_HOST, MEMORY_SHARED, MEMORY_FILE };

enum advice { ADVICE_FREE, ADVICE_COLD, ADVICE_PAGE_OUT, ADVICE_MOVE_NODE };

enum watch { WATCH_NONE, WATCH_MISSING, WATCH_STORES };

enum observe { OBSERVE_RESULTS, OBSERVE_INSPECT, OBSERVE_EVERY_STEP };

struct command {
	uint8_t op;
	/* The process that carries it out, or whose victim it is; -1 where it is nobody's. */
	int8_t process;
	int8_t child;
	int8_t page;
	/* Where a mapping moves, and whether it is left behind, too. */
	int8_t to;
	uint8_t keep;
	uint8_t device;
	uint8_t count;
	uint8_t slot;
	uint8_t group;
	/* PROT_… of a mapping. */
	uint8_t protection;
	/* enum memory, of a mapping. */
	uint8_t memory;
	/* enum watch, enum advice. */
	uint8_t watch;
	uint8_t advice;
	/* Of an injection: enum zdc_injection_kind, and -1 for any or for until-healed. */
	int8_t kind;
	int8_t remaining;
	uint16_t value;
	/* Of a race: where its two commands are among the contenders, one after the other. */
	uint16_t contenders;
};

struct scope {
	unsigned int processes, pages, frames, slots, devices;
};

struct test_case {
	long id;
	struct scope scope;
	enum observe observe;
	unsigned int length;
	struct command commands[MOST_COMMANDS];
	unsigned int contender_count;
	struct command contenders[2 * MOST_COMMANDS];
};

enum line_kind { LINE_HELLO, LINE_CASE, LINE_OTHER };

/* Reads a line. LINE_OTHER: it is nothing that we understand, and *wrong says why. */
enum line_kind read_line_of_wire(const char *line, struct test_case *into, const char **wrong);

#endif
