import type { Contender } from '../spec/vocabulary/command.ts';
import { type Answer, isVector } from '../spec/vocabulary/result.ts';
import { HOLE, POISON } from '../spec/vocabulary/snapshot.ts';
import type { Books } from './books.ts';
import { isObject } from './contents.ts';

/** What one of two commands does to memory, in the order in which two of them are taken where that is all one. */
export const NOTHING = 0;
export const TO_DEVICE = 1;
const TO_SYSTEM = 2;
const FORK = 3;
export const STORE = 4;
const DISCARD = 5;
const UNMAP = 6;

/** What a command does to memory, by its answer. */
export interface Effect {
  readonly kind: number;
  readonly command: Contender;
  readonly answer: Answer;
  /** The cells that it is about; for a fork none. */
  readonly cells: readonly number[];
}

/** Undefined where it depends on more than the answer. */
export function effectOf(books: Books, command: Contender, answer: Answer): Effect | undefined {
  const done = (kind: number, cells: readonly number[]): Effect => ({ kind, command, answer, cells });
  switch (command.op) {
    case 'load':
    case 'store': {
      const cell = books.cell(command);
      // One that was lost is poison from then on; for whom besides, depends.
      const isLost = answer === 'SIGBUS' && books.memory.code(cell) !== POISON;
      if (isLost && books.profile.failedFaultPoisons) return undefined;
      return command.op === 'store' && answer === 'ok' ? done(STORE, [cell]) : done(NOTHING, []);
    }
    case 'unmap':
      return answer === 'ok' ? done(UNMAP, [books.cell(command)]) : undefined;
    case 'discard':
      return answer === 'ok' ? done(DISCARD, [books.cell(command)]) : done(NOTHING, []);
    case 'fork':
      return answer === 'ok' ? done(FORK, []) : undefined;
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict': {
      if (!isVector(answer)) return undefined;
      const first = books.cell(command);
      const cells = answer.flatMap((outcome, i) => (outcome === 'moved' ? [first + i] : []));
      const kind = command.op === 'migrate-to-device' ? TO_DEVICE : TO_SYSTEM;
      return cells.length === 0 ? done(NOTHING, []) : done(kind, cells);
    }
  }
}

/**
 * Whether memory is the same whichever of the two came first, or their answers leave one order only: then it is the
 * order of their kinds. `first` is of the kind that comes first.
 */
export function isSettled(books: Books, first: Effect, second: Effect): boolean {
  if (first.kind === NOTHING) return true;
  switch (second.kind) {
    case TO_DEVICE:
      return !meet(first, second);
    case FORK:
      // What was a hole is the child's, too, or it is not.
      return (
        first.kind !== TO_DEVICE ||
        first.command.op === 'fork' ||
        !isOf(first, second.command) ||
        !first.cells.some((cell) => books.memory.code(cell) === HOLE)
      );
    case STORE:
      return first.kind !== STORE || !share(books, first, second);
    case DISCARD:
    case UNMAP:
      if (first.kind === FORK) return !isOf(second, first.command);
      if (first.kind === STORE) return !share(books, first, second);
      return second.kind === UNMAP || first.kind === DISCARD || !meet(first, second);
    default:
      return true;
  }
}

const meet = (one: Effect, other: Effect): boolean => one.cells.some((cell) => other.cells.includes(cell));

const isOf = ({ command }: Effect, other: Contender): boolean => command.process === other.process;

/** Whether two processes see one object: whose it is afterwards depends on who was first. */
function share(books: Books, { cells: [one = -1] }: Effect, { cells: [other = -1] }: Effect): boolean {
  const code = books.memory.code(one);
  return one !== other && isObject(code) && books.memory.code(other) === code;
}
