import { type Command, type RaceSide, SINGLE_OPS, SPECS } from '../spec/vocabulary/command.ts';
import { type Answer, isBoth, isVector, type Result } from '../spec/vocabulary/result.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import { isDeviceEntry, PRESENT, UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { isObject } from './contents.ts';
import { isOn } from './devices-apart.ts';
import { define } from './property.ts';
import { mayPopulate } from './mapping-table.ts';
import { changeInWords, modified } from './stillness.ts';
import { NO_CELL, type TraceStep } from './step.ts';

/** The words that each command may return. */
const WORDS: ReadonlyMap<string, ReadonlySet<Result>> = new Map(
  SINGLE_OPS.map((op) => [op, new Set<Result>(SPECS[op].words)]),
);

/** Whether the result has a form that this command can return. */
function fits(command: Command, result: Result): boolean {
  if (command.op === 'race') {
    return isBoth(result) && fitsSide(command.left, result.left) && fitsSide(command.right, result.right);
  }
  const kind = SPECS[command.op].result;
  if (isVector(result)) return kind === 'vector';
  if (typeof result === 'number') return kind === 'value' || kind === 'number';
  return WORDS.get(command.op)?.has(result) === true;
}

/** In a race, the page that a system call names may be unmapped by the concurrent command. */
function fitsSide(command: RaceSide, answer: Answer): boolean {
  if (answer === 'ENOMEM' && (command.op === 'protect' || command.op === 'discard')) return true;
  return (answer === 'EFAULT' && command.op === 'move') || fits(command, answer);
}

const atRest = define({
  id: 'robust/at-rest',
  title: 'A command changes no entry of an unrelated page',
  requirements: ['robust.at-rest', 'migrate.independent'],
  needs: ['entries', 'every-step'],
  steps: (reading) => reading.compared,
  check(step, { scope }) {
    const { before, after } = step;
    // Another property checks concurrent commands.
    if (step.command.op === 'race') return 0;
    if (before === undefined || after === undefined || step.changed === 0) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      if (was === is) continue;
      const cameBack = isDeviceEntry(was) && is === PRESENT;
      // Other properties check the values of these pages.
      const isDropped = step.command.op === 'split' && was === PRESENT && is === UNPOPULATED;
      if (!concerns(step, cell, scope) && !isDropped && !(cameBack && mayMigrateOthersBack(step))) {
        return changeInWords(step, cell);
      }
    }
    return 1;
  },
});

/**
 * Whether the command may change this entry. An object that several processes see has the same location in all of them.
 */
function concerns(step: TraceStep, cell: number, scope: Scope): boolean {
  const { command, cell: named } = step;
  // Another property checks races.
  if (command.op === 'race') return named !== NO_CELL && isSame(step, cell, named);
  // A page of zeroes may be dropped for all processes that share it; another property checks which of them lose it.
  if (command.op === 'advise' && step.value === 0 && isSame(step, cell, named)) return true;
  if (command.op === 'protect' && populates(step) && isSame(step, cell, named)) return true;
  const { pages } = scope;
  const process = Math.floor(cell / pages);
  switch (SPECS[command.op].effects.entries) {
    case 'page':
      return cell === named;
    case 'both-pages':
      return cell === named || ('to' in command && cell === command.process * pages + command.to);
    case 'range':
      if (!('count' in command)) return false;
      for (let at = named; at < named + command.count; at++) if (isSame(step, cell, at)) return true;
      return false;
    case 'process':
      return 'process' in command && process === command.process;
    case 'parent-and-child':
      return 'child' in command && (process === command.process || process === command.child);
    case 'device':
      return isOn(step.before?.[cell] ?? 0, step.device, scope);
    // Other properties check that a command without an effect on entries has none.
    case 'none':
    case 'sharers':
      return named !== NO_CELL && isSame(step, cell, named);
  }
}

/** Whether two cells are the same, or saw the same object before the step. */
function isSame({ rowBefore }: TraceStep, cell: number, other: number): boolean {
  const code = rowBefore[cell] ?? 0;
  return cell === other || (isObject(code) && rowBefore[other] === code);
}

/** Whether it makes a locked page writable, which may populate it. */
const populates = ({ command, mapping }: TraceStep): boolean =>
  command.op === 'protect' && mayPopulate(mapping, command.protection);

/**
 * A fault may migrate more pages than the accessed one to system memory; a command that empties a device must do so.
 */
function mayMigrateOthersBack(step: TraceStep): boolean {
  const { command } = step;
  if (command.op === 'race') return false;
  const { migratesBack } = SPECS[command.op].effects;
  return migratesBack === 'any' || (migratesBack === 'when-populating' && populates(step));
}

const quietCommands = define({
  id: 'robust/quiet-commands',
  title: 'Commands that do not affect existing pages call no callback and change nothing',
  requirements: ['robust.at-rest'],
  needs: [],
  steps: (reading) => reading.idle,
  check(step) {
    // A new mapping has a new entry; another property checks that it changes no other entry.
    if (step.command.op === 'map') return step.events.length === 0 ? 1 : 'map called a callback';
    return modified(step) ?? 1;
  },
});

const answersFit = define({
  id: 'robust/answers-fit',
  title: 'Every command returns a result that is defined for it',
  requirements: ['robust.terminates'],
  needs: [],
  steps: (reading) => reading.steps,
  check: ({ command, result }) =>
    fits(command, result) ? 1 : `${command.op} returned ${resultInWords(result)}`,
});

/** Properties of all commands. */
export const robustProperties = [atRest, quietCommands, answersFit] as const;
