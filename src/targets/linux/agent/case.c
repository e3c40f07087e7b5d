// SPDX-License-Identifier: GPL-2.0
#include "case.h"

#include <string.h>
#include <sys/mman.h>

#include "../module/zdc_uapi.h"
#include "json.h"

static const char *const ops[] = {
	[OP_SPAWN] = "spawn", [OP_FORK] = "fork", [OP_EXIT] = "exit", [OP_MAP] = "map", [OP_UNMAP] = "unmap",
	[OP_DISCARD] = "discard", [OP_PROTECT] = "protect", [OP_LOAD] = "load", [OP_STORE] = "store",
	[OP_TO_DEVICE] = "migrate-to-device", [OP_TO_SYSTEM] = "migrate-to-system", [OP_DEVICE_LOAD] = "device-load",
	[OP_DEVICE_STORE] = "device-store", [OP_PIN] = "pin", [OP_UNPIN] = "unpin", [OP_INJECT] = "inject",
	[OP_HEAL] = "heal", [OP_EVICT] = "evict", [OP_ATTACH] = "attach", [OP_DETACH] = "detach",
	[OP_SWAP_ON] = "swap-on", [OP_INSPECT] = "inspect", [OP_MOVE] = "move", [OP_POPULATE] = "populate",
	[OP_LOCK] = "lock", [OP_UNLOCK] = "unlock", [OP_PEEK] = "peek", [OP_PAGE_MAP] = "page-map",
	[OP_RESIDENCY] = "residency", [OP_SMAPS] = "smaps", [OP_WATCH] = "watch",
	[OP_CLEAR_SOFT_DIRTY] = "clear-soft-dirty", [OP_SOFT_DIRTY] = "soft-dirty",
	[OP_MAKE_EXCLUSIVE] = "make-exclusive", [OP_DEVICE_EXCHANGE] = "device-exchange", [OP_EVICT_ALL] = "evict-all",
	[OP_CLOSE] = "close", [OP_OPEN] = "open", [OP_HOT_ADD] = "hot-add",
	[OP_ADVISE] = "advise", [OP_KERNEL_LOAD] = "kernel-load", [OP_KERNEL_STORE] = "kernel-store", [OP_RACE] = "race",
	[OP_JOIN] = "join", [OP_CHARGE] = "charge",
};

static const char *const injections[] = {
	[ZDC_SIGBUS] = "sigbus", [ZDC_OOM] = "oom", [ZDC_NO_FRAME] = "no-frame", [ZDC_NO_COPY] = "no-copy",
};

static const char *const memories[] = {
	[MEMORY_PRIVATE] = "private", [MEMORY_HOST] = "host", [MEMORY_SHARED] = "shared", [MEMORY_FILE] = "file",
};

static const char *const advices[] = {
	[ADVICE_FREE] = "free", [ADVICE_COLD] = "cold", [ADVICE_PAGE_OUT] = "page-out", [ADVICE_MOVE_NODE] = "move-node",
};

static const char *const watches[] = {
	[WATCH_NONE] = "none", [WATCH_MISSING] = "missing", [WATCH_STORES] = "write-protect",
};

static int number_of(struct word word, const char *const *names, int count)
{
	int at;

	for (at = 0; at < count; at++)
		if (is_word(word, names[at]))
			return at;
	return count;
}

static int protection_of(struct word word)
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
	for (json_open(json, '{'); json_more(json, '}');) {
		struct word key = json_key(json);

		if (is_word(key, "process"))
			command->process = json_number(json);
		else if (is_word(key, "page"))
			command->page = json_number(json);
		else
			json_skip(json);
	}
}

static void read_kind(struct json *json, struct command *command)
{
	struct word word = json_string(json);

	/* A mapping's and an injection's have no name in common. */
	command->memory = number_of(word, memories, MEMORY_FILE + 1);
	command->kind = number_of(word, injections, ZDC_INJECTIONS);
}

static void read_command(struct json *json, struct command *command, struct test_case *into);

