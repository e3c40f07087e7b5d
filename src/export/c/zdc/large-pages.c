#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The settings of the machine, which are restored when the process that has changed them exits. */
static char settings_before[LARGE_PAGE_SETTINGS][24];

static pid_t has_set;

static void restore_settings(void)
{
	if (has_set != getpid())
		return;
	for (unsigned at = LARGE_PAGE_SETTINGS; at-- > 0;)
		write_setting(large_page_settings[at].name, settings_before[at]);
}

/* The value in brackets, if the file lists all values; otherwise its line. */
static void save_settings(void)
{
	for (unsigned at = 0; at < LARGE_PAGE_SETTINGS; at++) {
		char text[100], *value = text;
		if (!read_setting(large_page_settings[at].name, text, sizeof text))
			give_up(large_page_settings[at].name);
		if (strchr(text, '['))
			value = strchr(text, '[') + 1;
		snprintf(settings_before[at], sizeof *settings_before, "%.*s", (int)strcspn(value, "]\n"), value);
	}
	has_set = getpid();
	atexit(restore_settings);
}
