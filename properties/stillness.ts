import { PRESENT, UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { entryInWords, eventInWords } from '../spec/vocabulary/words.ts';
import type { TraceStep } from './step.ts';

/** A change made by a step that must change nothing; undefined where none is observed. */
export function modified(step: TraceStep): string | undefined {
  const called = calls(step);
  if (called !== undefined) return called;
  if (step.changed > 0) return changes(step);
  return recordChanges(step);
}

/** The callbacks of the step, as a message; undefined for none. */
export function calls(step: TraceStep): string | undefined {
  const [event] = step.events;
  return event === undefined ? undefined : `${step.command.op}: ${eventInWords(event)}`;
}

/** The first `page_fault` of the step. */
export function faultCall(step: TraceStep): string | undefined {
  if (step.faults === 0) return undefined;
  const event = step.events.find((one) => one.event === 'fault');
  return event === undefined ? undefined : `${step.command.op} called ${eventInWords(event)}`;
}

/** The first entry that changed, except the one at `except`. */
export function changes(step: TraceStep, except = -1): string | undefined {
  const { before, after } = step;
  if (before === undefined || after === undefined) return undefined;
  for (let cell = 0; cell < after.length; cell++) {
    if (after[cell] !== before[cell] && cell !== except) return changeInWords(step, cell);
  }
  return undefined;
}

/** Whether the split of a large folio in system memory, by itself or by a migration, dropped pages of zeros. */
export const dropsZeroPages = ({ command, before, after, stateBefore }: TraceStep): boolean =>
  (command.op === 'migrate-to-device' || command.op === 'split') &&
  stateBefore?.whole !== undefined &&
  (before?.some((code, cell) => code === PRESENT && after?.[cell] === UNPOPULATED) ?? false);

/** The change of one entry, in words. */
export function changeInWords(step: TraceStep, cell: number): string {
  const { command, before, after } = step;
  const [was, is] = [entryInWords(before?.[cell] ?? 0), entryInWords(after?.[cell] ?? 0)];
  return `${command.op} changed entry ${cell} of the table from ${was} to ${is}`;
}

/** The first count or account that changed. */
export const recordChanges = (step: TraceStep): string | undefined =>
  countChanges(step) ?? accountChanges(step);

/** The first count of a frame that changed. */
function countChanges(step: TraceStep): string | undefined {
  return recordChange(step, 'refs') ?? recordChange(step, 'maps');
}

/** The first rss or charge that changed. */
export function accountChanges(step: TraceStep): string | undefined {
  const { command, state, stateBefore } = step;
  const change = recordChange(step, 'rss');
  const [was, is] = [stateBefore?.charged, state?.charged];
  if (change !== undefined || was === undefined || is === undefined || is === was) return change;
  return `${command.op} changed the charge from ${was} to ${is}`;
}

function recordChange(
  { command, state, stateBefore }: TraceStep,
  record: 'refs' | 'maps' | 'rss',
): string | undefined {
  const at = firstDifference(stateBefore?.[record], state?.[record]);
  if (at < 0) return undefined;
  return `${command.op} changed ${record} ${at} from ${stateBefore?.[record]?.[at]} to ${state?.[record]?.[at]}`;
}

function firstDifference(
  before: readonly number[] | undefined,
  after: readonly number[] | undefined,
): number {
  if (before === undefined || after === undefined) return -1;
  for (let at = 0; at < after.length; at++) if (after[at] !== before[at]) return at;
  return -1;
}
