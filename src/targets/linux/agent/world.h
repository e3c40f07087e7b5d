/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state that all processes of a case share. One of them has the turn: it executes commands
 * until the next one belongs to another process, which gets the turn then. So a case costs one
 * switch for each change of the process.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <sys/types.h>

#include "../module/zdc_uapi.h"
#include "case.h"

#define SUPERVISOR ZDC_PROCESSES
#define REPLY_BYTES (24u << 20)

struct cells {
	uint64_t cell[ZDC_CELLS];
};

/* The result of one side of a race. */
struct side_result {
	int signal;
	bool trapped;
	int error;
	struct cells cells;
	struct zdc_range range;
};

/*
 * @rival: the process that executes the right side, until it has; -1 for none
 * @first: the side that begins
 * @began: whether it has begun
 * @done: whether the right side is complete
 */
struct race {
	int32_t rival;
	uint32_t first;
	uint32_t began;
	uint32_t done;
	struct side_result results[2];
};

/*
 * @step: the next command, or the one that is executed
 * @turns: a futex for each process and for the supervisor: 1 if it has the turn
 * @waiting: whether each process waits for its turn, and touches no memory meanwhile
 * @generations: the number of processes that have filled each slot
 * @swap_areas: the number of swap areas in use
 * @run: the number of base pages in a page of the case
 * @differs: whether base pages of one page differ, which @failure describes
 * @separate: whether the pages of the case are in mappings that must not merge (mapping.c)
 * @named: the frames of the kernel's own test device, by their names (dmirror.c)
 * @failure: why the case cannot be executed; "" if it can
 */
struct world {
	struct test_case test_case;
	uint32_t step;
	uint32_t turns[ZDC_PROCESSES + 1];
	uint32_t waiting[ZDC_PROCESSES + 1];
	bool alive[ZDC_PROCESSES];
	pid_t pids[ZDC_PROCESSES];
	uint32_t generations[ZDC_PROCESSES];
	uint32_t swap_areas;
	struct zdc_info info;
	uint32_t run;
	bool differs;
	bool separate;
	uint64_t named[ZDC_FRAMES];
	struct race race;
	char failure[200];
	uint32_t reply_length;
	char reply[REPLY_BYTES];
};

extern struct world *world;
extern struct zdc_log *zdc_log;
extern int zdc_device;

static inline size_t page_bytes(void)
{
	return world->run * ZDC_PAGE;
}

static inline void *page_address(unsigned int page)
{
	return (void *)(ZDC_BASE + page * page_bytes());
}

