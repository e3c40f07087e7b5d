import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  PRESENT,
  UNMAPPED,
} from '../spec/vocabulary/snapshot.ts';
import { entryInWords, entryPredicate } from '../spec/vocabulary/words.ts';
import type { CommandOf } from '../spec/vocabulary/command.ts';
import { define, defineRead } from './property.ts';
import { isInherited, isInheritedEmpty, isNotInherited, type Mapping } from './mapping-table.ts';
import type { AnnotatedTrace } from './annotated-trace.ts';
import type { TraceStep } from './step.ts';
import { calls } from './stillness.ts';
import { SHARED_CODE } from './contents.ts';

type ForkStep = TraceStep<CommandOf<'fork'>>;

/** The mapping of the parent at a page. */
const parentMapping = (
  { command, mappingsBefore }: ForkStep,
  reading: AnnotatedTrace,
  page: number,
): Mapping => mappingsBefore[reading.cell(command.process, page)] ?? 0;

/** Whether the child inherits the page of its parent. */
const isPassedOn = (step: ForkStep, reading: AnnotatedTrace, page: number): boolean =>
  isInherited(parentMapping(step, reading, page));

const shares = define({
  id: 'fork/shares',
  title: 'Fork gives the child the entries of the parent and moves no page',
  requirements: ['fork.shares', 'fork.no-callbacks'],
  needs: ['fork', 'entries', 'every-step'],
  steps: (reading) => reading.forks,
  check(step, reading) {
    const { command, before, after } = step;
    if (before === undefined || after === undefined) return 0;
    let onDevice = 0;
    for (let page = 0; page < reading.scope.pages; page++) {
      const was = before[reading.cell(command.process, page)] ?? 0;
      if (!isPassedOn(step, reading, page)) continue;
      const expected = afterFork(was);
      if (isDeviceEntry(was)) onDevice++;
      for (const process of [command.process, command.child]) {
        const is = after[reading.cell(process, page)] ?? 0;
        // Another property checks writable entries that remain after the fork, and exclusive entries.
        if (afterFork(is) !== expected) {
          return `before the fork page ${page} was ${entryPredicate(was)}; after it, in process ${process}, it is ${entryPredicate(is)}`;
        }
      }
    }
    return onDevice;
  },
});

function afterFork(entry: number): number {
  if (entry === EXCLUSIVE_ENTRY) return PRESENT;
  return isDeviceEntry(entry) ? deviceEntry(frameOf(entry), false) : entry;
}

const readBoth = define({
  id: 'fork/read-both',
  title: 'After a fork neither side has a WRITE entry',
  requirements: ['fork.read-both'],
  needs: ['fork', 'entries'],
  steps: (reading) => reading.forks,
  check(step, reading) {
    const { command, before, after } = step;
    if (after === undefined) return 0;
    let entries = 0;
    for (const process of [command.process, command.child]) {
      for (let page = 0; page < reading.scope.pages; page++) {
        if (!isPassedOn(step, reading, page)) continue;
        const cell = reading.cell(process, page);
        const entry = after[cell] ?? 0;
        if (!isDeviceEntry(entry)) continue;
        if (isWriteEntry(entry))
          return `after a fork page ${page} of process ${process} is ${entryPredicate(entry)}`;
        if (before === undefined || isWriteEntry(before[cell] ?? 0)) entries++;
      }
    }
    return entries;
  },
});

const quiet = define({
  id: 'fork/quiet',
  title: 'Fork calls neither page_fault nor page_free, and allocates no frame',
  requirements: ['fork.no-callbacks'],
  needs: ['fork', 'callbacks'],
  steps: (reading) => reading.forks,
  check: (step) => calls(step) ?? 1,
});

