// SPDX-License-Identifier: GPL-2.0
#include "json.h"

#include <string.h>

static void blanks(struct json *json)
{
	while (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r')
		json->at++;
}

char json_peek(struct json *json)
{
	blanks(json);
	return *json->at;
}

static bool take(struct json *json, char wanted)
{
	if (json_peek(json) != wanted)
		return false;
	json->at++;
	return true;
}

static void must(struct json *json, char wanted)
{
	if (!take(json, wanted))
		json->broken = true;
}

void json_open(struct json *json, char bracket)
{
	must(json, bracket);
}

bool json_more(struct json *json, char bracket)
{
	if (json->broken || take(json, bracket))
		return false;
	take(json, ',');
	if (json_peek(json) == '\0')
		json->broken = true;
	return !json->broken;
}

struct word json_string(struct json *json)
{
	struct word word;

	must(json, '"');
	word.start = json->at;
	while (*json->at != '"' && *json->at != '\0')
		json->at += json->at[0] == '\\' && json->at[1] != '\0' ? 2 : 1;
	word.length = json->at - word.start;
	must(json, '"');
	return word;
}

struct word json_key(struct json *json)
{
	struct word key = json_string(json);

	must(json, ':');
	return key;
}

long json_number(struct json *json)
{
	bool negative = take(json, '-');
	long value = 0;

	if (*json->at < '0' || *json->at > '9')
		json->broken = true;
	while (*json->at >= '0' && *json->at <= '9')
		value = value * 10 + (*json->at++ - '0');
	return negative ? -value : value;
}

void json_skip(struct json *json)
{
	switch (json_peek(json)) {
	case '"':
		json_string(json);
		return;
	case '{':
		for (json_open(json, '{'); json_more(json, '}');) {
			json_key(json);
			json_skip(json);
		}
		return;
	case '[':
		for (json_open(json, '['); json_more(json, ']');)
			json_skip(json);
		return;
	default:
		if (!strchr("-0123456789tfn", *json->at) || *json->at == '\0')
			json->broken = true;
		while (*json->at != '\0' && !strchr(",]} \t\r\n", *json->at))
			json->at++;
	}
}

bool is_word(struct word word, const char *text)
{
	return strncmp(word.start, text, word.length) == 0 && text[word.length] == '\0';
}
