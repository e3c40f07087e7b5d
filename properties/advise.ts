import { UNPOPULATED, isDeviceEntry, PRESENT } from '../spec/vocabulary/snapshot.ts';
import type { CommandOf } from '../spec/vocabulary/command.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './property.ts';
import { isLazyFree, isLocked } from './mapping-table.ts';
import { isDroppedToo } from './shadow-notes.ts';
import { recordChanges, calls, changeInWords, changes, modified } from './stillness.ts';
import type { TraceStep } from './step.ts';

type Advice = TraceStep<CommandOf<'advise'>>;

/** Whether the page is locked, which rules out this advice. */
const isRefused = ({ command, mapping }: Advice): boolean =>
  isLocked(mapping) && command.advice !== 'move-node';

/** Whether the page may be dropped: it is lazy-free, or it was lazy-free and is paged out, and it is not pinned. */
function mayDrop({ command, mapping, pinsBefore, code }: Advice): boolean {
  const mayGo = command.advice === 'free' || (command.advice === 'page-out' && isLazyFree(mapping));
  return mayGo && !pinsBefore.includes(code);
}

const sparesDevice = define({
  id: 'advise/spares-device',
  title: 'Advice on a page on the device calls no callback and changes nothing',
  requirements: ['advise.spares-device'],
  needs: ['advise', 'entries', 'every-step'],
  steps: (reading) => reading.advices,
  check(step) {
    if (!isDeviceEntry(step.before?.[step.cell] ?? 0)) return 0;
    return calls(step) ?? changes(step) ?? recordChanges(step) ?? 1;
  },
});

const dropsNothing = define({
  id: 'advise/drops-nothing-else',
  title: 'Advice drops only pages advised free, immediately or by a later page-out, and calls no callback',
  requirements: ['advise.keeps-content', 'advise.spares-device'],
  needs: ['advise'],
  steps: (reading) => reading.advices,
  check(step) {
    const { before, after, cell } = step;
    // Where entries are not shown, only the callbacks of the command are known.
    const isDropped = before === undefined || (before[cell] === PRESENT && after?.[cell] === UNPOPULATED);
    if (!isDropped || !mayDrop(step)) return modified(step) ?? 1;
    return calls(step) ?? changeElsewhere(step) ?? 1;
  },
});

/** Another entry that has changed, except one that shared a page of zeroes and was dropped with this one. */
function changeElsewhere(step: Advice): string | undefined {
  const { before, after, cell } = step;
  if (before === undefined || after === undefined) return undefined;
  for (let at = 0; at < after.length; at++) {
    if (at === cell || before[at] === after[at] || isDroppedToo(step, at)) continue;
    return changeInWords(step, at);
  }
  return undefined;
}

const locked = define({
  id: 'advise/locked',
  title: 'Advice on a locked page returns EINVAL, except move-node; other advice returns ok',
  requirements: ['advise.locked'],
  needs: ['advise', 'lock'],
  steps: (reading) => reading.advices,
  check(step) {
    const right = isRefused(step) ? 'EINVAL' : 'ok';
    if (step.result !== right) return `advise returned ${resultInWords(step.result)}, not ${right}`;
    return isRefused(step) ? (modified(step) ?? 1) : isLocked(step.mapping) ? 1 : 0;
  },
});

/** Properties of the advise command. */
export const adviseProperties = [sparesDevice, dropsNothing, locked] as const;
