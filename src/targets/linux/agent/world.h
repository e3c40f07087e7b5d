/* SPDX-License-Identifier: GPL-2.0 OR MIT */
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

#include "access.h"
#include "case.h"
#include "calls.h"
#include "side.h"

#define SUPERVISOR ZDC_PROCESSES
#define REPLY_BYTES (24u << 20)

/*
 * @rival: the process that executes the right side, until it has; -1 for none
 * @done: whether the right side is complete
 */
struct race {
	int32_t rival;
	uint32_t done;
	long results[2];
};

/*
 * @step: the next command, or the one that is executed
 * @turns: a futex for each process and for the supervisor: 1 if it has the turn
 * @waiting: whether each process waits for its turn, and touches no memory meanwhile
 * @generations: the number of processes that have filled each slot
 * @differs: whether base pages of one page differ, which @failure describes
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
	bool differs;
	struct shared shared;
	struct race race;
	char failure[200];
	uint32_t reply_length;
	char reply[REPLY_BYTES];
};

extern struct world *world;

/* process.c: processes of the case and their turns. */
void world_open(void);
bool use_fixed_time_slices(void);
void give_turn(int to);
/* Waits for the turn. False after this many milliseconds; negative: no limit. */
bool await_turn(int who, int milliseconds);
/* Waits until all other processes wait. */
void await_others(int me);
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

/* reply.c */
void reply_begin(void);
void reply_end(void);
void reply(const char *format, ...) __attribute__((format(printf, 1, 2)));
void reply_text(const char *text);
void reply_word(const char *word);
void reply_number(long number);
/* Of a command: a vector has as many outcomes as the command has pages. */
void reply_result(const struct command *command, long result);
void reply_events(void);

/* dmirror.c: the kernel's own test device. */
extern bool uses_dmirror;
void dmirror_enter(void);
/* Whether the device executes such commands. */
bool dmirror_has(enum op op);
long dmirror_execute(const struct command *command);
void dmirror_name_frames(void);

/* state.c */
bool has_pagemap(void);
long charge_of(unsigned int group);
void reply_state(void);

/* machine.c: loads the module, in the name of a process that becomes the agent. */
void machine_begin(const char *module, const char *parameters);

/* record.c: whether a machine has what a case needs; the recording of a case with a reply. */
bool record_admits(const char *line, const char *capabilities);
void record_case(FILE *file, const char *line, const char *capabilities, const char *version);

/* coverage.c: writes the counts of the kernel since the last time as one line. */
void coverage_reply(int output);

/* groups.c: control groups of the machine. */
extern bool can_join_groups;
bool groups_open(const char *root);
void groups_close(void);
int group_join(unsigned int group);
void group_inodes(struct zdc_snapshot *snapshot);

#endif
