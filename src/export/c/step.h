#include <sys/mman.h>

struct step {
	const char *text;
	struct command command;
	/* Whether a snapshot is taken afterwards. */
	int looks;
	/* Its outcomes in OUTCOMES, and the first of its states in STATES. */
	int first;
	int count;
	int states;
};