/* One side of a race. */
static void read_contender(struct json *json, struct command *race, unsigned int side, struct test_case *into)
{
	struct command *contender;

	if (!race->contenders) {
		/* Counted from one, so that none is none. */
		race->contenders = into->contender_count + 1;
		into->contender_count += 2;
	}
	contender = &into->contenders[race->contenders - 1 + side];
	read_command(json, contender, into);
	if (side == 0)
		race->process = contender->process;
}

static void read_command(struct json *json, struct command *command, struct test_case *into)
{
	memset(command, 0, sizeof(*command));
	command->op = OP_UNKNOWN;
	command->process = -1;
	command->remaining = -1;
	for (json_open(json, '{'); json_more(json, '}');) {
		struct word key = json_key(json);

		if (is_word(key, "op"))
			command->op = number_of(json_string(json), ops, OP_UNKNOWN);
		else if (is_word(key, "process"))
			command->process = json_number(json);
		else if (is_word(key, "child"))
			command->child = json_number(json);
		else if (is_word(key, "page"))
			command->page = json_number(json);
		else if (is_word(key, "to"))
			command->to = json_number(json);
		else if (is_word(key, "keep")) {
			command->keep = json_peek(json) == 't';
			json_skip(json);
		} else if (is_word(key, "count") || is_word(key, "areas"))
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
			command->protection = protection_of(json_string(json));
		else if (is_word(key, "watch"))
			command->watch = number_of(json_string(json), watches, WATCH_STORES + 1);
		else if (is_word(key, "advice"))
			command->advice = number_of(json_string(json), advices, ADVICE_MOVE_NODE);
		else if (is_word(key, "kind"))
			read_kind(json, command);
		else if (is_word(key, "left"))
			read_contender(json, command, 0, into);
		else if (is_word(key, "right"))
			read_contender(json, command, 1, into);
		else if (is_word(key, "victim"))
			read_victim(json, command);
		else if (is_word(key, "remaining") && json_peek(json) != '"')
			command->remaining = json_number(json);
		else
			json_skip(json);
	}
}

static void read_scope(struct json *json, struct scope *scope)
{
	for (json_open(json, '{'); json_more(json, '}');) {
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
	}
}

static enum observe observe_of(struct word word)
{
	if (is_word(word, "every-step"))
		return OBSERVE_EVERY_STEP;
	return is_word(word, "inspect") ? OBSERVE_INSPECT : OBSERVE_RESULTS;
}

enum line_kind read_line_of_wire(const char *line, struct test_case *into, const char **wrong)
{
	struct json json = { .at = line };
	enum line_kind kind = LINE_OTHER;

	into->id = -1;
	into->length = 0;
	into->contender_count = 0;
	memset(&into->scope, 0, sizeof(into->scope));
	into->scope.devices = 1;
	*wrong = "a line that is no JSON object";
	for (json_open(&json, '{'); json_more(&json, '}');) {
		struct word key = json_key(&json);

		if (is_word(key, "type")) {
			struct word type = json_string(&json);

			kind = is_word(type, "hello") ? LINE_HELLO : is_word(type, "case") ? LINE_CASE : LINE_OTHER;
			*wrong = "a message of a type that is not known";
		} else if (is_word(key, "id")) {
			into->id = json_number(&json);
		} else if (is_word(key, "scope")) {
			read_scope(&json, &into->scope);
		} else if (is_word(key, "observe")) {
			into->observe = observe_of(json_string(&json));
		} else if (is_word(key, "commands")) {
			for (json_open(&json, '['); json_more(&json, ']') && into->length < MOST_COMMANDS;)
				read_command(&json, &into->commands[into->length++], into);
		} else {
			json_skip(&json);
		}
	}
	if (json.broken) {
		*wrong = into->length == MOST_COMMANDS ? "a case that is too long" : "a line that is no JSON object";
		return LINE_OTHER;
	}
	if (into->scope.processes > ZDC_PROCESSES || into->scope.pages > ZDC_PAGES ||
	    into->scope.frames > ZDC_FRAMES || into->scope.slots > ZDC_SLOTS || into->scope.devices > ZDC_DEVICES) {
		*wrong = "a scope that is too large";
		return LINE_OTHER;
	}
	return kind;
}
