import type { Case } from '../../spec/vocabulary/case.ts';
import type { Advice, Command, Limit, MappingKind, Remaining, Watch } from '../../spec/vocabulary/command.ts';
import { match, P } from 'ts-pattern';
import { type Pass, withCommands } from './pass.ts';

/** The same command with simpler arguments, the simplest first. Nothing ever comes back to itself by way of these. */
const simpler = (command: Command): readonly Command[] => [...nearer(command), ...plainer(command)];

/** The same command at an earlier page, in an earlier process, or by the first device. */
function nearer(command: Command): readonly Command[] {
  const places: Command[] = [];
  if ('device' in command && (command.device ?? 0) > 0) places.push({ ...command, device: undefined });
  if (!('process' in command)) return places;
  if (command.process > 0) places.push({ ...command, process: command.process - 1 });
  if ('page' in command && command.page > 0) places.push({ ...command, page: command.page - 1 });
  if (command.op === 'move' && command.to > 0) places.push({ ...command, to: command.to - 1 });
  return places;
}

/** The options that are simpler than the one that is taken now: those before it; all, where it is not among them. */
function before<T>(options: readonly T[], now: T): readonly T[] {
  const at = options.indexOf(now);
  return at < 0 ? options : options.slice(0, at);
}

function plainer(command: Command): readonly Command[] {
  return match<Command, readonly Command[]>(command)
    .with({ op: P.union('store', 'device-store', 'kernel-store', 'device-exchange') }, (c) =>
      [1, 2].filter((value) => value < c.value).map((value) => ({ ...c, value })),
    )
    .with({ op: P.union('migrate-to-device', 'migrate-to-system') }, (c) => [
      ...(c.count > 1 ? [{ ...c, count: 1 }] : []),
      ...(c.count > 1 ? [{ ...c, page: c.page + 1, count: c.count - 1 }] : []),
      ...(c.count > 2 ? [{ ...c, count: c.count - 1 }] : []),
    ])
    .with({ op: 'inject' }, (c) => [
      ...(c.victim === 'any' ? [] : [{ ...c, victim: 'any' as const }]),
      ...before<Remaining>([1, 'until-healed'], c.remaining).map((remaining) => ({ ...c, remaining })),
    ])
    .with({ op: 'map' }, (c) => [
      ...before<MappingKind>(['private', 'file', 'shared', 'host'], c.kind).map((kind) => ({ ...c, kind })),
      ...(c.protection === 'write' ? [] : [{ ...c, protection: 'write' as const }]),
    ])
    .with({ op: 'protect' }, (c) => (c.protection === 'read' ? [] : [{ ...c, protection: 'read' as const }]))
    .with({ op: 'swap-on' }, (c) => (c.areas === 32 ? [] : [{ ...c, areas: 32 }]))
    .with({ op: 'move' }, (c) => (c.keep ? [{ ...c, keep: false }] : []))
    .with({ op: 'advise' }, (c) =>
      before<Advice>(['page-out', 'free', 'cold', 'move-node'], c.advice).map((advice) => ({ ...c, advice })),
    )
    .with({ op: 'watch' }, (c) =>
      before<Watch>(['write-protect', 'missing', 'none'], c.watch).map((watch) => ({ ...c, watch })),
    )
    .with({ op: 'limit' }, (c) => [
      ...before<Limit>([0, 1, 'none'], c.pages).map((pages) => ({ ...c, pages })),
      ...(c.group > 0 ? [{ ...c, group: 0 }] : []),
    ])
    .with({ op: P.union('join', 'charge') }, (c) => (c.group > 0 ? [{ ...c, group: 0 }] : []))
    .with({ op: P.union('spawn', 'fork', 'exit', 'unmap', 'discard', 'load', 'device-load') }, () => [])
    .with({ op: P.union('pin', 'unpin', 'heal', 'evict', 'attach', 'detach', 'inspect') }, () => [])
    .with({ op: P.union('populate', 'lock', 'unlock', 'kernel-load', 'peek', 'make-exclusive') }, () => [])
    .with({ op: P.union('clear-soft-dirty', 'soft-dirty', 'page-map', 'residency', 'smaps') }, () => [])
    .with({ op: P.union('evict-all', 'close', 'open', 'hot-add') }, () => [])
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
