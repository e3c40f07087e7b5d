/* ---- Access by the CPU ---- */

#define CELL uint64_t
#define CELLS ZDC_CELLS
#define CELL_AT(number) ZDC_CELL(number)

#include "../access.c"

/* vmsplice gives the page to a pipe: one get_user_pages for reading, whose error it returns. */
static int kernel_load(int page)
{
	struct iovec there = { address_of(page), ZDC_PAGE };
	int ends[2];
	int result = OK;
	if (pipe2(ends, O_CLOEXEC) != 0)
		give_up("pipe");
	for (int base = 0; base < RUN; base++, there.iov_base = (char *)there.iov_base + ZDC_PAGE) {
		if (vmsplice(ends[1], &there, 1, 0) < 0 || read(ends[0], buffer, ZDC_PAGE) < 0) {
			result = error_result(errno);
			break;
		}
		result = base == 0 || value_in(buffer) == result ? value_in(buffer) : TORN;
	}
	close(ends[0]);
	close(ends[1]);
	return result;
}

/* A direct read from a RAM disk into the page: one get_user_pages for writing. */
#define DISK "/dev/ram39"
static int kernel_store(int page, int value)
{
	int disk = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	int result = OK;
	fill(buffer, value);
	if (disk < 0 || pwrite(disk, buffer, ZDC_PAGE, 0) != (ssize_t)ZDC_PAGE)
		give_up(DISK);
	for (int base = 0; base < RUN && result == OK; base++)
		if (pread(disk, (char *)address_of(page) + base * ZDC_PAGE, ZDC_PAGE, 0) < 0)
			result = error_result(errno);
	close(disk);
	return result;
}