/* process.c: processes of the case and their turns. */
extern int my_slot;
void world_open(void);
bool use_fixed_time_slices(void);
void give_turn(int to);
/* Waits for the turn. False after this many milliseconds; negative: no limit. */
bool await_turn(int who, int milliseconds);
/* Waits until all other processes wait. */
void await_others(int me);
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Base pages of one page differ: a finding. */
void fail_difference(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool has_failed(void);
void enter_slot(int slot);
/* Forks a process into a slot. True in the child. */
bool fork_into_slot(int slot);
/* Executes the commands of a process. Does not return. */
noreturn void run_process(int me);

/* supervise.c */
enum outcome {
	CASE_DONE,
	CASE_HUNG,
	CASE_DIED,
	CASE_FAILED,
	CASE_STUCK,
	CASE_LEAKED,
	CASE_DIFFERS,
};

enum outcome run_case(int milliseconds);

/* command.c: executes a command and writes its observation. */
void execute(const struct command *command);

/*
 * race.c: executes a race, or its right side. Both return the slot of the calling process, which
 * differs in the child of a fork.
 */
int execute_race(int me, const struct command *command);
int execute_right_side(int me);
bool is_rival(int me);
void reply_race(const struct command *command);

/* access.c: by the CPU: 0 or a signal; by the kernel: 0 or an error. */
void access_prepare(void);
int cpu_load(unsigned int page, struct cells *cells);
int cpu_store(unsigned int page, uint16_t value);
bool has_kernel_access(void);
int kernel_load(unsigned int page, struct cells *cells);
int kernel_store(unsigned int page, uint16_t value);

/* reply.c */
void reply_begin(void);
void reply_end(void);
void reply(const char *format, ...) __attribute__((format(printf, 1, 2)));
void reply_text(const char *text);
void reply_number(long number);
void reply_error(int error);
void reply_signal(int signal);
void reply_cells(const struct cells *cells);
void reply_outcomes(const struct zdc_range *range, unsigned int count);
void reply_events(void);

/* dmirror.c: the kernel's own test device. Accesses return 0 or an error. */
extern bool uses_dmirror;
void dmirror_enter(void);
void dmirror_migrate(struct zdc_range *range, bool to_device);
int dmirror_load(unsigned int page, struct cells *cells);
int dmirror_store(unsigned int page, uint16_t value);
int dmirror_frame(uint64_t pfn);
void dmirror_forget_frames(void);

/* state.c: entries as /proc shows them, and snapshots. */
#define PAGEMAP_PRESENT (1UL << 63)
#define PAGEMAP_SWAP (1UL << 62)
#define PAGEMAP_WRITE_PROTECTED (1UL << 57)
#define PAGEMAP_SOLE (1UL << 56)
#define PAGEMAP_SOFT_DIRTY (1UL << 55)
#define PAGEMAP_FRAME ((1UL << 55) - 1)
#define SWAP_TYPE 31UL
#define SWAP_TYPE_BITS 5
uint64_t read_entry(int slot, unsigned int page);
/* The page of a device that an entry names, or 0. */
uint64_t device_pfn(uint64_t entry);
bool has_pagemap(void);
void read_info(void);
/* Whether a page of this process is on a device and not part of a whole entry. */
bool has_device_entries(unsigned int page, unsigned int count);
void reply_page_map(unsigned int page);
void reply_soft_dirty(unsigned int page);
void reply_state(void);
void reply_charge(unsigned int group);

/* mapping.c: the mappings of the calling process. Functions return 0 or an error. */
int map_page(const struct command *command);
int unmap_page(const struct command *command);
int discard_page(const struct command *command);
int collapse_block(unsigned int page);
bool can_collapse(void);
int protect_page(const struct command *command);
int move_page(const struct command *command);
int populate_page(unsigned int page);
int lock_page(unsigned int page, bool locks);
int advise_page(unsigned int page, enum advice advice);
/* 1, 0, or a negative error. */
int page_residency(unsigned int page);
unsigned int count_private_pages(void);
bool permits(unsigned int page, bool writes);
void allow_large_pages(void);
bool has_large_pages(void);
void memory_prepare(void);
void memory_close(void);

/* watch.c: userfaultfd, and tracking of stores. */
enum trap { TRAP_MISSING, TRAP_STORES };
bool has_traps(enum trap trap);
void watch_enter(void);
void watch_forget(unsigned int page);
int watch_page(unsigned int page, enum watch watch);
bool is_watched(unsigned int page);
/* Whether an access that failed was trapped, and not refused by the driver. */
bool is_trapped(unsigned int page, bool writes);
bool has_soft_dirty(void);
int clear_soft_dirty(void);

/* machine.c: loads the module, in the name of a process that becomes the agent. */
void machine_begin(const char *module, const char *parameters);

/* record.c: whether a machine has what a case needs; the recording of a case with a reply. */
bool record_admits(const char *line, const char *capabilities);
void record_case(FILE *file, const char *line, const char *capabilities, const char *version);

/* coverage.c: writes the counts of the kernel since the last time as one line. */
void coverage_reply(int output);

/* system.c: control groups and swap areas of the machine. */
extern bool can_join_groups;
bool groups_open(const char *root);
void groups_close(void);
int group_join(unsigned int group);
void group_inodes(struct zdc_snapshot *snapshot);
bool swap_prepare(void);
unsigned int swap_on(unsigned int areas);
void swap_off(void);

#endif
