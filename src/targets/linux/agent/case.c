// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Reads cases from JSON. */
#include "case.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "../module/zdc_uapi.h"

/* A position in a JSON text. Readers advance it; broken stays set, so it is checked at the end. */
struct json {
	const char *at;
	bool broken;
};

/* A string of the text, not unescaped: no name of the protocol contains an escape. */
struct word {
	const char *start;
	int length;
};

static void skip_blanks(struct json *json)
{
	while (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r')
		json->at++;
}

static char json_peek(struct json *json)
{
	skip_blanks(json);
	return *json->at;
}

static bool json_accept(struct json *json, char wanted)
{
	if (json_peek(json) != wanted)
		return false;
	json->at++;
	return true;
}

static void json_expect(struct json *json, char wanted)
{
	if (!json_accept(json, wanted))
		json->broken = true;
}

/* Whether an array or object, after its opening bracket, has another element. */
static bool json_more(struct json *json, char bracket)
{
	if (json->broken || json_accept(json, bracket))
		return false;
	json_accept(json, ',');
	if (json_peek(json) == '\0')
		json->broken = true;
	return !json->broken;
}

static struct word json_string(struct json *json)
{
	struct word word;

	json_expect(json, '"');
	word.start = json->at;
	while (*json->at != '"' && *json->at != '\0')
		json->at += json->at[0] == '\\' && json->at[1] != '\0' ? 2 : 1;
	word.length = json->at - word.start;
	json_expect(json, '"');
	return word;
}

static struct word json_key(struct json *json)
{
	struct word key = json_string(json);

	json_expect(json, ':');
	return key;
}

static long json_number(struct json *json)
{
	bool negative = json_accept(json, '-');
	long value = 0;

	if (*json->at < '0' || *json->at > '9')
		json->broken = true;
	while (*json->at >= '0' && *json->at <= '9')
		value = value * 10 + (*json->at++ - '0');
	return negative ? -value : value;
}

static void json_skip(struct json *json)
{
	switch (json_peek(json)) {
	case '"':
		json_string(json);
		return;
	case '{':
		for (json_expect(json, '{'); json_more(json, '}');) {
			json_key(json);
			json_skip(json);
		}
		return;
	case '[':
		for (json_expect(json, '['); json_more(json, ']');)
			json_skip(json);
		return;
	default:
		if (!strchr("-0123456789tfn", *json->at) || *json->at == '\0')
			json->broken = true;
		while (*json->at != '\0' && !strchr(",]} \t\r\n", *json->at))
			json->at++;
	}
}

static bool json_flag(struct json *json)
{
	bool flag = json_peek(json) == 't';

	json_skip(json);
	return flag;
}

static bool is_word(struct word word, const char *text)
{
	return strncmp(word.start, text, word.length) == 0 && text[word.length] == '\0';
}

static const char *const ops[] = {
	[OP_SPAWN] = "spawn", [OP_FORK] = "fork", [OP_EXIT] = "exit", [OP_MAP] = "map",
	[OP_UNMAP] = "unmap", [OP_DISCARD] = "discard", [OP_PROTECT] = "protect",
	[OP_LOAD] = "load", [OP_STORE] = "store", [OP_TO_DEVICE] = "migrate-to-device",
	[OP_TO_SYSTEM] = "migrate-to-system", [OP_DEVICE_LOAD] = "device-load",
	[OP_DEVICE_STORE] = "device-store", [OP_PIN] = "pin", [OP_UNPIN] = "unpin",
	[OP_INJECT] = "inject", [OP_HEAL] = "heal", [OP_EVICT] = "evict", [OP_ATTACH] = "attach",
	[OP_DETACH] = "detach", [OP_SWAP_ON] = "swap-on", [OP_INSPECT] = "inspect",
	[OP_MOVE] = "move", [OP_POPULATE] = "populate", [OP_LOCK] = "lock", [OP_UNLOCK] = "unlock",
	[OP_PEEK] = "peek", [OP_PAGE_MAP] = "page-map", [OP_RESIDENCY] = "residency",
	[OP_SMAPS] = "smaps", [OP_WATCH] = "watch", [OP_CLEAR_SOFT_DIRTY] = "clear-soft-dirty",
	[OP_SOFT_DIRTY] = "soft-dirty", [OP_MAKE_EXCLUSIVE] = "make-exclusive",
	[OP_DEVICE_EXCHANGE] = "device-exchange", [OP_EVICT_ALL] = "evict-all",
	[OP_CLOSE] = "close", [OP_OPEN] = "open", [OP_HOT_ADD] = "hot-add", [OP_ADVISE] = "advise",
	[OP_KERNEL_LOAD] = "kernel-load", [OP_KERNEL_STORE] = "kernel-store", [OP_RACE] = "race",
	[OP_JOIN] = "join", [OP_CHARGE] = "charge", [OP_EVICT_RANGE] = "evict-range",
	[OP_COLLAPSE] = "collapse", [OP_SPLIT] = "split",
};

static const char *const injections[] = {
	[ZDC_SIGBUS] = "sigbus",
	[ZDC_OOM] = "oom",
	[ZDC_NO_FRAME] = "no-frame",
	[ZDC_NO_COPY] = "no-copy",
	[ZDC_NO_LARGE_FRAME] = "no-large-frame",
	[ZDC_NO_LARGE_PAGE] = "no-large-page",
	[ZDC_NO_SPLIT] = "no-split",
};

static const char *const memories[] = {
	[MEMORY_PRIVATE] = "private",
	[MEMORY_HOST] = "host",
	[MEMORY_SHARED] = "shared",
	[MEMORY_FILE] = "file",
};

static const char *const advices[] = {
	[ADVICE_FREE] = "free",
	[ADVICE_COLD] = "cold",
	[ADVICE_PAGE_OUT] = "page-out",
	[ADVICE_MOVE_NODE] = "move-node",
};

static const char *const watches[] = {
	[WATCH_NONE] = "none",
	[WATCH_MISSING] = "missing",
	[WATCH_STORES] = "write-protect",
};

/* The index of a name, or the number of names. */
static int index_of(struct word word, const char *const *names, int count)
{
	int at;

	for (at = 0; at < count; at++)
		if (is_word(word, names[at]))
			return at;
	return count;
}

static int read_protection(struct word word)
{
	if (is_word(word, "write"))
		return PROT_READ | PROT_WRITE;
	return is_word(word, "read") ? PROT_READ : PROT_NONE;
}

static void read_victim(struct json *json, struct command *command)
{
	if (json_peek(json) == '"') {
		json_string(json);
		return;
	}
	for (json_expect(json, '{'); json_more(json, '}');) {
		struct word key = json_key(json);

		if (is_word(key, "process"))
			command->process = json_number(json);
		else if (is_word(key, "page"))
			command->page = json_number(json);
		else
			json_skip(json);
	}
}

/* Of a mapping or of an injection: they have no name in common. */
static void read_kind(struct json *json, struct command *command)
{
	struct word word = json_string(json);

	command->memory = index_of(word, memories, MEMORY_FILE + 1);
	command->kind = index_of(word, injections, ZDC_INJECTIONS);
}

static void read_command(struct json *json, struct command *command, struct test_case *into);

static void read_side(struct json *json, struct command *race, unsigned int side,
		      struct test_case *into)
{
	struct command *command;

	if (!race->sides) {
		race->sides = into->side_count + 1;
		into->side_count += 2;
	}
	command = &into->sides[race->sides - 1 + side];
	read_command(json, command, into);
	if (side == 0)
		race->process = command->process;
}

static void read_argument(struct json *json, struct word key, struct command *command,
			  struct test_case *into)
{
	if (is_word(key, "op"))
		command->op = index_of(json_string(json), ops, OP_UNKNOWN);
	else if (is_word(key, "process"))
		command->process = json_number(json);
	else if (is_word(key, "child"))
		command->child = json_number(json);
	else if (is_word(key, "page") || is_word(key, "frame"))
		command->page = json_number(json);
	else if (is_word(key, "to"))
		command->to = json_number(json);
	else if (is_word(key, "keep"))
		command->keep = json_flag(json);
	else if (is_word(key, "whole"))
		command->whole = json_flag(json);
	else if (is_word(key, "compound"))
		command->compound = json_flag(json);
	else if (is_word(key, "count") || is_word(key, "areas") || is_word(key, "frames"))
		command->count = json_number(json);
	else if (is_word(key, "device"))
		command->device = json_number(json);
	else if (is_word(key, "slot"))
		command->slot = json_number(json);
	else if (is_word(key, "group"))
		command->group = json_number(json);
	else if (is_word(key, "value"))
		command->value = json_number(json);
	else if (is_word(key, "protection"))
		command->protection = read_protection(json_string(json));
	else if (is_word(key, "watch"))
		command->watch = index_of(json_string(json), watches, WATCH_STORES + 1);
	else if (is_word(key, "advice"))
		command->advice = index_of(json_string(json), advices, ADVICE_MOVE_NODE);
	else if (is_word(key, "kind"))
		read_kind(json, command);
	else if (is_word(key, "left"))
		read_side(json, command, 0, into);
	else if (is_word(key, "right"))
		read_side(json, command, 1, into);
	else if (is_word(key, "victim"))
		read_victim(json, command);
	else if (is_word(key, "remaining") && json_peek(json) != '"')
		command->remaining = json_number(json);
	else
		json_skip(json);
}

static void read_command(struct json *json, struct command *command, struct test_case *into)
{
	memset(command, 0, sizeof(*command));
	command->op = OP_UNKNOWN;
	command->process = -1;
	command->remaining = -1;
	for (json_expect(json, '{'); json_more(json, '}');) {
		struct word key = json_key(json);

		read_argument(json, key, command, into);
	}
}

static void read_scope(struct json *json, struct scope *scope)
{
	for (json_expect(json, '{'); json_more(json, '}');) {
		struct word key = json_key(json);
		unsigned int value = json_number(json);

		if (is_word(key, "processes"))
			scope->processes = value;
		else if (is_word(key, "pages"))
			scope->pages = value;
		else if (is_word(key, "frames"))
			scope->frames = value;
		else if (is_word(key, "slots"))
			scope->slots = value;
		else if (is_word(key, "devices"))
			scope->devices = value;
		else if (is_word(key, "block"))
			scope->block = value;
	}
}

static enum observe read_observe(struct word word)
{
	if (is_word(word, "every-step"))
		return OBSERVE_EVERY_STEP;
	return is_word(word, "inspect") ? OBSERVE_INSPECT : OBSERVE_RESULTS;
}

static enum line_kind read_type(struct word word)
{
	if (is_word(word, "hello"))
		return LINE_HELLO;
	/* Not part of the protocol: the host side of this target sends it. */
	if (is_word(word, "coverage"))
		return LINE_COVERAGE;
	return is_word(word, "case") ? LINE_CASE : LINE_OTHER;
}

static void read_commands(struct json *json, struct test_case *into)
{
	json_expect(json, '[');
	while (json_more(json, ']') && into->length < MAX_COMMANDS)
		read_command(json, &into->commands[into->length++], into);
}

enum line_kind case_read(const char *line, struct test_case *into, const char **wrong)
{
	struct json json = { .at = line };
	enum line_kind kind = LINE_OTHER;
	const struct scope *scope = &into->scope;

	into->id = -1;
	into->length = 0;
	into->side_count = 0;
	memset(&into->scope, 0, sizeof(into->scope));
	into->scope.devices = 1;
	into->scope.block = 1;
	*wrong = "the line is not a JSON object";
	for (json_expect(&json, '{'); json_more(&json, '}');) {
		struct word key = json_key(&json);

		if (is_word(key, "type")) {
			kind = read_type(json_string(&json));
			*wrong = "the type of the message is unknown";
		} else if (is_word(key, "id")) {
			into->id = json_number(&json);
		} else if (is_word(key, "scope")) {
			read_scope(&json, &into->scope);
		} else if (is_word(key, "observe")) {
			into->observe = read_observe(json_string(&json));
		} else if (is_word(key, "commands")) {
			read_commands(&json, into);
		} else {
			json_skip(&json);
		}
	}
	if (json.broken) {
		*wrong = into->length == MAX_COMMANDS ? "the case is too long" :
							"the line is not a JSON object";
		return LINE_OTHER;
	}
	if (scope->processes > ZDC_PROCESSES || scope->pages > ZDC_PAGES ||
	    scope->frames > ZDC_FRAMES || scope->slots > ZDC_SLOTS ||
	    scope->devices > ZDC_DEVICES || scope->block == 0 ||
	    ZDC_FOLIO_PAGES % scope->block) {
		*wrong = "the world size is too large";
		return LINE_OTHER;
	}
	into->scope.run = scope->block > 1 ? ZDC_FOLIO_PAGES / scope->block : 1;
	return kind;
}