const counts = define({
  id: 'fork/counts',
  title: 'Fork raises both counts of a frame by one for each device entry that it copies',
  requirements: ['fork.counts'],
  needs: ['fork', 'entries', 'frames', 'every-step'],
  steps: (reading) => reading.forks,
  check(step, reading) {
    const { command, before, state, stateBefore } = step;
    if (before === undefined || state === undefined || stateBefore === undefined) return 0;
    let copied = 0;
    for (let page = 0; page < reading.scope.pages; page++) {
      const entry = before[reading.cell(command.process, page)] ?? 0;
      if (!isDeviceEntry(entry) || !isPassedOn(step, reading, page)) continue;
      copied++;
      const frame = frameOf(entry);
      for (const record of ['refs', 'maps'] as const) {
        const [was, is] = [stateBefore[record]?.[frame], state[record]?.[frame]];
        if (was !== undefined && is !== was + 1)
          return `fork changed ${record} of frame ${frame} from ${was} to ${is}`;
      }
    }
    return copied;
  },
});

const isolation = defineRead({
  id: 'fork/isolation',
  title: 'A store by one side of a fork is never seen by the other',
  requirements: ['fork.isolation', 'fork.survives'],
  needs: ['fork'],
  concerns: ({ command, traits }) => command.op !== 'unpin' && (traits & SHARED_CODE) !== 0,
});

const pinStays = defineRead({
  id: 'fork/pin-stays',
  title: 'After a fork a pin sees the stores of the side that maps the pinned page, and of no other',
  requirements: ['fork.pin-stays'],
  needs: ['fork', 'pin'],
  concerns: ({ command, traits }) => command.op === 'unpin' && (traits & SHARED_CODE) !== 0,
});

const notInherited = define({
  id: 'fork/not-inherited',
  title: 'A page set to inherit none is not mapped in the child, and every access to it there fails',
  requirements: ['fork.not-inherited'],
  needs: ['fork', 'inherit', 'entries'],
  steps: (reading) => reading.forks,
  check(step, reading) {
    const { command, after } = step;
    let withheld = 0;
    for (let page = 0; page < reading.scope.pages; page++) {
      if (!isNotInherited(parentMapping(step, reading, page))) continue;
      const entry = after?.[reading.cell(command.child, page)];
      if (entry === undefined) continue;
      if (entry !== UNMAPPED)
        return `page ${page} is not inherited, but in the child it is ${entryPredicate(entry)}`;
      withheld++;
    }
    return withheld;
  },
});

const inheritedEmpty = define({
  id: 'fork/inherited-empty',
  title: 'A page set to inherit zero is unpopulated in the child',
  requirements: ['fork.inherited-empty'],
  needs: ['fork', 'inherit', 'entries'],
  steps: (reading) => reading.forks,
  check(step, reading) {
    const { command, after } = step;
    let empty = 0;
    for (let page = 0; page < reading.scope.pages; page++) {
      if (!isInheritedEmpty(parentMapping(step, reading, page))) continue;
      const entry = after?.[reading.cell(command.child, page)];
      if (entry === undefined) continue;
      if (entry !== UNPOPULATED)
        return `page ${page} is inherited as zero, but in the child it is ${entryPredicate(entry)}`;
      empty++;
    }
    return empty;
  },
});

const parentKeeps = define({
  id: 'fork/parent-keeps',
  title: 'A page that the child does not inherit stays in place, with the counts of its frame',
  requirements: ['fork.parent-keeps'],
  needs: ['fork', 'inherit', 'entries', 'every-step'],
  steps: (reading) => reading.forks,
  check(step, reading) {
    const { command, before, after, state, stateBefore } = step;
    if (before === undefined || after === undefined) return 0;
    let kept = 0;
    for (let page = 0; page < reading.scope.pages; page++) {
      if (isPassedOn(step, reading, page)) continue;
      const cell = reading.cell(command.process, page);
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      if (is !== was && is !== afterFork(was)) {
        return `the child does not inherit page ${page}, but fork changed it from ${entryInWords(was)} to ${entryInWords(is)}`;
      }
      kept++;
      if (!isDeviceEntry(was)) continue;
      const frame = frameOf(was);
      for (const count of ['refs', 'maps'] as const) {
        const [had, has] = [stateBefore?.[count]?.[frame], state?.[count]?.[frame]];
        if (had !== undefined && has !== had)
          return `fork changed ${count} of frame ${frame} from ${had} to ${has}`;
      }
    }
    return kept;
  },
});

/** Properties of fork. */
export const forkProperties = [
  shares,
  readBoth,
  quiet,
  counts,
  isolation,
  pinStays,
  notInherited,
  inheritedEmpty,
  parentKeeps,
] as const;
