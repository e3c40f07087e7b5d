enum { UNMAPPED, HOLE, PRESENT, DEVICE_READ, DEVICE_WRITE, NOT_SEEN };
static const char *const ENTRIES[] = { "unmapped", "hole", "present", "READ", "WRITE", "?" };

/* From one of the states before a step to one of the states after it, with this result. */
struct outcome {
	int from;
	int to;
	int result;
};
