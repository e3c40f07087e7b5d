import { match, P } from 'ts-pattern';
import type { Command, Op, Victim } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { commandInWords } from '../report/command-text.ts';
import { wrap } from '../report/wrap.ts';
import { ADVICES, MEMORIES, PROTECTIONS, WATCHES } from './c-order-words.ts';
import { cString } from './c-text.ts';
import type { ExpectedStep } from './expectation.ts';

/** Who carries a command out (the driver of the program itself, where it is -1), at which page, and what else it says. */
type Order = readonly [process: number, page: number, argument: string, more: number | string];

/** Those that no program can do never come here. */
const orderOf = (command: Command, scope: Scope, race: number): Order =>
  match(command)
    .returnType<Order>()
    .with({ op: 'map' }, ({ process, page, protection, kind }) => {
      return [process, page, PROTECTIONS[protection], kind === 'private' ? 0 : MEMORIES[kind]];
    })
    .with({ op: 'protect' }, ({ process, page, protection }) => [process, page, PROTECTIONS[protection], 0])
    .with({ op: P.union('store', 'kernel-store') }, ({ process, page, value }) => {
      return [process, page, String(value), 0];
    })
    .with({ op: P.union('device-store', 'device-exchange') }, ({ process, page, value, device = 0 }) => {
      return [process, page, String(value), device];
    })
    .with(
      { op: P.union('migrate-to-device', 'migrate-to-system') },
      ({ process, page, count, device = 0 }) => [process, page, String(count), device],
    )
    .with({ op: P.union('device-load', 'make-exclusive') }, ({ process, page, device = 0 }) => {
      return [process, page, '0', device];
    })
    .with({ op: P.union('unmap', 'discard', 'load', 'evict') }, ({ process, page }) => {
      return [process, page, '0', 0];
    })
    .with(
      { op: P.union('populate', 'peek', 'page-map', 'residency', 'lock', 'unlock') },
      ({ process, page }) => [process, page, '0', 0],
    )
    .with({ op: P.union('kernel-load', 'soft-dirty') }, ({ process, page }) => {
      return [process, page, '0', 0];
    })
    .with({ op: 'advise' }, ({ process, page, advice }) => [process, page, ADVICES[advice], 0])
    .with({ op: 'watch' }, ({ process, page, watch }) => [process, page, WATCHES[watch], 0])
    .with({ op: 'move' }, ({ process, page, to, keep }) => [process, page, String(to), Number(keep)])
    .with({ op: 'pin' }, ({ process, page, slot }) => [process, page, String(slot), 0])
    .with({ op: 'unpin' }, ({ slot }) => [-1, 0, String(slot), 0])
    .with({ op: 'inject' }, ({ kind, victim, remaining }) => {
      const times = remaining === 'until-healed' ? -1 : remaining;
      return [-1, placeOf(victim, scope), `ZDC_${kind.replaceAll('-', '_').toUpperCase()}`, times];
    })
    .with({ op: P.union('attach', 'detach', 'evict-all', 'close', 'open', 'hot-add') }, ({ device = 0 }) => {
      return [-1, 0, String(device), 0];
    })
    .with({ op: 'heal' }, () => [-1, 0, '0', 0])
    .with({ op: 'race' }, () => [-1, race, '0', 0])
    .with({ op: 'swap-on' }, ({ areas }) => [-1, 0, String(areas), 0])
    .with({ op: 'fork' }, ({ process, child }) => [process, 0, String(child), 0])
    .with({ op: P.union('spawn', 'exit', 'smaps', 'clear-soft-dirty') }, ({ process }) => [
      process,
      0,
      '0',
      0,
    ])
    .otherwise(() => [0, 0, '0', 0]);

/** All pages of all processes are numbered through; -1 is whoever it may be. */
const placeOf = (victim: Victim, { pages }: Scope): number =>
  victim === 'any' ? -1 : victim.process * pages + victim.page;

export const opName = (op: Op): string =>
  `OP_${op
    .replace(/^migrate-/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;

/** The beginning of a step's row: its text, who carries it out, its order, and whether everything is looked at then. */
export function orderColumns({ command, snapshot }: ExpectedStep, scope: Scope, race = 0): string {
  const { process, order } = orderText(command, scope, race);
  return `${cString(commandInWords(command))}, ${process}, ${order}, ${Number(snapshot)}`;
}

/** Who carries a command out, and its order; a race has a number, by which the program finds its two orders. */
export function orderText(
  command: Command,
  scope: Scope,
  race = 0,
): { readonly process: number; readonly order: string } {
  const [process, page, argument, more] = orderOf(command, scope, race);
  return { process, order: `{ ${opName(command.op)}, ${page}, ${argument}, ${more} }` };
}

/** Every program has processes that come and go. */
const ALWAYS: readonly Op[] = ['spawn', 'fork', 'exit', 'inspect'];

/** The part of an exported C program that says what an order is; `more` are orders that are no commands. */
export const cOrders = (
  { processes, pages }: Scope,
  ops: Iterable<Op>,
  more: readonly string[] = [],
): string => `
#define PROCESSES ${processes}
#define PAGES ${pages}
/* In milliseconds: how long a process may be silent, and how often it is looked at meanwhile. */
#define PATIENCE 10000
#define TICK 20

enum op {
\t${wrap([...new Set([...ALWAYS, ...ops])].map(opName).concat(more).join(', '), '\t').join('\n')},
};

struct order {
	enum op op;
	int page;
	int argument;
	int more;
};
`;
