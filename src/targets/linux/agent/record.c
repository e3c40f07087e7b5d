// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Recordings for "zdc judge": a header for each case, then each command with its observation. The
 * texts of both are copied from the case and from the reply.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "world.h"

/* A part of a line. */
struct part {
	const char *text;
	int length;
};

/* The JSON value at this place: an object, an array, or a string. No string has an escape. */
static struct part value_at(const char *text)
{
	bool quoted = false;
	int depth = 0;
	const char *end = text;

	do {
		if (*end == '"')
			quoted = !quoted;
		else if (!quoted && (*end == '{' || *end == '['))
			depth++;
		else if (!quoted && (*end == '}' || *end == ']'))
			depth--;
		end++;
	} while (*end && (quoted || depth > 0));
	return (struct part){ text, end - text };
}

/* The value of a key; empty if there is none. */
static struct part value_of_key(const char *line, const char *key)
{
	char quoted[40];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(line, quoted);
	return at ? value_at(at + strlen(quoted)) : (struct part){ "", 0 };
}

/* Moves to the next element of an array. False at its end. */
static bool next_element(const char **at, struct part *element)
{
	while (**at == '[' || **at == ',')
		(*at)++;
	if (**at == ']' || **at == '\0')
		return false;
	*element = value_at(*at);
	*at += element->length;
	return true;
}

bool record_admits(const char *line, const char *capabilities)
{
	struct part need, needs = value_of_key(line, "needs");
	const char *at = needs.text;

	while (next_element(&at, &need))
		if (!memmem(capabilities, strlen(capabilities), need.text, need.length))
			return false;
	return true;
}

void record_case(FILE *file, const char *line, const char *capabilities, const char *version)
{
	struct part profile = value_of_key(line, "profile"), scope = value_of_key(line, "scope");
	const char *commands = value_of_key(line, "commands").text;
	const char *observations = value_of_key(world->reply, "observations").text;
	struct part command, observation;

	fprintf(file, "{\"format\":\"zdc-recording\",\"version\":1,\"profile\":%.*s,",
		profile.length, profile.text);
	fprintf(file, "\"scope\":%.*s,", scope.length, scope.text);
	fprintf(file, "\"capabilities\":[%s],\"target\":{\"name\":\"linux\",\"version\":\"%s\"}}\n",
		capabilities, version);
	/* The observation begins with a brace. */
	while (next_element(&commands, &command) && next_element(&observations, &observation))
		fprintf(file, "{\"command\":%.*s,%.*s\n", command.length, command.text,
			observation.length - 1, observation.text + 1);
	fflush(file);
}
