import type { Case } from '../../../spec/vocabulary/case.ts';
import {
  type Advice,
  type Command,
  type Inheritance,
  isContender,
  type Limit,
  type MappingKind,
  type Remaining,
  type Watch,
} from '../../../spec/vocabulary/command.ts';
import { MAX_SWAP_AREAS } from '../../../spec/vocabulary/scope.ts';
import { type Pass, withCommands } from '../pass.ts';

/**
 * Variants of a command with simpler arguments, simplest first. The order is well-founded: no chain of variants returns
 * to the command.
 */
export const simpler = (command: Command): readonly Command[] => [...nearer(command), ...plainer(command)];

/** The same command at an earlier page, in an earlier process, or on the first device. */
function nearer(command: Command): readonly Command[] {
  const places: Command[] = [];
  if ('device' in command && (command.device ?? 0) > 0) places.push({ ...command, device: undefined });
  if (!('process' in command)) return places;
  if (command.process > 0) places.push({ ...command, process: command.process - 1 });
  if ('page' in command && command.page > 0) places.push({ ...command, page: command.page - 1 });
  if (command.op === 'move' && command.to > 0) places.push({ ...command, to: command.to - 1 });
  return places;
}

// Each of these begins with the simplest.
const REMAINING: readonly Remaining[] = [1, 'until-healed'];
const KINDS: readonly MappingKind[] = ['private', 'file', 'shared', 'host'];
const ADVICE: readonly Advice[] = ['page-out', 'free', 'cold', 'move-node'];
const WATCHES: readonly Watch[] = ['write-protect', 'missing', 'none'];
const INHERITANCES: readonly Inheritance[] = ['none', 'zero', 'copy'];
const LIMITS: readonly Limit[] = [0, 1, 'none'];

/** The options simpler than the present one: those before it, or all if it is not in the list. */
function before<T>(options: readonly T[], now: T): readonly T[] {
  const at = options.indexOf(now);
  return at < 0 ? options : options.slice(0, at);
}

function plainer(command: Command): readonly Command[] {
  switch (command.op) {
    case 'store':
    case 'device-store':
    case 'kernel-store':
    case 'device-exchange':
      return [1, 2].filter((value) => value < command.value).map((value) => ({ ...command, value }));
    case 'migrate-to-device':
    case 'migrate-to-system': {
      const { page, count } = command;
      return [
        ...(count > 1 ? [{ ...command, count: 1 }] : []),
        ...(count > 1 ? [{ ...command, page: page + 1, count: count - 1 }] : []),
        ...(count > 2 ? [{ ...command, count: count - 1 }] : []),
      ];
    }
    case 'inject':
      return [
        ...(command.victim === 'any' ? [] : [{ ...command, victim: 'any' as const }]),
        ...before(REMAINING, command.remaining).map((remaining) => ({ ...command, remaining })),
      ];
    case 'map':
      return [
        ...before(KINDS, command.kind).map((kind) => ({ ...command, kind })),
        ...(command.protection === 'write' ? [] : [{ ...command, protection: 'write' as const }]),
      ];
    case 'protect':
      return command.protection === 'read' ? [] : [{ ...command, protection: 'read' }];
    case 'swap-on':
      return command.areas === MAX_SWAP_AREAS ? [] : [{ ...command, areas: MAX_SWAP_AREAS }];
    case 'move':
      return command.keep ? [{ ...command, keep: false }] : [];
    case 'advise':
      return before(ADVICE, command.advice).map((advice) => ({ ...command, advice }));
    case 'watch':
      return before(WATCHES, command.watch).map((watch) => ({ ...command, watch }));
    case 'limit':
      return [
        ...before(LIMITS, command.pages).map((pages) => ({ ...command, pages })),
        ...(command.group > 0 ? [{ ...command, group: 0 }] : []),
      ];
    case 'join':
    case 'charge':
      return command.group > 0 ? [{ ...command, group: 0 }] : [];
    case 'pin': {
      const { access, ...plain } = command;
      return access === undefined ? [] : [plain];
    }
    case 'inherit':
      return before(INHERITANCES, command.inheritance).map((inheritance) => ({ ...command, inheritance }));
    case 'race':
      // One of the two by itself is simpler than both.
      return [
        command.left,
        command.right,
        ...simpler(command.left).flatMap((left) => (isContender(left) ? [{ ...command, left }] : [])),
        ...simpler(command.right).flatMap((right) => (isContender(right) ? [{ ...command, right }] : [])),
      ];
    case 'spawn':
    case 'fork':
    case 'exit':
    case 'unmap':
    case 'discard':
    case 'load':
    case 'device-load':
    case 'unpin':
    case 'heal':
    case 'evict':
    case 'attach':
    case 'detach':
    case 'inspect':
    case 'populate':
    case 'lock':
    case 'unlock':
    case 'kernel-load':
    case 'peek':
    case 'make-exclusive':
    case 'clear-soft-dirty':
    case 'soft-dirty':
    case 'page-map':
    case 'residency':
    case 'smaps':
    case 'evict-all':
    case 'close':
    case 'open':
    case 'hot-add':
    case 'surprise-remove':
      return [];
  }
}

/** Shrink pass: gives each command the simplest arguments with which the case still fails. */
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
