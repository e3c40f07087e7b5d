import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { type Single, withParts } from '../../spec/vocabulary/parts.ts';

/** A renaming of the arguments of commands, by kind. */
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
export const renamed = (command: Command, by: Renaming): Command =>
  withParts(command, (part) => renamedPart(part, by));

function renamedPart(command: Single, by: Renaming): Command {
  switch (command.op) {
    case 'spawn':
    case 'exit':
    case 'clear-soft-dirty':
    case 'smaps':
      return { ...command, process: by.process(command.process) };
    case 'fork':
      return { ...command, process: by.process(command.process), child: by.process(command.child) };
    case 'join':
      return { ...command, process: by.process(command.process), group: by.group(command.group) };
    case 'map':
    case 'unmap':
    case 'discard':
    case 'protect':
    case 'load':
    case 'evict':
    case 'populate':
    case 'lock':
    case 'unlock':
    case 'advise':
    case 'kernel-load':
    case 'peek':
    case 'watch':
    case 'inherit':
    case 'soft-dirty':
    case 'page-map':
    case 'residency':
      return { ...command, ...place(command, by) };
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'device-load':
    case 'make-exclusive':
      return { ...command, ...place(command, by), ...device(command, by) };
    case 'store':
    case 'kernel-store':
      return { ...command, ...place(command, by), value: by.value(command.value) };
    case 'device-store':
    case 'device-exchange':
      return { ...command, ...place(command, by), value: by.value(command.value), ...device(command, by) };
    case 'move':
      return { ...command, ...place(command, by), to: by.page(command.to) };
    case 'pin':
      return { ...command, ...place(command, by), slot: by.slot(command.slot) };
    case 'unpin':
      return { ...command, slot: by.slot(command.slot) };
    case 'limit':
    case 'charge':
      return { ...command, group: by.group(command.group) };
    case 'inject':
      return command.victim === 'any' ? command : { ...command, victim: place(command.victim, by) };
    case 'attach':
    case 'detach':
    case 'evict-all':
    case 'close':
    case 'open':
    case 'hot-add':
    case 'surprise-remove':
      return { ...command, ...device(command, by) };
    case 'heal':
    case 'swap-on':
    case 'inspect':
      return command;
  }
}

interface Place {
  readonly process: number;
  readonly page: number;
}

const place = ({ process, page }: Place, by: Renaming): Place => ({
  process: by.process(process),
  page: by.page(page),
});

interface Device {
  readonly device: number | undefined;
}

/** Renames a device; the first device stays implicit. */
function device(command: { readonly device?: number | undefined }, by: Renaming): Device | undefined {
  const renaming = by.device(command.device ?? 0);
  if (renaming === (command.device ?? 0)) return undefined;
  return { device: renaming === 0 ? undefined : renaming };
}

/** The case with all its commands renamed. */
export const renamedCase = (testCase: Case, by: Renaming): Case => ({
  ...testCase,
  commands: testCase.commands.map((command) => renamed(command, by)),
});
