/*
 * A skeleton of an adapter for zone-device-conformance. MIT; C11 and the standard library only; copy it and change it.
 *
 * It answers hello, executes the core on a table in memory, and answers every other command with "unsupported". Replace
 * the body of execute() by calls of your implementation, and declare each capability that you add.
 *
 *     cc -std=c11 -Wall -o adapter adapter.c
 *     npx zone-device-conformance doctor --target "stdio:./adapter"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELLO \
	"{\"type\":\"hello\",\"protocol\":1,\"name\":\"my-memory\",\"profiles\":[\"linux-6.12\"]," \
	"\"capabilities\":[]}\n" /* Add "fork" once fork works, and so on. */

#define PROCESSES 8
#define PAGES 16

struct cell {
	int mapped, readable, writable, on_device, value;
};

/* The world of one case: process 0 is alive, no page is mapped, the device is empty. */
static struct cell cells[PROCESSES][PAGES];
static int free_frames;

/* The text of the value of a field, searched from `at`; the suite sends no spaces. NULL if there is none. */
static const char *field(const char *at, const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(at, key);
	return at ? at + strlen(key) : NULL;
}

static int number(const char *at, const char *name)
{
	const char *value = field(at, name);

	return value ? atoi(value) : 0;
}

static int is(const char *at, const char *name, const char *word)
{
	const char *value = field(at, name);

	return value && value[0] == '"' && !strncmp(value + 1, word, strlen(word)) && value[1 + strlen(word)] == '"';
}

static const char *move(struct cell *cell, int to_device)
{
	if (!cell->mapped || cell->on_device == to_device || (to_device && free_frames == 0))
		return "\"skipped\"";
	cell->on_device = to_device;
	free_frames += to_device ? -1 : 1;
	return "\"moved\"";
}

static void unmap(struct cell *cell)
{
	if (cell->on_device)
		free_frames++;
	memset(cell, 0, sizeof(*cell));
}

/* Executes one command, and writes its result as JSON. */
static void execute(const char *command)
{
	int process = number(command, "process"), page = number(command, "page");
	struct cell *cell = &cells[process % PROCESSES][page % PAGES];

	if (is(command, "op", "spawn") || is(command, "op", "inspect")) {
		printf("\"ok\"");
	} else if (is(command, "op", "exit")) {
		for (page = 0; page < PAGES; page++)
			unmap(&cells[process % PROCESSES][page]);
		printf("\"ok\"");
	} else if (is(command, "op", "map") && is(command, "kind", "private")) {
		cell->mapped = 1;
		cell->readable = !is(command, "protection", "none");
		cell->writable = is(command, "protection", "write");
		printf("\"ok\"");
	} else if (is(command, "op", "unmap")) {
		unmap(cell);
		printf("\"ok\"");
	} else if (is(command, "op", "load")) {
		if (!cell->readable) {
			printf("\"SIGSEGV\"");
			return;
		}
		move(cell, 0); /* page_fault: a page on the device migrates back */
		printf("%d", cell->value);
	} else if (is(command, "op", "store")) {
		if (!cell->writable) {
			printf("\"SIGSEGV\"");
			return;
		}
		move(cell, 0);
		cell->value = number(command, "value");
		printf("\"ok\"");
	} else if (is(command, "op", "migrate-to-device") || is(command, "op", "migrate-to-system")) {
		int to_device = is(command, "op", "migrate-to-device"), count = number(command, "count");

		for (int i = 0; i < count; i++)
			printf("%s%s", i ? "," : "[", move(&cell[i], to_device));
		printf("]");
	} else {
		printf("\"unsupported\"");
	}
}

/* Executes the commands of a case, each an object of the list, and writes the reply. */
static void run_case(const char *line)
{
	const char *at = field(line, "commands");
	int depth = 0, count = 0;
	char command[1024];
	size_t length = 0;

	memset(cells, 0, sizeof(cells));
	free_frames = number(line, "frames");
	printf("{\"type\":\"observations\",\"id\":%d,\"observations\":[", number(line, "id"));
	for (; at && *at; at++) {
		depth += *at == '{';
		if (depth && length < sizeof(command) - 1)
			command[length++] = *at;
		if (*at != '}' || --depth)
			continue;
		command[length] = 0;
		length = 0;
		printf("%s{\"result\":", count++ ? "," : "");
		execute(command);
		printf("}");
	}
	printf("]}\n");
}

int main(void)
{
	static char line[1 << 20];

	while (fgets(line, sizeof(line), stdin)) {
		if (is(line, "type", "hello"))
			printf(HELLO);
		else
			run_case(line);
		fflush(stdout);
	}
	return 0;
}
