import type { CodeChapter } from './c-linked.ts';
import type { Repertoire } from './c-repertoire.ts';

/** The part of an exported C program that opens our own driver. Before it stands the driver's own interface. */
export const C_ZDC_OPENED = `
/* ---- The device ---- */

#define DEVICE "/dev/zdc"

static int device = -1;
static volatile struct zdc_log *calls;
static struct zdc_info info;

static void give_up(const char *what);
`;

/** The part of an exported C program that makes the device ready, and tells it of processes. */
export function cZdcDevice({ ops, memories }: Repertoire): CodeChapter {
  const makesMemories = memories.size > Number(memories.has('private')) ? '\tmake_memories();\n' : '';
  return {
    title: 'Before and after a case',
    pieces: {
      complained: `
/* What the kernel complained of before the program began. */
static unsigned long complained;
`,
      taint: `
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
`,
      missing_frames: `
/* Empties the device. Answers how many frames never came back, though nobody is left who could hold them. */
static int missing_frames(void)
{
	struct zdc_world_size size = { .devices = FRAMES / DEVICE_FRAMES, .frames = DEVICE_FRAMES };
	int missing = ioctl(device, ZDC_RESET, &size);
	if (missing < 0)
		give_up("the driver is of another version");
	return missing;
}
`,
      find_device: `
/* Opens the device, empties it, and finds out how the kernel writes its entries. */
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
${ops.has('race') ? '\tprepare_to_meet();\n' : makesMemories}\
	return 1;
}
`,
      enter: `
/* A process is known to the driver by its memory. */
static int enter(int process)
{
	uint32_t slot = (uint32_t)process;
${ops.has('watch') ? '\tforget_watches();\n' : ''}\
	return ioctl(device, ZDC_ENTER, &slot) == 0;
}
`,
      left: `
static void left(int process)
{
	uint32_t slot = (uint32_t)process;
	ioctl(device, ZDC_LEAVE, &slot);
}
`,
    },
  };
}
