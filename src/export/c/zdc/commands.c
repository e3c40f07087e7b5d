/* ---- Commands ---- */

/* The pages that a command concerns: one, or all pages of its block. */
#ifdef HAS_BLOCKS
static int first_of(const struct order *order, int page)
{
	return order->whole ? page - page % BLOCK : page;
}

static int count_of(const struct order *order)
{
	return order->whole ? BLOCK : 1;
}

static int with_large_folios(const struct order *order)
{
	return order->whole;
}
#else
static int first_of(const struct order *order, int page)
{
	(void)order;
	return page;
}

static int count_of(const struct order *order)
{
	(void)order;
	return 1;
}

static int with_large_folios(const struct order *order)
{
	(void)order;
	return 0;
}
#endif

static int range(unsigned long number, const struct order *order, int count, int on)
{
	struct zdc_range asked = { .device = (uint32_t)on,
				   .page = (uint32_t)order->page,
				   .count = (uint32_t)count,
				   .compound = (uint32_t)with_large_folios(order) };
	int bits = 0;
	if (ioctl(device, number, &asked) != 0)
		return error_result(errno);
	for (int at = 0; at < count; at++)
		bits |= asked.outcomes[at] == ZDC_MOVED_WHOLE ? 1 << (16 + at) : (asked.outcomes[at] != 0) << at;
	return VECTOR(bits);
}

#ifdef HAS_EVICT_RANGE
/* Frames are numbered across devices. */
static int evict_range(int first, int count)
{
	int moved = 0;
	for (int at = first, next; at < first + count; at = next) {
		struct zdc_range asked = { .device = (uint32_t)(at / DEVICE_FRAMES), .page = (uint32_t)(at % DEVICE_FRAMES) };
		int result;
		next = (at / DEVICE_FRAMES + 1) * DEVICE_FRAMES;
		next = next > first + count ? first + count : next;
		asked.count = (uint32_t)(next - at);
		result = ioctl(device, ZDC_EVICT_RANGE, &asked);
		if (result < 0)
			return error_result(errno);
		moved += result;
	}
	return moved;
}
#endif

