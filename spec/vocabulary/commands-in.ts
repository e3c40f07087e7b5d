import {
  Advice,
  type Command,
  type RaceSide,
  Inheritance,
  InjectionKind,
  isContender,
  MappingKind,
  type Op,
  Protection,
  Watch,
} from './command.ts';
import { CONTROL_GROUPS, devicesIn, type Scope } from './scope.ts';

/** Which commands are enumerated: a slice of the vocabulary, and the values that stores write. */
export interface Slice {
  readonly ops: ReadonlySet<Op>;
  readonly values: readonly number[];
  /** Whether pins for reading are among them. */
  readonly readPins?: boolean;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** Every command of a slice in a scope, in the order of the specification; the simplest arguments first. */
export function commandsIn(scope: Scope, slice: Slice): readonly Command[] {
  const processes = range(scope.processes);
  const pages = range(scope.pages);
  const slots = range(scope.slots);
  const places = processes.flatMap((process) => pages.map((page) => ({ process, page })));
  const ranges = places.flatMap((place) =>
    range(scope.pages - place.page).map((more) => ({ ...place, count: more + 1 })),
  );
  const { values } = slice;
  // The first device is the one that is meant where none is named.
  const devices = range(devicesIn(scope)).map((device) => (device === 0 ? {} : { device }));
  const groups = range(CONTROL_GROUPS);
  const every: readonly Command[] = [
    ...processes.map((process): Command => ({ op: 'spawn', process })),
    ...processes.flatMap((process) => processes.map((child): Command => ({ op: 'fork', process, child }))),
    ...processes.map((process): Command => ({ op: 'exit', process })),
    ...places.flatMap((place) =>
      MappingKind.options.flatMap((kind) =>
        Protection.options
          .toReversed()
          .map((protection): Command => ({ op: 'map', ...place, kind, protection })),
      ),
    ),
    ...places.map((place): Command => ({ op: 'unmap', ...place })),
    ...places.map((place): Command => ({ op: 'discard', ...place })),
    ...places.flatMap((place) =>
      Protection.options.map((protection): Command => ({ op: 'protect', ...place, protection })),
    ),
    ...places.map((place): Command => ({ op: 'load', ...place })),
    ...places.flatMap((place) => values.map((value): Command => ({ op: 'store', ...place, value }))),
    ...devices.flatMap((device) =>
      ranges.map((place): Command => ({ op: 'migrate-to-device', ...place, ...device })),
    ),
    ...devices.flatMap((device) =>
      ranges.map((place): Command => ({ op: 'migrate-to-system', ...place, ...device })),
    ),
    ...devices.flatMap((device) =>
      places.map((place): Command => ({ op: 'device-load', ...place, ...device })),
    ),
    ...devices.flatMap((device) =>
      places.flatMap((place) =>
        values.map((value): Command => ({ op: 'device-store', ...place, value, ...device })),
      ),
    ),
    ...places.flatMap((place) => slots.map((slot): Command => ({ op: 'pin', ...place, slot }))),
    ...slots.map((slot): Command => ({ op: 'unpin', slot })),
    ...InjectionKind.options.flatMap((kind) =>
      (['any', ...places] as const).flatMap((victim) =>
        ([1, 'until-healed'] as const).map((remaining): Command => ({
          op: 'inject',
          kind,
          victim,
          remaining,
        })),
      ),
    ),
    { op: 'heal' },
    ...places.map((place): Command => ({ op: 'evict', ...place })),
    ...devices.map((device): Command => ({ op: 'attach', ...device })),
    ...devices.map((device): Command => ({ op: 'detach', ...device })),
    { op: 'swap-on', areas: 32 },
    { op: 'inspect' },
    ...places.flatMap(({ process, page }) =>
      pages
        .filter((to) => to !== page)
        .flatMap((to) => [false, true].map((keep): Command => ({ op: 'move', process, page, to, keep }))),
    ),
    ...(['populate', 'lock', 'unlock', 'kernel-load', 'peek', 'soft-dirty', 'page-map', 'residency'] as const)
      .filter((op) => slice.ops.has(op))
      .flatMap((op) => places.map((place): Command => ({ op, ...place }))),
    ...places.flatMap((place) =>
      Advice.options.map((advice): Command => ({ op: 'advise', ...place, advice })),
    ),
    ...places.flatMap((place) => values.map((value): Command => ({ op: 'kernel-store', ...place, value }))),
    ...places.flatMap((place) => Watch.options.map((watch): Command => ({ op: 'watch', ...place, watch }))),
    ...processes.map((process): Command => ({ op: 'clear-soft-dirty', process })),
    ...processes.map((process): Command => ({ op: 'smaps', process })),
    ...groups.flatMap((group) =>
      ([0, 1, 'none'] as const).map((limit): Command => ({ op: 'limit', group, pages: limit })),
    ),
    ...processes.flatMap((process) => groups.map((group): Command => ({ op: 'join', process, group }))),
    ...groups.map((group): Command => ({ op: 'charge', group })),
    ...(['evict-all', 'close', 'open', 'hot-add', 'surprise-remove'] as const)
      .filter((op) => slice.ops.has(op))
      .flatMap((op) => devices.map((device): Command => ({ op, ...device }))),
    ...devices.flatMap((device) =>
      places.map((place): Command => ({ op: 'make-exclusive', ...place, ...device })),
    ),
    ...devices.flatMap((device) =>
      places.flatMap((place) =>
        values.map((value): Command => ({ op: 'device-exchange', ...place, value, ...device })),
      ),
    ),
    ...(slice.readPins === true ? places : []).flatMap((place) =>
      slots.map((slot): Command => ({ op: 'pin', ...place, slot, access: 'read' })),
    ),
    ...places.flatMap((place) =>
      Inheritance.options.map((inheritance): Command => ({ op: 'inherit', ...place, inheritance })),
    ),
  ];
  const taken = every.filter((command) => slice.ops.has(command.op));
  const races = slice.ops.has('race') ? racesOf(taken.filter(isContender)) : [];
  return [...taken, ...races];
}

/** Every two commands at once, each pair one way round: neither side is the first. */
const racesOf = (contenders: readonly RaceSide[]): readonly Command[] =>
  contenders.flatMap((left, index) =>
    contenders.slice(index).map((right): Command => ({ op: 'race', left, right })),
  );
