/* ---- Before and after a case ---- */

/* The taint of the kernel before the program began. */
static unsigned long complained;

/* The taint of the kernel without the bit for out-of-tree modules, which the driver sets. */
static unsigned long taint(void)
{
	char text[24] = "";
	int file = open("/proc/sys/kernel/tainted", O_RDONLY);
	if (file < 0 || read(file, text, sizeof text - 1) < 0)
		give_up("/proc/sys/kernel/tainted");
	close(file);
	return strtoul(text, NULL, 10) & ~(1ul << 12);
}

/* Resets the device. Returns the number of frames that were not freed, although no process or pin can hold them. */
static int missing_frames(void)
{
	struct zdc_world_size size = {
		.devices = FRAMES / DEVICE_FRAMES,
		.frames = DEVICE_FRAMES,
		.block = BLOCK,
	};
	int missing = ioctl(device, ZDC_RESET, &size);
	if (missing < 0)
		give_up("the driver is of another version");
	return missing;
}

/* Opens and resets the device, and reads how the kernel encodes its entries. */
static int find_device(void)
{
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		return 0;
	missing_frames();
	if (ioctl(device, ZDC_INFO, &info) != 0)
		give_up("the driver is of another version");
	calls = mmap(NULL, ZDC_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	if (calls == MAP_FAILED)
		give_up("the log of callbacks");
	complained = taint();
#ifdef HAS_BLOCKS
	if (!(info.features & ZDC_FEATURE_LARGE_FOLIOS)) {
		errno = EOPNOTSUPP;
		return 0;
	}
	allow_large_pages();
#endif
#ifdef HAS_RACE
	prepare_to_meet();
#elif defined(HAS_COMMON_MEMORY)
	make_memories();
#endif
	return 1;
}

/* The driver identifies a process by its memory. */
static int enter(int process)
{
	uint32_t slot = (uint32_t)process;
#ifdef HAS_COLLAPSE
	slot_of_process = process;
#endif
#ifdef HAS_WATCH
	forget_watches();
#endif
	return ioctl(device, ZDC_ENTER, &slot) == 0;
}

static void left(int process)
{
	uint32_t slot = (uint32_t)process;
	ioctl(device, ZDC_LEAVE, &slot);
}
