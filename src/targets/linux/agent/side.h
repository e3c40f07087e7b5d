/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The sides of a race, and its timing. */
#ifndef SIDE_H
#define SIDE_H

#include <pthread.h>
#include <stdbool.h>

#include "command.h"

/* A side that a second thread executes. */
struct side {
	const struct command *command;
	unsigned int number;
	long (*execute)(const struct command *command);
	long result;
	pthread_t thread;
};

/* side.c */
void open_windows(unsigned int windows, unsigned int pause);
void close_windows(void);
void begin_side(unsigned int number);
bool start_side(struct side *side);
/* Returns the result. */
long join_side(struct side *side);

#endif
