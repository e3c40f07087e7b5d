import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { match, P } from 'ts-pattern';

/** What a renaming does to the arguments of a command. */
export interface Renaming {
  readonly process: (process: number) => number;
  readonly page: (page: number) => number;
  readonly slot: (slot: number) => number;
  readonly value: (value: number) => number;
  readonly device: (device: number) => number;
  readonly group: (group: number) => number;
}

const same = (item: number): number => item;
export const SAME: Renaming = {
  process: same,
  page: same,
  slot: same,
  value: same,
  device: same,
  group: same,
};

/** The command with its arguments renamed. A range keeps its length. */
export function renamed(command: Command, by: Renaming): Command {
  const place = ({ process, page }: Place): Place => ({ process: by.process(process), page: by.page(page) });
  return match(command)
    .with({ op: P.union('spawn', 'exit', 'clear-soft-dirty', 'smaps') }, (c) => ({
      ...c,
      process: by.process(c.process),
    }))
    .with({ op: 'fork' }, (c) => ({ ...c, process: by.process(c.process), child: by.process(c.child) }))
    .with({ op: 'join' }, (c) => ({ ...c, process: by.process(c.process), group: by.group(c.group) }))
    .with({ op: P.union('map', 'unmap', 'discard', 'protect', 'evict') }, (c) => ({ ...c, ...place(c) }))
    .with({ op: P.union('load', 'kernel-load', 'peek', 'populate', 'lock', 'unlock') }, (c) => ({
      ...c,
      ...place(c),
    }))
    .with({ op: P.union('advise', 'watch', 'soft-dirty', 'page-map', 'residency') }, (c) => ({
      ...c,
      ...place(c),
    }))
    .with(
      { op: P.union('migrate-to-device', 'migrate-to-system', 'device-load', 'make-exclusive') },
      (c) => ({
        ...c,
        ...place(c),
        ...deviceBy(c, by),
      }),
    )
    .with({ op: P.union('store', 'kernel-store') }, (c) => ({ ...c, ...place(c), value: by.value(c.value) }))
    .with({ op: P.union('device-store', 'device-exchange') }, (c) => ({
      ...c,
      ...place(c),
      value: by.value(c.value),
      ...deviceBy(c, by),
    }))
    .with({ op: 'move' }, (c) => ({ ...c, ...place(c), to: by.page(c.to) }))
    .with({ op: 'pin' }, (c) => ({ ...c, ...place(c), slot: by.slot(c.slot) }))
    .with({ op: 'unpin' }, (c) => ({ ...c, slot: by.slot(c.slot) }))
    .with({ op: P.union('limit', 'charge') }, (c) => ({ ...c, group: by.group(c.group) }))
    .with({ op: 'inject' }, (c) => (c.victim === 'any' ? c : { ...c, victim: place(c.victim) }))
    .with({ op: P.union('attach', 'detach', 'evict-all', 'close', 'open', 'hot-add') }, (c) => ({
      ...c,
      ...deviceBy(c, by),
    }))
    .with({ op: P.union('heal', 'swap-on', 'inspect') }, (c) => c)
    .exhaustive();
}

interface Place {
  readonly process: number;
  readonly page: number;
}

/** The first device is the one that is meant where none is named: then its number does not appear in JSON. */
function deviceBy({ device = 0 }: { readonly device?: number | undefined }, by: Renaming): Device {
  const renaming = by.device(device);
  return { device: renaming === 0 ? undefined : renaming };
}

interface Device {
  readonly device: number | undefined;
}

/** The case with all its commands renamed. */
export const renamedCase = (testCase: Case, by: Renaming): Case => ({
  ...testCase,
  commands: testCase.commands.map((command) => renamed(command, by)),
});
