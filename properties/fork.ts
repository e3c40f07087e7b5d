import {
  deviceEntry,
  EXCLUSIVE,
  frameOf,
  isDeviceEntry,
  isWriteEntry,
  PRESENT,
} from '../spec/vocabulary/snapshot.ts';
import { entryInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { defineRead } from './read-value.ts';
import { calls } from './stillness.ts';
import { SHARED } from './traits.ts';

const shares = define({
  id: 'fork/shares',
  title: "The child's entries are the parent's, and no page has moved",
  requirements: ['fork.shares', 'fork.quiet'],
  needs: ['fork', 'entries', 'every-step'],
  steps: (reading) => reading.forks,
  check({ command, before, after }, reading) {
    if (before === undefined || after === undefined) return 0;
    let onDevice = 0;
    for (let page = 0; page < reading.scope.pages; page++) {
      const was = before[reading.cell(command.process, page)] ?? 0;
      const expected = afterFork(was);
      if (isDeviceEntry(was)) onDevice++;
      for (const process of [command.process, command.child]) {
        const is = after[reading.cell(process, page)] ?? 0;
        // A WRITE flavour that was left, or an exclusive entry, is the affair of another property.
        if (afterFork(is) !== expected) {
          return `page ${page} was a ${entryInWords(was)}; in process ${process} fork made it a ${entryInWords(is)}`;
        }
      }
    }
    return onDevice;
  },
});

function afterFork(entry: number): number {
  if (entry === EXCLUSIVE) return PRESENT;
  return isDeviceEntry(entry) ? deviceEntry(frameOf(entry), false) : entry;
}

const readBoth = define({
  id: 'fork/read-both',
  title: 'After a fork neither side has a WRITE entry',
  requirements: ['fork.read-both'],
  needs: ['fork', 'entries'],
  steps: (reading) => reading.forks,
  check({ command, before, after }, reading) {
    if (after === undefined) return 0;
    let entries = 0;
    for (const process of [command.process, command.child]) {
      for (let page = 0; page < reading.scope.pages; page++) {
        const cell = reading.cell(process, page);
        const entry = after[cell] ?? 0;
        if (!isDeviceEntry(entry)) continue;
        if (isWriteEntry(entry)) return `page ${page} of process ${process} is a ${entryInWords(entry)}`;
        if (before === undefined || isWriteEntry(before[cell] ?? 0)) entries++;
      }
    }
    return entries;
  },
});

const quiet = define({
  id: 'fork/quiet',
  title: 'Fork calls neither page_fault nor page_free, and takes no frame',
  requirements: ['fork.quiet'],
  needs: ['fork', 'callbacks'],
  steps: (reading) => reading.forks,
  check: (step) => calls(step) ?? 1,
});

const counts = define({
  id: 'fork/counts',
  title: 'Fork raises both counts of a frame by one for every device entry that it copies',
  requirements: ['fork.counts'],
  needs: ['fork', 'entries', 'frames', 'every-step'],
  steps: (reading) => reading.forks,
  check({ command, before, state, stateBefore }, reading) {
    if (before === undefined || state === undefined || stateBefore === undefined) return 0;
    let copied = 0;
    for (let page = 0; page < reading.scope.pages; page++) {
      const entry = before[reading.cell(command.process, page)] ?? 0;
      if (!isDeviceEntry(entry)) continue;
      copied++;
      const frame = frameOf(entry);
      for (const book of ['refs', 'maps'] as const) {
        const [was, is] = [stateBefore[book]?.[frame], state[book]?.[frame]];
        if (was !== undefined && is !== was + 1)
          return `fork took ${book} of frame ${frame} from ${was} to ${is}`;
      }
    }
    return copied;
  },
});

const isolation = defineRead({
  id: 'fork/isolation',
  title: 'What one side of a fork stores is never seen by the other',
  requirements: ['fork.isolation', 'fork.survives'],
  needs: ['fork'],
  concerns: ({ command, traits }) => command.op !== 'unpin' && (traits & SHARED) !== 0,
});

const pinStays = defineRead({
  id: 'fork/pin-stays',
  title: 'After a fork a pin sees the stores of the side that holds the pinned page, and of no other',
  requirements: ['fork.pin-stays'],
  needs: ['fork', 'pin'],
  concerns: ({ command, traits }) => command.op === 'unpin' && (traits & SHARED) !== 0,
});

/** What a child gets. */
export const fork = [shares, readBoth, quiet, counts, isolation, pinStays] as const;
