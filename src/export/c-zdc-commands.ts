/** The part of an exported C program that asks our own driver, and carries out one command. */
export const C_ZDC_COMMANDS = `
/* ---- Commands ---- */

static int range(unsigned long number, int page, int count)
{
	struct zdc_range asked = { .page = (uint32_t)page, .count = (uint32_t)count };
	int bits = 0;
	if (ioctl(device, number, &asked) != 0)
		return error_result(errno);
	for (int at = 0; at < count; at++)
		bits |= (asked.moved[at] != 0) << at;
	return VECTOR(bits);
}

/* Answers what it gives of a page where there is no value to write. */
static int driver_access(unsigned long number, int page, int slot, int value, int gives)
{
	struct zdc_access asked = { .page = (uint32_t)page, .slot = (uint32_t)slot };
	for (int at = 0; at < ZDC_CELLS; at++)
		asked.cells[at] = (uint64_t)value;
	if (ioctl(device, number, &asked) != 0)
		return error_result(errno);
	if (!gives)
		return OK;
	for (int at = 0; at < ZDC_CELLS; at++)
		*cell(buffer, (size_t)at) = asked.cells[at];
	return value_in(buffer);
}

static int inject(int place, int kind, int remaining)
{
	struct zdc_inject wanted = { .kind = (uint32_t)kind,
				     .process = place < 0 ? -1 : place / PAGES,
				     .page = place < 0 ? 0 : (uint32_t)(place % PAGES),
				     .remaining = remaining };
	return ioctl(device, ZDC_INJECT, &wanted) ? error_result(errno) : OK;
}

static int simply(unsigned long number)
{
	return ioctl(device, number) ? error_result(errno) : OK;
}

static int of_device(unsigned long number)
{
	uint32_t first = 0;
	return ioctl(device, number, &first) ? error_result(errno) : OK;
}

static int carry_out_op(enum op op, int page, int argument, int more)
{
	switch (op) {
	case OP_MAP:
		return map(page, argument, more);
	case OP_UNMAP:
		return done(munmap(address_of(page), ZDC_PAGE), page, -1);
	case OP_DISCARD:
		return done(madvise(address_of(page), ZDC_PAGE, MADV_DONTNEED), page, protections[page]);
	case OP_PROTECT:
		return done(mprotect(address_of(page), ZDC_PAGE, argument), page, argument);
	case OP_MOVE:
		return move(page, argument, more);
	case OP_POPULATE:
		return populate(page);
	case OP_LOAD:
		return touch(page, -1);
	case OP_STORE:
		return touch(page, argument);
	case OP_DEVICE_LOAD:
		return driver_access(ZDC_LOAD, page, 0, 0, 1);
	case OP_DEVICE_STORE:
		return driver_access(ZDC_STORE, page, 0, argument, 0);
	case OP_PEEK:
		return driver_access(ZDC_PEEK, page, 0, 0, 1);
	case OP_PIN:
		return driver_access(ZDC_PIN, page, argument, 0, 0);
	case OP_UNPIN:
		return driver_access(ZDC_UNPIN, page, argument, 0, 1);
	case OP_TO_DEVICE:
		return range(ZDC_TO_DEVICE, page, argument);
	case OP_TO_SYSTEM:
		return range(ZDC_TO_SYSTEM, page, argument);
	case OP_EVICT:
		return range(ZDC_EVICT, page, 1);
	case OP_INJECT:
		return inject(page, argument, more);
	case OP_HEAL:
		return simply(ZDC_HEAL);
	case OP_ATTACH:
		return of_device(ZDC_ATTACH);
	case OP_DETACH:
		return of_device(ZDC_DETACH);
	case OP_PAGE_MAP:
		return page_map(page);
	case OP_RESIDENCY:
		return residency(page);
	case OP_SMAPS:
		return private_pages();
	default:
		return OK;
	}
}

static struct answer carry_out(const struct order *order)
{
	struct answer answer = { carry_out_op(order->op, order->page, order->argument, order->more), 0 };
	return answer;
}
`;
