/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../module/zdc_uapi.h"
#include "case.h"

/*
 * What all processes of a case share. One of them runs at a time: whoever has the turn carries out commands until one
 * comes that is another's, and hands the turn on. So a case costs no more switches than its own changes of process.
 */

#define SUPERVISOR ZDC_PROCESSES
#define ANSWER_ROOM (24u << 20)

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
	/* Where the world itself is at fault, a sentence; the case is not answered. */
	char trouble[200];
	uint32_t answered;
	char answer[ANSWER_ROOM];
};

extern struct world *world;
extern struct zdc_log *zdc_log;
extern struct zdc_info zdc_info;
extern int zdc_device;
extern int host_memory;

/* world.c */
void world_open(void);
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

/* touch.c */
struct cells {
	uint64_t cell[ZDC_CELLS];
};
void touch_prepare(void);
/* 0, or the signal that it came to. */
int touch_load(unsigned int page, struct cells *cells);
int touch_store(unsigned int page, uint16_t value);

/* answer.c */
void answer_begin(void);
void answer_end(void);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_text(const char *text);
void say_cells(const struct cells *cells);
void say_outcomes(const struct zdc_range *range, unsigned int count);
void say_events(void);

/* state.c */
void say_state(void);

/* swap.c */
void swap_prepare(void);
unsigned int swap_on(unsigned int areas);
void swap_off(void);

#endif
