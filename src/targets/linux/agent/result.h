/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Results of commands. */
#ifndef RESULT_H
#define RESULT_H

/*
 * A result is a value or a number, which is not negative; one of these; or a vector that has a bit
 * for each page of a range: whether it moved. A second bit, further by VECTOR_WHOLE, is set as well
 * if it moved with its large folio. An error that no command may return is OTHER_ERROR less its
 * number.
 */
enum result {
	OK = -1,
	TORN = -2,
	STALE = -3,
	SEGMENT_VIOLATION = -4,
	BUS_ERROR = -5,
	FAULT_ERROR = -6,
	PERMISSION_ERROR = -7,
	MEMORY_ERROR = -8,
	DEVICE_ERROR = -9,
	BUSY_ERROR = -10,
	ARGUMENT_ERROR = -11,
	EXISTS_ERROR = -12,
	TRAPPED = -13,
	IS_CLEAN = -14,
	IS_DIRTY = -15,
	IS_ABSENT = -16,
	IS_PRESENT = -17,
	IS_SPECIAL = -18,
	IS_SPECIAL_SOLE = -19,
	OTHER_ERROR = -20,
};

#define VECTOR(bits) (-1000L - (long)(bits))
#define VECTOR_WHOLE 16

#define MAX_VALUE 32767

/* The names of results, from OK on. */
extern const char *const result_names[];

/* The result of a system call that returned this error, or 0. */
long error_result(int error);

#endif
