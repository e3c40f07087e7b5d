/** The part of an exported C program that speaks with our own driver. Before it stands the driver's own interface. */
export const C_ZDC_DEVICE = `
/* ---- The device ---- */

#define DEVICE "/dev/zdc"

static int device = -1;
static volatile struct zdc_log *calls;
static struct zdc_info info;
/* A file in memory, which all processes share. */
static int host_memory = -1;

static void give_up(const char *what);

/* Opens the device, empties it, and finds out how the kernel writes its entries. */
static int find_device(void)
{
	struct zdc_world_size size = { .devices = 1, .frames = FRAMES };
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		return 0;
	if (ioctl(device, ZDC_RESET, &size) < 0 || ioctl(device, ZDC_INFO, &info) != 0)
		give_up("the driver is of another version");
	calls = mmap(NULL, ZDC_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	if (calls == MAP_FAILED)
		give_up("the log of callbacks");
	host_memory = memfd_create("host", 0);
	if (host_memory < 0 || ftruncate(host_memory, PAGES * ZDC_PAGE) != 0)
		give_up("host memory");
	return 1;
}

/* A process is known to the driver by its memory. */
static int enter(int process)
{
	uint32_t slot = (uint32_t)process;
	return ioctl(device, ZDC_ENTER, &slot) == 0;
}

static void left(int process)
{
	uint32_t slot = (uint32_t)process;
	ioctl(device, ZDC_LEAVE, &slot);
}

/* Bits that say what the kernel complained of; that the driver is not one of its own is known. */
static unsigned long taint(void)
{
	char text[24] = "";
	int file = open("/proc/sys/kernel/tainted", O_RDONLY);
	if (file < 0 || read(file, text, sizeof text - 1) < 0)
		give_up("/proc/sys/kernel/tainted");
	close(file);
	return strtoul(text, NULL, 10) & ~(1ul << 12);
}
`;
