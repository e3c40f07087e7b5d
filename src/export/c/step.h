struct order {
	enum op op;
	int page;
	int argument;
	int more;
#ifdef HAS_BLOCKS
	/* For all pages of the block, or with large folios. */
	int whole;
#endif
};

struct step {
	const char *text;
	/* The process that executes it; -1 for the driver of the program itself. */
	int process;
	struct order order;
	/* Whether a snapshot is taken afterwards. */
	int looks;
	/* Its outcomes in OUTCOMES, and the first of its states in STATES. */
	int first;
	int count;
	int states;
};
