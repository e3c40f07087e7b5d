import { match, P } from 'ts-pattern';
import type {
  Advice,
  Command,
  MappingKind,
  Op,
  Protection,
  Victim,
  Watch,
} from '../../spec/vocabulary/command.ts';
import { opsOf } from '../../spec/vocabulary/parts.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { commandInWords } from '../report/command-text.ts';
import { wrap } from '../report/wrap.ts';
import { cString } from './c-program.ts';
import type { ExpectedStep } from './expectation.ts';

/** Arguments of orders as C or the program names them. */
const PROTECTIONS = {
  none: 'PROT_NONE',
  read: 'PROT_READ',
  write: 'PROT_READ | PROT_WRITE',
} as const satisfies Record<Protection, string>;

const ADVICES = {
  free: 'MADV_FREE',
  cold: 'MADV_COLD',
  'page-out': 'MADV_PAGEOUT',
  'move-node': 'MOVE_NEARER',
} as const satisfies Record<Advice, string>;

const WATCHES = {
  none: 'WATCH_NONE',
  missing: 'WATCH_MISSING',
  'write-protect': 'WATCH_STORES',
} as const satisfies Record<Watch, string>;

const MEMORIES = {
  private: 'PRIVATE_MEMORY',
  host: 'HOST_MEMORY',
  shared: 'SHARED_MEMORY',
  file: 'FILE_MEMORY',
} as const satisfies Record<MappingKind, string>;

/** The process that executes a command (-1 for the driver of the program itself), its page and its other arguments. */
type Order = readonly [process: number, page: number, argument: string, more: number | string];

/** Commands that no program can execute are refused before. */
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
    .with({ op: 'inspect' }, () => [0, 0, '0', 0])
    // These are refused before: see c-zdc-expressible.ts.
    .with({ op: P.union('limit', 'join', 'charge', 'surprise-remove', 'inherit') }, () => [0, 0, '0', 0])
    .exhaustive();

/** The number of the page among the pages of all processes; -1 for any page. */
const placeOf = (victim: Victim, { pages }: Scope): number =>
  victim === 'any' ? -1 : victim.process * pages + victim.page;

const opName = (op: Op): string =>
  `OP_${op
    .replace(/^migrate-/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;

/** The first columns of a step: its text, its process, its order, and whether a snapshot is taken afterwards. */
export function orderColumns({ command, snapshot }: ExpectedStep, scope: Scope, race = 0): string {
  const { process, order } = orderText(command, scope, race);
  return `${cString(commandInWords(command))}, ${process}, ${order}, ${Number(snapshot)}`;
}

/** The process that executes a command, and its order; a race has a number, by which the program finds its orders. */
export function orderText(
  command: Command,
  scope: Scope,
  race = 0,
): { readonly process: number; readonly order: string } {
  const [process, page, argument, more] = orderOf(command, scope, race);
  return { process, order: `{ ${opName(command.op)}, ${page}, ${argument}, ${more} }` };
}

/** The commands and kinds of memory that occur in a case, including those in races. */
export interface Repertoire {
  readonly ops: ReadonlySet<Op>;
  readonly memories: ReadonlySet<MappingKind>;
}

export function repertoireOf(steps: readonly ExpectedStep[]): Repertoire {
  const commands = steps.map(({ command }) => command);
  return {
    ops: new Set(commands.flatMap(opsOf)),
    memories: new Set(commands.flatMap((command) => (command.op === 'map' ? [command.kind] : []))),
  };
}

/** The HAS_ macros of a program that executes these commands. */
export const macrosOf = ({ ops, memories }: Repertoire): readonly string[] => [
  ...[...ops].map((op) => opName(op).replace('OP_', 'HAS_')),
  ...[...memories].map((kind) => `HAS_${kind.toUpperCase()}_MEMORY`),
  ...([...memories].some((kind) => kind !== 'private') ? ['HAS_COMMON_MEMORY'] : []),
];

/** Operations of every program: its processes begin and end. */
const ALWAYS: readonly Op[] = ['spawn', 'fork', 'exit', 'inspect'];

/** The numbers of processes and pages, and the operations; `more` are operations that are no commands. */
export const cSizes = (
  { processes, pages }: Scope,
  ops: Iterable<Op>,
  more: readonly string[] = [],
): string => `
#define PROCESSES ${processes}
#define PAGES ${pages}

enum op {
\t${wrap([...new Set([...ALWAYS, ...ops])].map(opName).concat(more).join(', '), '\t').join('\n')},
};
`;
