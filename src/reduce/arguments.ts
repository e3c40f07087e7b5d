import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { match } from 'ts-pattern';
import { type Pass, withCommands } from './pass.ts';

/** The same command with simpler arguments, the simplest first. Nothing ever comes back to itself by way of these. */
const simpler = (command: Command): readonly Command[] => [...nearer(command), ...plainer(command)];

/** The same command at an earlier page, or in an earlier process. */
function nearer(command: Command): readonly Command[] {
  if (!('process' in command)) return [];
  const places: Command[] = [];
  if (command.process > 0) places.push({ ...command, process: command.process - 1 });
  if ('page' in command && command.page > 0) places.push({ ...command, page: command.page - 1 });
  return places;
}

function plainer(command: Command): readonly Command[] {
  return match<Command, readonly Command[]>(command)
    .with({ op: 'store' }, { op: 'device-store' }, (c) =>
      [1, 2].filter((value) => value < c.value).map((value) => ({ ...c, value })),
    )
    .with({ op: 'migrate-to-device' }, { op: 'migrate-to-system' }, (c) => [
      ...(c.count > 1 ? [{ ...c, count: 1 }] : []),
      ...(c.count > 1 ? [{ ...c, page: c.page + 1, count: c.count - 1 }] : []),
      ...(c.count > 2 ? [{ ...c, count: c.count - 1 }] : []),
    ])
    .with({ op: 'inject' }, (c) => [
      ...(c.victim === 'any' ? [] : [{ ...c, victim: 'any' as const }]),
      ...(c.remaining === 1 ? [] : [{ ...c, remaining: 1 as const }]),
      ...(c.remaining === 'until-healed' || c.remaining === 1
        ? []
        : [{ ...c, remaining: 'until-healed' as const }]),
    ])
    .with({ op: 'map' }, (c) => [
      ...(c.kind === 'host' ? [{ ...c, kind: 'private' as const }] : []),
      ...(c.protection === 'write' ? [] : [{ ...c, protection: 'write' as const }]),
    ])
    .with({ op: 'protect' }, (c) => (c.protection === 'read' ? [] : [{ ...c, protection: 'read' as const }]))
    .with({ op: 'swap-on' }, (c) => (c.areas === 32 ? [] : [{ ...c, areas: 32 }]))
    .with(
      { op: 'spawn' },
      { op: 'fork' },
      { op: 'exit' },
      { op: 'unmap' },
      { op: 'discard' },
      { op: 'load' },
      { op: 'device-load' },
      { op: 'pin' },
      { op: 'unpin' },
      { op: 'heal' },
      { op: 'evict' },
      { op: 'attach' },
      { op: 'detach' },
      { op: 'inspect' },
      () => [],
    )
    .exhaustive();
}

/** Gives each command the simplest arguments with which the case still fails. */
export const simplifyArguments: Pass = function* (failing) {
  let current = failing;
  for (let at = 0; at < current.commands.length; at++) {
    for (let again = true; again;) {
      again = false;
      const command = current.commands[at];
      for (const candidate of command === undefined ? [] : simpler(command)) {
        const smaller: Case = withCommands(current, current.commands.with(at, candidate));
        if (!(yield smaller)) continue;
        current = smaller;
        again = true;
        break;
      }
    }
  }
  return current;
};
