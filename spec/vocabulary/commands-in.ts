import {
  Advice,
  type ArgumentKind,
  type ArgumentValue,
  Inheritance,
  InjectionKind,
  MappingKind,
  type PinAccess,
  Protection,
  Watch,
} from './arguments.ts';
import { type Command, isContender, type Op, type RaceSide, type Single, SINGLE_OPS } from './command.ts';
import { COMMANDS } from './commands.ts';
import { type ArgumentValues, argumentKindsOf } from './names.ts';
import { CONTROL_GROUPS, devicesIn, framesIn, MAX_SWAP_AREAS, type Scope } from './scope.ts';

/** The commands to enumerate: a slice of the vocabulary, and the values that stores write. */
export interface Slice {
  readonly ops: ReadonlySet<Op>;
  readonly values: readonly number[];
  /** Whether pins for reading are among them. */
  readonly readPins?: boolean;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const placesIn = (scope: Scope): readonly { readonly process: number; readonly page: number }[] =>
  range(scope.processes).flatMap((process) => range(scope.pages).map((page) => ({ process, page })));

/** The bounds of an enumeration. */
interface Bounds {
  readonly scope: Scope;
  readonly values: readonly number[];
  readonly pinAccess: PinAccess | undefined;
}

type Options = (bounds: Bounds, chosen: ArgumentValues) => readonly ArgumentValue[];

/** The page that was chosen for a command. */
const pageOf = ({ page }: ArgumentValues): number => (typeof page === 'number' ? page : 0);

/** The values that an argument of each kind is enumerated with, the simplest first. */
const OPTIONS: { readonly [K in ArgumentKind]: Options } = {
  process: ({ scope }) => range(scope.processes),
  child: ({ scope }) => range(scope.processes),
  page: ({ scope }) => range(scope.pages),
  'target-page': ({ scope }, chosen) => range(scope.pages).filter((page) => page !== pageOf(chosen)),
  count: ({ scope }, chosen) => range(scope.pages - pageOf(chosen)).map((more) => more + 1),
  value: ({ values }) => values,
  slot: ({ scope }) => range(scope.slots),
  // The first device is omitted.
  device: ({ scope }) => range(devicesIn(scope)).map((device) => (device === 0 ? undefined : device)),
  // Worlds of base pages have no large folios.
  whole: ({ scope }) => (scope.block === undefined ? [undefined] : [undefined, true]),
  compound: ({ scope }) => (scope.block === undefined ? [undefined] : [undefined, true]),
  frame: ({ scope }) => (scope.block === undefined ? [] : range(framesIn(scope))),
  'frame-count': ({ scope }) => [1, ...(scope.block === undefined ? [] : [scope.block])],
  group: () => range(CONTROL_GROUPS),
  'mapping-kind': () => MappingKind.options,
  'new-protection': () => Protection.options.toReversed(),
  protection: () => Protection.options,
  'injection-kind': ({ scope }) => InjectionKind.options.slice(0, scope.block === undefined ? 4 : undefined),
  victim: ({ scope }) => ['any', ...placesIn(scope)],
  remaining: () => [1, 'until-healed'],
  'swap-areas': () => [MAX_SWAP_AREAS],
  keep: () => [false, true],
  advice: () => Advice.options,
  watch: () => Watch.options,
  inheritance: () => Inheritance.options,
  'pin-access': ({ pinAccess }) => [pinAccess],
  limit: () => [0, 1, 'none'],
};

/** The values that an argument of this kind is enumerated with, in a command on this page. */
export const optionsFor = (kind: ArgumentKind, scope: Scope, page: number): readonly ArgumentValue[] =>
  OPTIONS[kind]({ scope, values: [1], pinAccess: undefined }, { page });

/** All commands of one name. The device varies slowest, then the arguments in their order. */
function commandsOf(op: Single['op'], bounds: Bounds): readonly Single[] {
  const kinds = argumentKindsOf(op);
  const order = [
    ...kinds.filter(([, kind]) => kind === 'device'),
    ...kinds.filter(([, kind]) => kind !== 'device'),
  ];
  let choices: readonly ArgumentValues[] = [{}];
  for (const [argument, kind] of order) {
    choices = choices.flatMap((chosen) =>
      OPTIONS[kind](bounds, chosen).map((option) =>
        option === undefined ? chosen : { ...chosen, [argument]: option },
      ),
    );
  }
  const { schema } = COMMANDS[op];
  return choices.map((chosen) => schema.parse({ op, ...chosen }));
}

/**
 * The order of enumeration, on which searches and shrinking depend: that of the specification, except that these come
 * in this order, with the pins for reading among them. A later command comes after them.
 */
const LATER = [
  'move',
  'populate',
  'lock',
  'unlock',
  'kernel-load',
  'peek',
  'soft-dirty',
  'page-map',
  'residency',
  'advise',
  'kernel-store',
  'watch',
  'clear-soft-dirty',
  'smaps',
  'limit',
  'join',
  'charge',
  'evict-all',
  'close',
  'open',
  'hot-add',
  'surprise-remove',
  'make-exclusive',
  'device-exchange',
  'read-pins',
  'inherit',
] as const;

const ORDER = [...new Set([...SINGLE_OPS.slice(0, SINGLE_OPS.indexOf('move')), ...LATER, ...SINGLE_OPS])];

/** Every command of a slice in a scope; the simplest arguments first. */
export function commandsIn(scope: Scope, slice: Slice): readonly Command[] {
  const bounds = { scope, values: slice.values, pinAccess: undefined };
  const singles = ORDER.flatMap((one): readonly Single[] => {
    const op = one === 'read-pins' ? 'pin' : one;
    if (!slice.ops.has(op)) return [];
    if (one !== 'read-pins') return commandsOf(op, bounds);
    return slice.readPins === true ? commandsOf(op, { ...bounds, pinAccess: 'read' }) : [];
  });
  return [...singles, ...(slice.ops.has('race') ? racesOf(singles.filter(isContender)) : [])];
}

/** Every pair of contenders as a race, in one arrangement only, because the sides have no order. */
const racesOf = (contenders: readonly RaceSide[]): readonly Command[] =>
  contenders.flatMap((left, index) =>
    contenders.slice(index).map((right): Command => ({ op: 'race', left, right })),
  );
