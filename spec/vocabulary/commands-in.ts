import { type Command, InjectionKind, type Op, Protection } from './command.ts';
import type { Scope } from './scope.ts';

/** Which commands are enumerated: a slice of the vocabulary, and the values that stores write. */
export interface Slice {
  readonly ops: ReadonlySet<Op>;
  readonly values: readonly number[];
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
  const every: readonly Command[] = [
    ...processes.map((process): Command => ({ op: 'spawn', process })),
    ...processes.flatMap((process) => processes.map((child): Command => ({ op: 'fork', process, child }))),
    ...processes.map((process): Command => ({ op: 'exit', process })),
    ...places.flatMap((place) =>
      (['private', 'host'] as const).flatMap((kind) =>
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
    ...ranges.map((place): Command => ({ op: 'migrate-to-device', ...place })),
    ...ranges.map((place): Command => ({ op: 'migrate-to-system', ...place })),
    ...places.map((place): Command => ({ op: 'device-load', ...place })),
    ...places.flatMap((place) => values.map((value): Command => ({ op: 'device-store', ...place, value }))),
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
    { op: 'attach' },
    { op: 'detach' },
    { op: 'swap-on', areas: 32 },
    { op: 'inspect' },
  ];
  return every.filter((command) => slice.ops.has(command.op));
}
