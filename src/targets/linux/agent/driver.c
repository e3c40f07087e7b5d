// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Requests to the driver. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "calls.h"

int zdc_device = -1;

struct zdc_log *zdc_log;

bool open_driver(void)
{
	zdc_device = open("/dev/zdc", O_RDWR | O_CLOEXEC);
	if (zdc_device < 0)
		return false;
	zdc_log = mmap(NULL, ZDC_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, zdc_device, 0);
	return zdc_log != MAP_FAILED;
}

/* Frames change their page frame numbers when a device is attached, or had leaked a frame. */
void read_info(void)
{
	if (ioctl(zdc_device, ZDC_INFO, &shared->info))
		fail("info: %s", strerror(errno));
}

int reset_driver(void)
{
	struct zdc_world_size size = {
		.devices = scope.devices,
		.frames = scope.frames,
		.block = scope.block,
	};
	int ret = ioctl(zdc_device, ZDC_RESET, &size);

	if (ret < 0)
		fail("reset: %s", strerror(errno));
	return ret;
}

void report_difference(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(zdc_log->difference, sizeof(zdc_log->difference), format, arguments);
	va_end(arguments);
}

/* A page has a value if all of its cells have it. */
static long value_of(const __u64 *cells)
{
	for (unsigned int at = 1; at < ZDC_CELLS; at++)
		if (cells[at] != cells[0])
			return TORN;
	return cells[0] > MAX_VALUE ? STALE : (long)cells[0];
}

long driver_access(const struct command *command, unsigned long request)
{
	struct zdc_access access = {
		.device = command->device,
		.page = command->page,
		.slot = command->slot,
	};

	for (unsigned int cell = 0; cell < ZDC_CELLS; cell++)
		access.cells[cell] = command->value;
	if (ioctl(zdc_device, request, &access))
		return error_result(errno);
	return _IOC_DIR(request) & _IOC_READ ? value_of(access.cells) : OK;
}

long migrate(const struct command *command, unsigned long request)
{
	struct zdc_range range = {
		.device = command->device,
		.page = command->page,
		.count = request == ZDC_EVICT ? 1 : command->count,
		.compound = command->compound,
	};
	unsigned long moved = 0;

	if (ioctl(zdc_device, request, &range))
		fail("migration: %s", strerror(errno));
	for (unsigned int at = 0; at < range.count; at++) {
		if (range.outcomes[at] == ZDC_MOVED)
			moved |= 1UL << at;
		else if (range.outcomes[at] == ZDC_MOVED_WHOLE)
			moved |= 1UL << (VECTOR_WHOLE + at);
	}
	return VECTOR(moved);
}

/* Frames are numbered across devices. */
long evict_range(const struct command *command)
{
	unsigned int end = command->page + command->count;
	long moved = 0;

	for (unsigned int at = command->page, next; at < end && scope.frames > 0; at = next) {
		struct zdc_range range = {
			.device = at / scope.frames,
			.page = at % scope.frames,
		};
		long ret;

		next = (range.device + 1) * scope.frames;
		if (next > end)
			next = end;
		range.count = next - at;
		ret = ioctl(zdc_device, ZDC_EVICT_RANGE, &range);
		if (ret < 0)
			fail("eviction of a range: %s", strerror(errno));
		moved += ret;
	}
	return moved;
}

long inject(const struct command *command)
{
	struct zdc_inject inject = {
		.kind = command->kind,
		.process = command->process,
		.page = command->page,
		.remaining = command->remaining,
	};

	return error_result(ioctl(zdc_device, ZDC_INJECT, &inject) < 0 ? errno : 0);
}

long driver_count(unsigned long request, unsigned int number)
{
	long ret = ioctl(zdc_device, request, &number);

	return ret < 0 ? error_result(errno) : ret;
}

long driver_request(unsigned long request, unsigned int number)
{
	return error_result(ioctl(zdc_device, request, &number) < 0 ? errno : 0);
}

long attach_device(unsigned int number)
{
	long result = driver_request(ZDC_ATTACH, number);

	read_info();
	return result;
}
