import { type MappingKind, type Op, OPS } from '../../spec/vocabulary/command.ts';
import type { CodeChapter } from './c-linked.ts';
import { opName } from './c-order.ts';
import type { Repertoire } from './c-repertoire.ts';

/** The part of an exported C program that asks our own driver, and carries out one command. */
export function cZdcCommands({ ops, memories }: Repertoire): CodeChapter {
  const ways = deeds(memories, ops.has('watch'));
  const cases = OPS.filter((op) => ops.has(op) && ways[op] !== undefined).map(
    (op) => `\tcase ${opName(op)}:\n\t\treturn ${ways[op]};\n`,
  );
  return {
    title: 'Commands',
    pieces: {
      range: `
static int range(unsigned long number, int page, int count, int on)
{
	struct zdc_range asked = { .device = (uint32_t)on, .page = (uint32_t)page, .count = (uint32_t)count };
	int bits = 0;
	if (ioctl(device, number, &asked) != 0)
		return error_result(errno);
	for (int at = 0; at < count; at++)
		bits |= (asked.moved[at] != 0) << at;
	return VECTOR(bits);
}
`,
      driver_access: `
/* Answers what it gives of a page where there is no value to write. */
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
`,
      inject: `
static int inject(int place, int kind, int remaining)
{
	struct zdc_inject wanted = { .kind = (uint32_t)kind,
				     .process = place < 0 ? -1 : place / PAGES,
				     .page = place < 0 ? 0 : (uint32_t)(place % PAGES),
				     .remaining = remaining };
	return ioctl(device, ZDC_INJECT, &wanted) ? error_result(errno) : OK;
}
`,
      simply: `
static int simply(unsigned long number)
{
	return ioctl(device, number) ? error_result(errno) : OK;
}
`,
      of_device: `
static int of_device(unsigned long number, int asked)
{
	uint32_t argument = (uint32_t)asked;
	return ioctl(device, number, &argument) ? error_result(errno) : OK;
}
`,
      evict_all: `
static int evict_all(int asked)
{
	uint32_t argument = (uint32_t)asked;
	int back = ioctl(device, ZDC_EVICT_ALL, &argument);
	return back < 0 ? error_result(errno) : back;
}
`,
      carry_out: `
static int carry_out_op(const struct order *order)
{
	switch (order->op) {
${cases.join('')}\
	default:
		return OK;
	}
}

static struct answer carry_out(const struct order *order)
{
	struct answer answer = { .result = carry_out_op(order) };
	return answer;
}
`,
    },
  };
}

const PAGE = 'order->page';
const VALUE = 'order->argument';

const access = (number: string, slot = '0', value = '0', gives = 0): string =>
  `driver_access(${number}, order, ${slot}, ${value}, ${gives})`;

/** How each command is carried out that a process does, or that is nobody's own. */
function deeds(memories: ReadonlySet<MappingKind>, trapped: boolean): { readonly [O in Op]?: string } {
  const orTrapped = (call: string, writes: string): string =>
    trapped ? `trap_or(${call}, ${PAGE}, ${writes})` : call;
  return {
    map: mapDeed(memories),
    unmap: `unmap(${PAGE})`,
    discard: `done(madvise(address_of(${PAGE}), ZDC_PAGE, MADV_DONTNEED), ${PAGE}, protections[${PAGE}])`,
    protect: `done(mprotect(address_of(${PAGE}), ZDC_PAGE, ${VALUE}), ${PAGE}, ${VALUE})`,
    move: `move(${PAGE}, ${VALUE}, order->more)`,
    populate: orTrapped(`populate(${PAGE})`, `permits(${PAGE}, 1)`),
    lock: orTrapped(`lock(${PAGE}, 1)`, `permits(${PAGE}, 1)`),
    unlock: `lock(${PAGE}, 0)`,
    advise: `advise(${PAGE}, ${VALUE})`,
    load: `touch(${PAGE}, -1)`,
    store: `touch(${PAGE}, ${VALUE})`,
    'kernel-load': orTrapped(`kernel_load(${PAGE})`, '0'),
    'kernel-store': orTrapped(`kernel_store(${PAGE}, ${VALUE})`, '1'),
    'device-load': access('ZDC_LOAD', '0', '0', 1),
    'device-store': access('ZDC_STORE', '0', VALUE),
    'make-exclusive': access('ZDC_MAKE_EXCLUSIVE'),
    'device-exchange': access('ZDC_EXCHANGE', '0', VALUE, 1),
    peek: access('ZDC_PEEK', '0', '0', 1),
    pin: orTrapped(access('ZDC_PIN', VALUE), '1'),
    unpin: access('ZDC_UNPIN', VALUE, '0', 1),
    'migrate-to-device': `range(ZDC_TO_DEVICE, ${PAGE}, ${VALUE}, order->more)`,
    'migrate-to-system': `range(ZDC_TO_SYSTEM, ${PAGE}, ${VALUE}, order->more)`,
    evict: `range(ZDC_EVICT, ${PAGE}, 1, 0)`,
    'evict-all': `evict_all(${VALUE})`,
    inject: `inject(${PAGE}, ${VALUE}, order->more)`,
    heal: 'simply(ZDC_HEAL)',
    attach: `of_device(ZDC_ATTACH, ${VALUE})`,
    detach: `of_device(ZDC_DETACH, ${VALUE})`,
    close: `of_device(ZDC_CLOSE, ${VALUE})`,
    open: `of_device(ZDC_OPEN, ${VALUE})`,
    'hot-add': `of_device(ZDC_HOT_ADD, ${VALUE})`,
    'swap-on': `swap_on(${VALUE})`,
    watch: `watch(${PAGE}, ${VALUE})`,
    'clear-soft-dirty': 'clear_soft_dirty()',
    'soft-dirty': `soft_dirty(${PAGE})`,
    'page-map': `page_map(${PAGE})`,
    residency: `residency(${PAGE})`,
    smaps: 'private_pages()',
  };
}

function mapDeed(memories: ReadonlySet<MappingKind>): string {
  if (!memories.has('private')) return `map_common(${PAGE}, ${VALUE}, order->more)`;
  return memories.size === 1 ? `map_private(${PAGE}, ${VALUE})` : `map(${PAGE}, ${VALUE}, order->more)`;
}
