/* SPDX-License-Identifier: GPL-2.0 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>

/* A place in a text of JSON. Every reader moves on past what it read; `broken` sticks, so it is asked at the end. */
struct json {
	const char *at;
	bool broken;
};

/* A word of the text, not unescaped: no name of the protocol has anything to unescape. */
struct word {
	const char *start;
	int length;
};

/*
 * for (json_open(j, '{'); json_more(j, '}');) { struct word key = json_key(j); … } reads an object; the same with
 * brackets and without the key reads an array.
 */
void json_open(struct json *json, char bracket);
bool json_more(struct json *json, char bracket);
struct word json_key(struct json *json);
struct word json_string(struct json *json);
long json_number(struct json *json);
/* What comes next, so that a value of two types can be told: '"', '{', '[', a digit. */
char json_peek(struct json *json);
void json_skip(struct json *json);

bool is_word(struct word word, const char *text);

#endif
