import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { match } from 'ts-pattern';

/** What a renaming does to the arguments of a command. */
export interface Renaming {
  readonly process: (process: number) => number;
  readonly page: (page: number) => number;
  readonly slot: (slot: number) => number;
  readonly value: (value: number) => number;
}

const same = (item: number): number => item;
export const SAME: Renaming = { process: same, page: same, slot: same, value: same };

/** The command with its arguments renamed. A range keeps its length. */
export function renamed(command: Command, by: Renaming): Command {
  return match(command)
    .with({ op: 'spawn' }, { op: 'exit' }, (c) => ({ ...c, process: by.process(c.process) }))
    .with({ op: 'fork' }, (c) => ({ ...c, process: by.process(c.process), child: by.process(c.child) }))
    .with(
      { op: 'map' },
      { op: 'unmap' },
      { op: 'discard' },
      { op: 'protect' },
      { op: 'load' },
      { op: 'device-load' },
      { op: 'evict' },
      { op: 'migrate-to-device' },
      { op: 'migrate-to-system' },
      (c) => ({ ...c, process: by.process(c.process), page: by.page(c.page) }),
    )
    .with({ op: 'store' }, { op: 'device-store' }, (c) => ({
      ...c,
      process: by.process(c.process),
      page: by.page(c.page),
      value: by.value(c.value),
    }))
    .with({ op: 'pin' }, (c) => ({
      ...c,
      process: by.process(c.process),
      page: by.page(c.page),
      slot: by.slot(c.slot),
    }))
    .with({ op: 'unpin' }, (c) => ({ ...c, slot: by.slot(c.slot) }))
    .with({ op: 'inject' }, (c) =>
      c.victim === 'any'
        ? c
        : { ...c, victim: { process: by.process(c.victim.process), page: by.page(c.victim.page) } },
    )
    .with({ op: 'heal' }, { op: 'attach' }, { op: 'detach' }, { op: 'swap-on' }, { op: 'inspect' }, (c) => c)
    .exhaustive();
}

/** The case with all its commands renamed. */
export const renamedCase = (testCase: Case, by: Renaming): Case => ({
  ...testCase,
  commands: testCase.commands.map((command) => renamed(command, by)),
});
