// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The reply to a case. It is in shared memory: the process that executes a command appends its
 * observation.
 */
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

void reply_word(const char *word)
{
	reply_text("\"");
	reply_text(word);
	reply_text("\"");
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

static void reply_event(const struct zdc_event *event)
{
	switch (event->kind) {
	case ZDC_EVENT_FAULT:
		reply_text("{\"event\":\"fault\",");
		if (scope.devices > 1) {
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

static void reply_vector(unsigned long moved, unsigned int count)
{
	reply_text("[");
	for (unsigned int at = 0; at < count; at++) {
		if (at > 0)
			reply_text(",");
		if (moved >> (VECTOR_WHOLE + at) & 1)
			reply_text("\"whole\"");
		else
			reply_text(moved >> at & 1 ? "\"moved\"" : "\"skipped\"");
	}
	reply_text("]");
}

void reply_result(const struct command *command, long result)
{
	if (result >= 0) {
		reply_number(result);
	} else if (result <= VECTOR(0)) {
		reply_vector(VECTOR(0) - result, command->op == OP_EVICT ? 1 : command->count);
	} else if (result > OTHER_ERROR) {
		reply_word(result_names[OK - result]);
	} else {
		reply_text("\"EINVAL\"");
		fail("a command returned %s, which none may return",
		     strerror(OTHER_ERROR - result));
	}
}
