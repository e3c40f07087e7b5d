/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* A case as the wire protocol carries it, with numbers for names. */
#ifndef CASE_H
#define CASE_H

#include "command.h"

#define MAX_COMMANDS 8192

enum observe { OBSERVE_RESULTS, OBSERVE_INSPECT, OBSERVE_EVERY_STEP };

struct test_case {
	long id;
	struct scope scope;
	enum observe observe;
	unsigned int length;
	struct command commands[MAX_COMMANDS];
	unsigned int side_count;
	struct command sides[2 * MAX_COMMANDS];
};

enum line_kind { LINE_HELLO, LINE_CASE, LINE_COVERAGE, LINE_OTHER };

/* Reads a line of the wire. LINE_OTHER: it is not valid, and *wrong says why. */
enum line_kind case_read(const char *line, struct test_case *into, const char **wrong);

#endif
