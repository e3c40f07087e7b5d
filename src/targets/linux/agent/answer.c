// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

/* The answer grows in the shared memory: whoever carries out a command writes its observation. */

void say_text(const char *text)
{
	size_t length = strlen(text);

	if (world->answered + length >= ANSWER_ROOM) {
		trouble("the answer is too long");
		return;
	}
	memcpy(world->answer + world->answered, text, length);
	world->answered += length;
}

void say(const char *format, ...)
{
	char text[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	say_text(text);
}

/* Much quicker than printf, and most of an answer is small numbers. */
void say_number(long number)
{
	char digits[24];
	char *at = digits + sizeof(digits) - 1;
	unsigned long rest = number < 0 ? -number : number;

	*at = '\0';
	do {
		*--at = '0' + rest % 10;
		rest /= 10;
	} while (rest);
	if (number < 0)
		*--at = '-';
	say_text(at);
}

void answer_begin(void)
{
	world->answered = 0;
	say("{\"type\":\"observations\",\"id\":%ld,\"observations\":[", world->test_case.id);
}

void answer_end(void)
{
	say_text("]");
}

/* One value in all cells is the value; anything else is no value that anybody stored. */
void say_cells(const struct cells *cells)
{
	uint64_t first = cells->cell[0];

	for (unsigned int at = 1; at < ZDC_CELLS; at++)
		if (cells->cell[at] != first) {
			say_text("\"torn\"");
			return;
		}
	if (first > 32767)
		say_text("\"stale\"");
	else
		say_number(first);
}

void say_outcomes(const struct zdc_range *range, unsigned int count)
{
	say_text("[");
	for (unsigned int at = 0; at < count; at++) {
		if (at > 0)
			say_text(",");
		say_text(range->moved[at] ? "\"moved\"" : "\"skipped\"");
	}
	say_text("]");
}

static void say_event(const struct zdc_event *event)
{
	switch (event->kind) {
	case ZDC_EVENT_FAULT:
		say_text("{\"event\":\"fault\",");
		if (world->test_case.scope.devices > 1) {
			say_text("\"device\":");
			say_number(event->device);
			say_text(",");
		}
		say_text("\"process\":");
		say_number(event->process);
		say_text(",\"page\":");
		say_number(event->page);
		break;
	case ZDC_EVENT_FREE:
		say_text("{\"event\":\"free\",\"refs\":");
		say_number(event->refs);
		say_text(",\"maps\":");
		say_number(event->maps);
		break;
	default:
		say_text("{\"event\":\"alloc\"");
	}
	say_text(",\"frame\":");
	say_number(event->frame);
	say_text("}");
}

void say_events(void)
{
	volatile struct zdc_log *log = zdc_log;

	if (log->count == 0)
		return;
	say_text(",\"events\":[");
	for (uint32_t at = 0; at < log->count; at++) {
		if (at > 0)
			say_text(",");
		say_event((const struct zdc_event *)&log->events[at]);
	}
	say_text("]");
	if (log->lost)
		trouble("the log of callbacks is full");
	log->count = 0;
}

void say_error(int error)
{
	switch (error) {
	case 0:
		say_text("\"ok\"");
		return;
	case EFAULT:
		say_text("\"EFAULT\"");
		return;
	case EPERM:
		say_text("\"EPERM\"");
		return;
	case EBUSY:
		say_text("\"EBUSY\"");
		return;
	case EINVAL:
		say_text("\"EINVAL\"");
		return;
	case ENOMEM:
		say_text("\"ENOMEM\"");
		return;
	case ENODEV:
		say_text("\"ENODEV\"");
		return;
	case EEXIST:
		say_text("\"EEXIST\"");
		return;
	default:
		say_text("\"EINVAL\"");
		trouble("%s where no command may answer it", strerror(error));
	}
}

void say_signal(int signal)
{
	say_text(signal == 0 ? "\"ok\"" : signal == SIGBUS ? "\"SIGBUS\"" : "\"SIGSEGV\"");
}