/* Returns the value that the driver read, if `gives` is set. */
static int driver_access(unsigned long number, const struct order *order, int slot, int value, int gives)
{
	struct zdc_access asked = { .device = (uint32_t)order->more,
				    .page = (uint32_t)order->page,
				    .slot = (uint32_t)slot };
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

static int of_device(unsigned long number, int asked)
{
	uint32_t argument = (uint32_t)asked;
	return ioctl(device, number, &argument) ? error_result(errno) : OK;
}

static int evict_all(int asked)
{
	uint32_t argument = (uint32_t)asked;
	int back = ioctl(device, ZDC_EVICT_ALL, &argument);
	return back < 0 ? error_result(errno) : back;
}

static int carry_out_op(const struct order *order)
{
	switch (order->op) {
#ifdef HAS_MAP
	case OP_MAP:
#ifndef HAS_PRIVATE_MEMORY
		return map_common(order->page, order->argument, order->more);
#elif defined(HAS_COMMON_MEMORY)
		return map(first_of(order, order->page), count_of(order), order->argument, order->more);
#else
		return map_private(first_of(order, order->page), count_of(order), order->argument);
#endif
#endif
#ifdef HAS_UNMAP
	case OP_UNMAP:
		return unmap(first_of(order, order->page), count_of(order));
#endif
#ifdef HAS_DISCARD
	case OP_DISCARD:
		return madvise(address_of(first_of(order, order->page)), count_of(order) * PAGE_BYTES, MADV_DONTNEED) == 0 ?
			       OK :
			       error_result(errno);
#endif
#ifdef HAS_PROTECT
	case OP_PROTECT:
		return done(mprotect(address_of(first_of(order, order->page)), count_of(order) * PAGE_BYTES, order->argument),
			    first_of(order, order->page), count_of(order), order->argument);
#endif
#ifdef HAS_LOAD
	case OP_LOAD:
		return touch(order->page, -1);
#endif
#ifdef HAS_STORE
	case OP_STORE:
		return touch(order->page, order->argument);
#endif
#ifdef HAS_TO_DEVICE
	case OP_TO_DEVICE:
		return range(ZDC_TO_DEVICE, order, order->argument, order->more);
#endif
#ifdef HAS_TO_SYSTEM
	case OP_TO_SYSTEM:
		return range(ZDC_TO_SYSTEM, order, order->argument, order->more);
#endif
#ifdef HAS_DEVICE_LOAD
	case OP_DEVICE_LOAD:
		return driver_access(ZDC_LOAD, order, 0, 0, 1);
#endif
#ifdef HAS_DEVICE_STORE
	case OP_DEVICE_STORE:
		return driver_access(ZDC_STORE, order, 0, order->argument, 0);
#endif
#ifdef HAS_PIN
	case OP_PIN:
#ifdef HAS_WATCH
		return trap_or(driver_access(ZDC_PIN, order, order->argument, 0, 0), order->page, 1);
#else
		return driver_access(ZDC_PIN, order, order->argument, 0, 0);
#endif
#endif
#ifdef HAS_UNPIN
	case OP_UNPIN:
		return driver_access(ZDC_UNPIN, order, order->argument, 0, 1);
#endif
#ifdef HAS_INJECT
	case OP_INJECT:
		return inject(order->page, order->argument, order->more);
#endif
#ifdef HAS_HEAL
	case OP_HEAL:
		return simply(ZDC_HEAL);
#endif
#ifdef HAS_EVICT
	case OP_EVICT:
		return range(ZDC_EVICT, order, 1, 0);
#endif
#ifdef HAS_ATTACH
	case OP_ATTACH:
		return of_device(ZDC_ATTACH, order->argument);
#endif
#ifdef HAS_DETACH
	case OP_DETACH:
		return of_device(ZDC_DETACH, order->argument);
#endif
#ifdef HAS_SWAP_ON
	case OP_SWAP_ON:
		return swap_on(order->argument);
#endif
#ifdef HAS_MOVE
	case OP_MOVE:
		return move(first_of(order, order->page), first_of(order, order->argument), count_of(order),
			    order->more);
#endif
#ifdef HAS_POPULATE
	case OP_POPULATE:
#ifdef HAS_WATCH
		return trap_or(populate(order->page), order->page, permits(order->page, 1));
#else
		return populate(order->page);
#endif
#endif
#ifdef HAS_LOCK
	case OP_LOCK:
#ifdef HAS_WATCH
		return trap_or(lock(order->page, 1), order->page, permits(order->page, 1));
#else
		return lock(order->page, 1);
#endif
#endif
#ifdef HAS_UNLOCK
	case OP_UNLOCK:
		return lock(order->page, 0);
#endif
#ifdef HAS_ADVISE
	case OP_ADVISE:
		return advise(order->page, order->argument);
#endif
#ifdef HAS_PEEK
	case OP_PEEK:
		return driver_access(ZDC_NOFAULT_LOAD, order, 0, 0, 1);
#endif
#ifdef HAS_PAGE_MAP
	case OP_PAGE_MAP:
		return page_map(order->page);
#endif
#ifdef HAS_RESIDENCY
	case OP_RESIDENCY:
		return residency(order->page);
#endif
#ifdef HAS_SMAPS
	case OP_SMAPS:
		return private_pages();
#endif
#ifdef HAS_WATCH
	case OP_WATCH:
		return watch(order->page, order->argument);
#endif
#ifdef HAS_CLEAR_SOFT_DIRTY
	case OP_CLEAR_SOFT_DIRTY:
		return clear_soft_dirty();
#endif
#ifdef HAS_SOFT_DIRTY
	case OP_SOFT_DIRTY:
		return soft_dirty(order->page);
#endif
#ifdef HAS_KERNEL_LOAD
	case OP_KERNEL_LOAD:
#ifdef HAS_WATCH
		return trap_or(kernel_load(order->page), order->page, 0);
#else
		return kernel_load(order->page);
#endif
#endif
#ifdef HAS_KERNEL_STORE
	case OP_KERNEL_STORE:
#ifdef HAS_WATCH
		return trap_or(kernel_store(order->page, order->argument), order->page, 1);
#else
		return kernel_store(order->page, order->argument);
#endif
#endif
#ifdef HAS_MAKE_EXCLUSIVE
	case OP_MAKE_EXCLUSIVE:
		return driver_access(ZDC_MAKE_EXCLUSIVE, order, 0, 0, 0);
#endif
#ifdef HAS_DEVICE_EXCHANGE
	case OP_DEVICE_EXCHANGE:
		return driver_access(ZDC_EXCHANGE, order, 0, order->argument, 1);
#endif
#ifdef HAS_EVICT_ALL
	case OP_EVICT_ALL:
		return evict_all(order->argument);
#endif
#ifdef HAS_CLOSE
	case OP_CLOSE:
		return of_device(ZDC_CLOSE, order->argument);
#endif
#ifdef HAS_OPEN
	case OP_OPEN:
		return of_device(ZDC_OPEN, order->argument);
#endif
#ifdef HAS_HOT_ADD
	case OP_HOT_ADD:
		return of_device(ZDC_HOT_ADD, order->argument);
#endif
#ifdef HAS_EVICT_RANGE
	case OP_EVICT_RANGE:
		return evict_range(order->page, order->argument);
#endif
#ifdef HAS_COLLAPSE
	case OP_COLLAPSE:
		return collapse(order->page);
#endif
#ifdef HAS_SPLIT
	case OP_SPLIT:
		return of_device(ZDC_SPLIT, order->page);
#endif
	default:
		return OK;
	}
}

static struct answer carry_out(const struct order *order)
{
	struct answer answer = { .result = carry_out_op(order) };
	return answer;
}
