// SPDX-License-Identifier: GPL-2.0
/*
 * The reply to a case. It is in shared memory: the process that executes a command appends its
 * observation.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

void reply_text(const char *text)
{
	size_t length = strlen(text);

	if (world->reply_length + length >= REPLY_BYTES) {
		fail("the reply is too long");
		return;
	}
	memcpy(world->reply + world->reply_length, text, length);
	world->reply_length += length;
}

void reply(const char *format, ...)
{
	char text[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	reply_text(text);
}

/* Much faster than printf; a reply consists mostly of small numbers. */
void reply_number(long number)
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
	reply_text(at);
}

void reply_begin(void)
{
	world->reply_length = 0;
	reply("{\"type\":\"observations\",\"id\":%ld,\"observations\":[", world->test_case.id);
}

void reply_end(void)
{
	reply_text("]");
}

/* A page has a value if all of its cells have it. */
void reply_cells(const struct cells *cells)
{
	uint64_t first = cells->cell[0];

	for (unsigned int at = 1; at < ZDC_CELLS; at++)
		if (cells->cell[at] != first) {
			reply_text("\"torn\"");
			return;
		}
	if (first > 32767)
		reply_text("\"stale\"");
	else
		reply_number(first);
}

void reply_outcomes(const struct zdc_range *range, unsigned int count)
{
	static const char *const outcomes[] = {
		[ZDC_SKIPPED] = "\"skipped\"",
		[ZDC_MOVED] = "\"moved\"",
		[ZDC_MOVED_WHOLE] = "\"whole\"",
	};

	reply_text("[");
	for (unsigned int at = 0; at < count; at++) {
		if (at > 0)
			reply_text(",");
		reply_text(outcomes[range->outcomes[at]]);
	}
	reply_text("]");
}

static void reply_event(const struct zdc_event *event)
{
	switch (event->kind) {
	case ZDC_EVENT_FAULT:
		reply_text("{\"event\":\"fault\",");
		if (world->test_case.scope.devices > 1) {
			reply_text("\"device\":");
			reply_number(event->device);
			reply_text(",");
		}
		reply_text("\"process\":");
		reply_number(event->process);
		reply_text(",\"page\":");
		reply_number(event->page);
		break;
	case ZDC_EVENT_FREE:
		reply_text("{\"event\":\"free\",\"refs\":");
		reply_number(event->refs);
		reply_text(",\"maps\":");
		reply_number(event->maps);
		break;
	case ZDC_EVENT_SPLIT:
		reply_text("{\"event\":\"split\"");
		if (event->tail >= 0) {
			reply_text(",\"tail\":");
			reply_number(event->tail);
		}
		break;
	default:
		reply_text("{\"event\":\"alloc\"");
	}
	reply_text(",\"frame\":");
	reply_number(event->frame);
	reply_text(event->large ? ",\"large\":true}" : "}");
}

void reply_events(void)
{
	uint32_t count = __atomic_load_n(&zdc_log->count, __ATOMIC_ACQUIRE);

	if (count == 0)
		return;
	reply_text(",\"events\":[");
	for (uint32_t at = 0; at < count; at++) {
		if (at > 0)
			reply_text(",");
		reply_event(&zdc_log->events[at]);
	}
	reply_text("]");
	if (zdc_log->lost)
		fail("the log of callbacks is full");
	__atomic_store_n(&zdc_log->count, 0, __ATOMIC_RELEASE);
}

void reply_error(int error)
{
	switch (error) {
	case 0:
		reply_text("\"ok\"");
		return;
	case EFAULT:
		reply_text("\"EFAULT\"");
		return;
	case EPERM:
		reply_text("\"EPERM\"");
		return;
	case EBUSY:
		reply_text("\"EBUSY\"");
		return;
	case EINVAL:
		reply_text("\"EINVAL\"");
		return;
	case ENOMEM:
		reply_text("\"ENOMEM\"");
		return;
	case ENODEV:
		reply_text("\"ENODEV\"");
		return;
	case EEXIST:
		reply_text("\"EEXIST\"");
		return;
	default:
		reply_text("\"EINVAL\"");
		fail("a command returned %s, which none may return", strerror(error));
	}
}

void reply_signal(int signal)
{
	if (signal == 0)
		reply_text("\"ok\"");
	else
		reply_text(signal == SIGBUS ? "\"SIGBUS\"" : "\"SIGSEGV\"");
}
