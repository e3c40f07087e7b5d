import type { CommandOf, RaceSide } from '../spec/vocabulary/command.ts';
import { blockIn, blockStart } from '../spec/vocabulary/scope.ts';
import { type Answer, isVector } from '../spec/vocabulary/result.ts';
import { UNPOPULATED, POISON } from '../spec/vocabulary/snapshot.ts';
import type { ShadowState } from './shadow-state.ts';
import { isContent, isObject } from './contents.ts';

/** The kinds of effects of a concurrent command on memory, in the order in which commuting commands are applied. */
export const NOTHING = 0;
export const MOVES_TO_DEVICE = 1;
const MOVES_TO_SYSTEM = 2;
const FORK = 3;
export const STORE = 4;
const DISCARD = 5;
const UNMAP = 6;
const EXIT = 7;
const DEVICE = 8;

/** The effect of a command on memory, as its result determines it. */
export interface Effect {
  readonly kind: number;
  readonly command: RaceSide;
  readonly answer: Answer;
  /** The cells that the command changes; none for a fork. */
  readonly cells: readonly number[];
}

/** Undefined where the effect depends on more than the result. */
export function effectOf(shadow: ShadowState, command: RaceSide, answer: Answer): Effect | undefined {
  const done = (kind: number, cells: readonly number[]): Effect => ({ kind, command, answer, cells });
  switch (command.op) {
    case 'load':
    case 'store':
    case 'kernel-load':
    case 'kernel-store': {
      const cell = shadow.cell(command);
      // A page that was lost is poison from then on; the other processes that lose it are not determined.
      const mayBeLost = answer === 'SIGBUS' || answer === 'EFAULT';
      if (mayBeLost && shadow.memory.code(cell) !== POISON && shadow.profile.failedFaultPoisons)
        return undefined;
      const stores = command.op === 'store' || command.op === 'kernel-store';
      return stores && answer === 'ok' ? done(STORE, [cell]) : done(NOTHING, []);
    }
    case 'peek':
      return done(NOTHING, []);
    case 'device-load':
      // A page of another device may have been lost during its migration.
      return answer === 'EFAULT' && shadow.profile.failedFaultPoisons ? undefined : done(NOTHING, []);
    case 'unmap':
      return answer === 'ok' ? done(UNMAP, cellsAt(shadow, command)) : undefined;
    case 'exit':
      return answer === 'ok' ? done(EXIT, cellsOf(shadow, command.process)) : undefined;
    case 'discard':
      return answer === 'ok' ? done(DISCARD, cellsAt(shadow, command)) : done(NOTHING, []);
    case 'fork':
      return answer === 'ok' ? done(FORK, []) : undefined;
    case 'detach':
    case 'close':
      return answer === 'ok' ? done(DEVICE, []) : answer === 'ENODEV' ? done(NOTHING, []) : undefined;
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict': {
      if (!isVector(answer)) return undefined;
      const first = shadow.cell(command);
      const cells = answer.flatMap((outcome, i) => (outcome === 'skipped' ? [] : [first + i]));
      const kind = command.op === 'migrate-to-device' ? MOVES_TO_DEVICE : MOVES_TO_SYSTEM;
      return cells.length === 0 ? done(NOTHING, []) : done(kind, cells);
    }
    case 'protect':
    case 'move':
    case 'pin':
    case 'unpin':
    case 'device-store':
    case 'make-exclusive':
    case 'device-exchange':
      return undefined;
  }
}

/** The cells of the page that a command names, or of its whole block. */
function cellsAt(
  shadow: ShadowState,
  { process, page, whole }: CommandOf<'unmap' | 'discard'>,
): readonly number[] {
  if (whole !== true) return [shadow.cell({ process, page })];
  const first = blockStart(shadow.scope, page) ?? page;
  return Array.from({ length: blockIn(shadow.scope) }, (_, part) =>
    shadow.cell({ process, page: first + part }),
  );
}

const cellsOf = (shadow: ShadowState, process: number): readonly number[] =>
  Array.from({ length: shadow.pages }, (_, page) => shadow.cell({ process, page }));

/**
 * Whether both orders of the commands give the same memory, or their results leave only one order: then it is the order
 * of their kinds. `first` is of the kind that comes first.
 */
export function isSettled(shadow: ShadowState, first: Effect, second: Effect): boolean {
  if (isHalfStored(shadow, first, second) || isHalfStored(shadow, second, first)) return false;
  if (first.kind === NOTHING) return true;
  switch (second.kind) {
    case MOVES_TO_DEVICE:
      return !meet(first, second);
    case FORK:
      // The child may or may not have inherited a page that was unpopulated.
      return (
        first.kind !== MOVES_TO_DEVICE ||
        first.command.op === 'fork' ||
        !isOf(first, second.command) ||
        !first.cells.some((cell) => shadow.memory.code(cell) === UNPOPULATED)
      );
    case STORE:
      return first.kind !== STORE || !share(shadow, first, second);
    case DISCARD:
    case UNMAP:
      if (first.kind === FORK) return !isOf(second, first.command);
      if (first.kind === STORE) return !share(shadow, first, second);
      return second.kind >= UNMAP || first.kind === DISCARD || !meet(first, second);
    case EXIT:
      return first.kind !== STORE || !share(shadow, first, second);
    default:
      return true;
  }
}

/** Whether the command beside a store may prevent it at some cells, or keep some of the content that it replaces. */
function isHalfStored(shadow: ShadowState, { command, answer }: Effect, { command: other }: Effect): boolean {
  if (command.op !== 'store' && command.op !== 'kernel-store') return false;
  if (answer === 'oom' || answer === 'ENOMEM' || answer === 'trapped' || answer === 'SIGBUS') return false;
  const cell = shadow.cell(command);
  const code = shadow.memory.code(cell);
  switch (other.op) {
    case 'fork':
      return other.process === command.process;
    case 'discard':
      return cellsAt(shadow, other).includes(cell);
    case 'unmap':
    case 'exit': {
      const isOwn =
        other.process === command.process && (other.op === 'exit' || cellsAt(shadow, other).includes(cell));
      return (
        isOwn &&
        answer !== 'ok' &&
        isContent(code) &&
        (!isObject(code) || shadow.memory.contents.isPinned(code))
      );
    }
    case 'store':
    case 'kernel-store':
      return other.value !== command.value && shadow.memory.code(shadow.cell(other)) === code;
    case 'load':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'protect':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'unpin':
    case 'detach':
    case 'move':
    case 'kernel-load':
    case 'peek':
    case 'close':
    case 'make-exclusive':
    case 'device-exchange':
      return false;
  }
}

const meet = (one: Effect, other: Effect): boolean => one.cells.some((cell) => other.cells.includes(cell));

const isOf = ({ command }: Effect, other: RaceSide): boolean =>
  'process' in command && 'process' in other && command.process === other.process;

/** Whether two processes see one object: its owner afterwards depends on the order. */
function share(shadow: ShadowState, { cells: ones }: Effect, { cells: others }: Effect): boolean {
  return ones.some((one) => {
    const code = shadow.memory.code(one);
    return isObject(code) && others.some((other) => other !== one && shadow.memory.code(other) === code);
  });
}
