import { match, P } from 'ts-pattern';
import type { Command, Protection, Victim } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { commandInWords } from '../report/command-text.ts';
import { cString } from './c-text.ts';
import type { ExpectedStep } from './expectation.ts';

const PROTECTIONS = {
  none: 'PROT_NONE',
  read: 'PROT_READ',
  write: 'PROT_READ | PROT_WRITE',
} as const satisfies Record<Protection, string>;

/** Who carries a command out (the driver of the program itself, where it is -1), at which page, and what else it says. */
type Order = readonly [process: number, page: number, argument: string, more: number];

/** Those that no program can do never come here. */
const orderOf = (command: Command, scope: Scope): Order =>
  match(command)
    .returnType<Order>()
    .with({ op: 'map' }, ({ process, page, protection, kind }) => {
      return [process, page, PROTECTIONS[protection], Number(kind !== 'private')];
    })
    .with({ op: 'protect' }, ({ process, page, protection }) => [process, page, PROTECTIONS[protection], 0])
    .with({ op: P.union('store', 'device-store') }, ({ process, page, value }) => {
      return [process, page, String(value), 0];
    })
    .with({ op: P.union('migrate-to-device', 'migrate-to-system') }, ({ process, page, count }) => {
      return [process, page, String(count), 0];
    })
    .with({ op: P.union('unmap', 'discard', 'load', 'device-load', 'evict') }, ({ process, page }) => {
      return [process, page, '0', 0];
    })
    .with({ op: P.union('populate', 'peek', 'page-map', 'residency') }, ({ process, page }) => {
      return [process, page, '0', 0];
    })
    .with({ op: 'move' }, ({ process, page, to, keep }) => [process, page, String(to), Number(keep)])
    .with({ op: 'pin' }, ({ process, page, slot }) => [process, page, String(slot), 0])
    .with({ op: 'unpin' }, ({ slot }) => [-1, 0, String(slot), 0])
    .with({ op: 'inject' }, ({ kind, victim, remaining }) => {
      const times = remaining === 'until-healed' ? -1 : remaining;
      return [-1, placeOf(victim, scope), `ZDC_${kind.replaceAll('-', '_').toUpperCase()}`, times];
    })
    .with({ op: P.union('heal', 'attach', 'detach') }, () => [-1, 0, '0', 0])
    .with({ op: 'fork' }, ({ process, child }) => [process, 0, String(child), 0])
    .with({ op: P.union('spawn', 'exit', 'smaps') }, ({ process }) => [process, 0, '0', 0])
    .otherwise(() => [0, 0, '0', 0]);

/** All pages of all processes are numbered through; -1 is whoever it may be. */
const placeOf = (victim: Victim, { pages }: Scope): number =>
  victim === 'any' ? -1 : victim.process * pages + victim.page;

const opName = ({ op }: Command): string =>
  `OP_${op
    .replace(/^migrate-/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;

/** The beginning of a step's row: its text, who carries it out, its order, and whether everything is looked at then. */
export function orderColumns({ command, due }: ExpectedStep, scope: Scope): string {
  const [process, page, argument, more] = orderOf(command, scope);
  const order = `{ ${opName(command)}, ${page}, ${argument}, ${more} }`;
  return `${cString(commandInWords(command))}, ${process}, ${order}, ${Number(due)}`;
}

/** The part of an exported C program that says what an order is. */
export const cOrders = ({ processes, pages }: Scope): string => `
#define PROCESSES ${processes}
#define PAGES ${pages}
/* In milliseconds: how long a process may be silent, and how often it is looked at meanwhile. */
#define PATIENCE 10000
#define TICK 20

enum op {
	OP_SPAWN, OP_FORK, OP_EXIT, OP_MAP, OP_UNMAP, OP_DISCARD, OP_PROTECT, OP_LOAD, OP_STORE, OP_TO_DEVICE,
	OP_TO_SYSTEM, OP_DEVICE_LOAD, OP_DEVICE_STORE, OP_PIN, OP_UNPIN, OP_INJECT, OP_HEAL, OP_EVICT, OP_ATTACH,
	OP_DETACH, OP_MOVE, OP_POPULATE, OP_PEEK, OP_PAGE_MAP, OP_RESIDENCY, OP_SMAPS, OP_INSPECT, OP_LOOK,
};

struct order {
	enum op op;
	int page;
	int argument;
	int more;
};
`;
