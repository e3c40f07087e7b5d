/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../module/zdc_uapi.h"
#include "case.h"

struct cells {
	uint64_t cell[ZDC_CELLS];
};

/*
 * What all processes of a case share. One of them runs at a time: whoever has the turn carries out commands until one
 * comes that is another's, and hands the turn on. So a case costs no more switches than its own changes of process.
 */

#define SUPERVISOR ZDC_PROCESSES
#define ANSWER_ROOM (24u << 20)

/* What one of two racing commands came to. */
struct attempt {
	int signal;
	bool trapped;
	int error;
	struct cells cells;
	struct zdc_range range;
};

struct race {
	/* Whoever is to do the right side, while it is not done; -1 where nobody is. */
	int32_t rival;
	/* Which side goes first, and whether it does. */
	uint32_t first;
	uint32_t began;
	uint32_t done;
	struct attempt attempts[2];
};

struct world {
	struct test_case test_case;
	/* The next command, or the one under way. */
	uint32_t step;
	/* One futex for each process slot, and the supervisor's: 1 where it has the turn. */
	uint32_t turns[ZDC_PROCESSES + 1];
	bool alive[ZDC_PROCESSES];
	pid_t pids[ZDC_PROCESSES];
	/* Counts who ever filled a slot, so that what was remembered of another is not taken for it. */
	uint32_t generations[ZDC_PROCESSES];
	uint32_t swap_areas;
	struct zdc_info info;
	/* Whether the pages of the case are in mappings that must not merge; see apart.c. */
	bool keeps_apart;
	/* Which frame of the kernel's own test device bears which name; see dmirror.c. */
	uint64_t named[ZDC_FRAMES];
	/* A race between two processes: what the other is to do, and what came of both; see race.c. */
	struct race race;
	/* Where the world itself is at fault, a sentence; the case is not answered. */
	char trouble[200];
	uint32_t answered;
	char answer[ANSWER_ROOM];
};

extern struct world *world;
extern struct zdc_log *zdc_log;
extern int zdc_device;
/* The slot that this process fills. */
extern int my_slot;

/* world.c */
void world_open(void);
bool take_long_turns(void);
void give_turn(int to);
/* Waits for the turn; false when so many milliseconds have passed. */
bool await_turn(int who, int milliseconds);
void trouble(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* worker.c: carries out what is this process's own; never returns in a process of a case. */
void work(int me) __attribute__((noreturn));

/* supervise.c */
enum outcome { ANSWERED, HUNG, DIED, TROUBLED, STUCK, LEAKED };
enum outcome supervise(int milliseconds);

/* command.c: carries out one command and writes its observation. */
void carry_out(const struct command *command);

/*
 * race.c: carries out a race, or its right side where that is for this process to do. Both answer which slot this process
 * fills afterwards: one that forked has a child that fills another.
 */
int race(int me, const struct command *command);
bool is_rival(int me);
int contend_as_rival(int me);
void say_race(const struct command *command);

/* slot.c: this process fills a slot; a child of it does, where it answers true. */
void enter(int slot);
bool fork_into(int slot);

/* touch.c */
void touch_prepare(void);
/* 0, or the signal that it came to. */
int touch_load(unsigned int page, struct cells *cells);
int touch_store(unsigned int page, uint16_t value);

/* answer.c */
void answer_begin(void);
void answer_end(void);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_text(const char *text);
void say_number(long number);
void say_error(int error);
void say_signal(int signal);
void say_cells(const struct cells *cells);
void say_outcomes(const struct zdc_range *range, unsigned int count);
void say_events(void);

/* dmirror.c */
extern bool uses_dmirror;
void dmirror_enter(void);
void dmirror_migrate(struct zdc_range *range, bool to_device);
/* 0, or the error that it came to. */
int dmirror_load(unsigned int page, struct cells *cells);
int dmirror_store(unsigned int page, uint16_t value);
int dmirror_frame(uint64_t pfn);
void dmirror_forget_frames(void);

/* entry.c: an entry as /proc shows it, and the frame of a device that it names, or 0. */
#define PAGEMAP_PRESENT (1UL << 63)
#define PAGEMAP_SWAP (1UL << 62)
#define PAGEMAP_SOLE (1UL << 56)
#define PAGEMAP_WATCHED (1UL << 57)
#define PAGEMAP_SOFT_DIRTY (1UL << 55)
#define PAGEMAP_FRAME ((1UL << 55) - 1)
#define SWAP_TYPE 31UL
#define SWAP_TYPE_BITS 5
/* The open file. */
int pagemap_of(int slot);
uint64_t entry_of(int slot, unsigned int page);
uint64_t device_pfn(uint64_t entry);

/* state.c */
void read_info(void);
void say_page_map(unsigned int page);
void say_state(void);
void say_charge(unsigned int group);

/* mapping.c: what a process does with its own mappings, each giving 0 or an error; and how many pages it has. */
int map_page(const struct command *command);
int unmap_page(unsigned int page);
int protect_page(unsigned int page, int protection);
int move_page(const struct command *command);
int populate_page(unsigned int page);
int lock_page(unsigned int page, bool locks);
/* 1 or 0, or below zero an error. */
int residency_of(unsigned int page);
unsigned int private_pages(void);
/* Whether the process may read a page, or write it. */

/* group.c: what is to be there first; this process joins a group: 0, or the error that it came to. */
extern bool joins_groups;
bool group_prepare(void);
int group_join(unsigned int group);
void group_ask(struct zdc_look *look);

/* advise.c */
int advise_page(unsigned int page, enum advice advice);

/* apart.c */
int map_apart(unsigned int page, int protection);
int move_apart(unsigned int page, unsigned int to, int flags);

/* memory.c: what is mapped that is not the process's own. */
void memory_prepare(void);
void memory_close(void);
int memory_file(enum memory memory);
off_t memory_place(unsigned int page);

/* kernel_access.c: 0, or the error that it came to. */
int kernel_load(unsigned int page, struct cells *cells);
int kernel_store(unsigned int page, uint16_t value);

/* tracking.c */
int clear_soft_dirty(void);
void say_soft_dirty(unsigned int page);

/* watch.c */
void watch_enter(void);
void watch_forget(unsigned int page);
int watch_page(unsigned int page, enum watch watch);
/* Whether an access that failed was trapped, and not refused. */
bool is_watched(unsigned int page);
bool is_trapped(unsigned int page, bool writes);

/* protection.c: what this process may do with each of its pages; below zero where nothing is mapped. A fork inherits it. */
extern int8_t protections[ZDC_PAGES];
bool permits(unsigned int page, bool writes);

/* swap.c */
void swap_prepare(void);
unsigned int swap_on(unsigned int areas);
void swap_off(void);

#endif
