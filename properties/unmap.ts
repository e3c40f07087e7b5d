import { frameOf, UNPOPULATED, isDeviceEntry, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { define, defineRead } from './property.ts';
import { isObject } from './contents.ts';
import { isCommon, isLocked, isMapped } from './mapping-table.ts';
import type { AnnotatedTrace } from './annotated-trace.ts';
import { changeInWords, faultCall } from './stillness.ts';
import type { TraceStep } from './step.ts';
import type { Removal } from './step-lists.ts';
import { isRefusedQuietly } from './access-outcome.ts';

/** The pages that it removes: of one process, from `first` to before `end`. */
function removed(
  { command, cell }: TraceStep<Removal>,
  { scope }: AnnotatedTrace,
): { first: number; end: number } {
  if (command.op !== 'exit') return { first: cell, end: cell + 1 };
  const first = command.process * scope.pages;
  return { first, end: first + scope.pages };
}

/** A locked page is not discarded. */
const isDiscardOfLocked = ({ command, mapping }: TraceStep<Removal>): boolean =>
  command.op === 'discard' && isLocked(mapping);

const clears = define({
  id: 'unmap/clears',
  title: 'Unmap, discard and exit succeed and remove the entry',
  requirements: ['unmap.clears', 'failure.poison-inert'],
  needs: [],
  steps: (reading) => reading.removals,
  check(step, reading) {
    const { command, result, after, mapping } = step;
    if (isDiscardOfLocked(step)) return 0;
    if (result !== 'ok') return `${command.op} returned ${resultInWords(result)}`;
    if (after === undefined || (command.op === 'discard' && isCommon(mapping))) return 1;
    const { first, end } = removed(step, reading);
    const expected = command.op === 'discard' ? UNPOPULATED : UNMAPPED;
    for (let cell = first; cell < end; cell++) {
      const entry = after[cell] ?? 0;
      if (entry !== expected) return `after ${command.op} the entry is ${entryPredicate(entry)}`;
    }
    return 1;
  },
});

const quiet = define({
  id: 'unmap/quiet',
  title: 'Unmap, discard and exit never call page_fault',
  requirements: ['unmap.no-callbacks'],
  needs: ['callbacks'],
  steps: (reading) => reading.removals,
  check: (step) => faultCall(step) ?? 1,
});

const releases = define({
  id: 'unmap/releases',
  title: 'Unmap, discard and exit free each frame that loses its last entry once, and no other frame',
  requirements: ['unmap.releases'],
  needs: ['callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.removals,
  check(step, reading) {
    const { before, namesBefore, changed } = step;
    if (before === undefined || namesBefore === undefined || changed < 0) return 0;
    if (isDiscardOfLocked(step)) return 0;
    const { first, end } = removed(step, reading);
    let left = 0;
    let freed = 0;
    for (let cell = first; cell < end; cell++) {
      const entry = before[cell] ?? 0;
      if (!isDeviceEntry(entry)) continue;
      left++;
      const isLast = namesBefore[frameOf(entry)] === 1;
      if (isLast) freed++;
      const frees = step.count('free', frameOf(entry));
      if (frees !== (isLast ? 1 : 0)) {
        return `page_free was called ${frees} times for frame ${frameOf(entry)}, which had ${namesBefore[frameOf(entry)]} entries`;
      }
    }
    if (step.events.length > freed)
      return `${step.command.op} called ${step.events.length} callbacks, but freed ${freed} frames`;
    return left;
  },
});

const leavesOthers = define({
  id: 'unmap/leaves-others',
  title: 'A shared page stays in place until its last sharer releases it',
  requirements: ['fork.survives', 'robust.at-rest'],
  needs: ['entries', 'every-step'],
  steps: (reading) => reading.removals,
  check(step, reading) {
    const { before, after, rowBefore } = step;
    if (before === undefined || after === undefined) return 0;
    const { first, end } = removed(step, reading);
    let sharers = 0;
    for (let cell = 0; cell < after.length; cell++) {
      if (cell >= first && cell < end) continue;
      if (after[cell] !== before[cell]) return changeInWords(step, cell);
      const content = rowBefore[cell] ?? 0;
      if (!isObject(content)) continue;
      for (let gone = first; gone < end; gone++) if (rowBefore[gone] === content) sharers++;
    }
    return sharers;
  },
});

const readsZero = defineRead({
  id: 'unmap/reads-zero',
  title: 'Discarded and newly mapped memory reads zero',
  requirements: ['unmap.reads-zero'],
  needs: [],
  concerns: ({ command, code }) => command.op !== 'unpin' && code === UNPOPULATED,
});

const thenRefused = define({
  id: 'unmap/then-refused',
  title: 'An access to an unmapped page fails without a callback or a change',
  requirements: ['unmap.access-faults'],
  needs: [],
  steps: (reading) => reading.accesses,
  check: (step) => (isMapped(step.mapping) ? 0 : isRefusedQuietly(step)),
});

/** Properties of unmapping and discarding memory. */
export const unmapProperties = [clears, quiet, releases, leavesOthers, readsZero, thenRefused] as const;
