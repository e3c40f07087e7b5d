import type { CodeChapter } from './c-linked.ts';
import type { Repertoire } from './c-repertoire.ts';
import { accessPieces } from './c-access.ts';

/** The part of an exported C program for our own driver in which the CPU, or the kernel for a process, touches pages. */
export function cZdcAccess({ ops }: Repertoire): CodeChapter {
  const threads = ops.has('race');
  const watches = ops.has('watch');
  return {
    title: 'Touching a page',
    pieces: {
      CELL: `
#define CELL uint64_t
#define CELLS ZDC_CELLS
#define CELL_AT(number) ZDC_CELL(number)
`,
      ...accessPieces({
        threads,
        ...(threads && watches && { before: 'int is_watched = watches(page, value >= 0);' }),
        busError: !watches
          ? 'BUS_ERROR'
          : threads
            ? 'bus_error(page, value >= 0, is_watched)'
            : 'bus_error(page, value >= 0)',
      }),
      kernel_load: `
/* The kernel gives the page to a pipe: that asks for it once, and hands on what came of it. */
static int kernel_load(int page)
{
	struct iovec there = { address_of(page), ZDC_PAGE };
	int ends[2];
	int result;
	if (pipe2(ends, O_CLOEXEC) != 0)
		give_up("pipe");
	if (vmsplice(ends[1], &there, 1, 0) < 0 || read(ends[0], buffer, ZDC_PAGE) < 0)
		result = error_result(errno);
	else
		result = value_in(buffer);
	close(ends[0]);
	close(ends[1]);
	return result;
}
`,
      kernel_store: `
/* The kernel reads a RAM disk into the page, past its cache: that asks for the page once, too. */
#define DISK "/dev/ram39"
static int kernel_store(int page, int value)
{
	int disk = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	int result;
	fill(buffer, value);
	if (disk < 0 || pwrite(disk, buffer, ZDC_PAGE, 0) != (ssize_t)ZDC_PAGE)
		give_up(DISK);
	result = pread(disk, address_of(page), ZDC_PAGE, 0) < 0 ? error_result(errno) : OK;
	close(disk);
	return result;
}
`,
    },
  };
}
