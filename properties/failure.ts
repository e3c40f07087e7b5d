import { profilesWith } from '../spec/profiles/profile.ts';
import { frameOf, isDeviceEntry, POISON } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './property.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import type { TraceStep } from './step.ts';
import { recordChanges, changes, modified } from './stillness.ts';
import {
  faultFailed,
  findsSlotBusy,
  gotOom,
  gotSigbus,
  wasOnDevice,
  isPermitted,
  reachesContent,
  mayBeOverLimit,
  storesToWatched,
  succeeded,
} from './access-outcome.ts';
import type { Access } from './access-kinds.ts';

/** The frame behind the page that a step accessed. */
function accessedFrame({ before, cell }: TraceStep): number | undefined {
  const entry = before?.[cell] ?? 0;
  return isDeviceEntry(entry) ? frameOf(entry) : undefined;
}

const sigbus = define({
  id: 'failure/sigbus',
  title: 'An access whose page cannot migrate fails with SIGBUS, or with EFAULT if it returns errors',
  requirements: ['failure.sigbus', 'pin.failure'],
  needs: ['inject-sigbus', 'entries', 'every-step'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!reachesContent(step) || accessedFrame(step) === undefined) return 0;
    if ((step.mustFailBy & PENDING_SIGBUS) === 0) return 0;
    if (gotSigbus(step) || (gotOom(step) && (step.mayFailBy & PENDING_OOM) !== 0)) return 1;
    // A trapped access may leave the page on the device.
    if (step.result === 'trapped' && storesToWatched(step)) return 0;
    return `the page cannot migrate to system memory, but a ${step.command.op} returned ${resultInWords(step.result)}`;
  },
});

const poison = define({
  id: 'failure/poison',
  title: 'A failed fault poisons the accessed entry and no other',
  requirements: ['failure.poison'],
  profiles: ['origin'],
  needs: ['inject-sigbus', 'entries', 'every-step'],
  steps: (reading) => reading.accesses,
  check(step) {
    const { after, cell } = step;
    if (!faultFailed(step) || step.changed < 0) return 0;
    const entry = after?.[cell] ?? 0;
    if (entry !== POISON) return `after a failed fault the entry is ${entryPredicate(entry)}`;
    return changes(step, cell) ?? 1;
  },
});

const sharersKeep = define({
  id: 'failure/sharers-keep',
  title: 'The other sharers keep a page when an access to it fails',
  requirements: ['failure.sharers-keep'],
  profiles: ['origin'],
  needs: ['inject-sigbus', 'fork', 'entries', 'every-step'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!faultFailed(step) || step.changed < 0 || step.sharersBefore < 2) return 0;
    return changes(step, step.cell) ?? 1;
  },
});

const poisonReleases = define({
  id: 'failure/poison-releases',
  title: 'Poison names no frame: the frame loses one entry and is freed if it was the last',
  requirements: ['failure.poison-releases'],
  profiles: ['origin'],
  needs: ['inject-sigbus', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.accesses,
  check(step) {
    const { names, namesBefore } = step;
    const frame = accessedFrame(step);
    if (!faultFailed(step) || frame === undefined || names === undefined) return 0;
    const [left, had] = [names[frame] ?? 0, namesBefore?.[frame] ?? 0];
    if (left !== had - 1)
      return `${had} entries named frame ${frame} before the failed fault, but ${left} after it`;
    const frees = step.count('free', frame);
    if (frees !== (left === 0 ? 1 : 0)) {
      return `page_free was called ${frees} times for frame ${frame}, which has ${left} entries left`;
    }
    return 1;
  },
});

const poisonLasts = define({
  id: 'failure/poison-lasts',
  title: 'Every access to poison fails without a callback or a change',
  requirements: ['failure.poison-lasts'],
  profiles: ['origin'],
  needs: ['inject-sigbus'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (step.code !== POISON || !isPermitted(step) || findsSlotBusy(step)) return 0;
    if (!gotSigbus(step)) return `a ${step.command.op} of poison returned ${resultInWords(step.result)}`;
    return modified(step) ?? 1;
  },
});

const poisonInert = define({
  id: 'failure/poison-inert',
  title:
    'An entry is poison if and only if its fault failed or fork copied it from poison, until unmap or discard',
  requirements: ['failure.poison-inert', 'failure.poison', 'failure.oom-keeps'],
  profiles: ['origin'],
  needs: ['entries'],
  steps: (reading) => reading.anew,
  check({ after, row }) {
    let poisoned = 0;
    for (let cell = 0; cell < row.length; cell++) {
      const expected = row[cell] === POISON;
      const entry = after?.[cell] ?? 0;
      if ((entry === POISON) !== expected) {
        return `entry ${cell} of the table is ${entryPredicate(entry)}, but ${expected ? 'its fault failed' : 'its fault did not fail'}`;
      }
      if (expected) poisoned++;
    }
    return poisoned;
  },
});

const nothingLost = define({
  id: 'failure/nothing-lost',
  title: 'A failed fault changes no entry, count or value',
  requirements: ['failure.nothing-lost'],
  profiles: profilesWith(({ failedFaultPoisons }) => !failedFaultPoisons),
  needs: ['inject-sigbus'],
  steps: (reading) => reading.accesses,
  check: (step) => (faultFailed(step) ? (changedAtRest(step) ?? 1) : 0),
});

const oomNeverSigbus = define({
  id: 'failure/oom-is-oom',
  title: 'An access that runs out of memory returns oom or is retried, and never returns SIGBUS',
  requirements: ['failure.oom', 'pin.failure'],
  needs: ['inject-oom'],
  steps: (reading) => reading.accesses,
  check(step, { capabilities }) {
    if (!reachesContent(step) || !wasOnDevice(step)) return 0;
    if ((step.mayFailBy & (PENDING_OOM | PENDING_SIGBUS)) !== PENDING_OOM) return 0;
    if (succeeded(step)) return 1;
    if (step.result === 'trapped' && storesToWatched(step)) return 0;
    if (gotOom(step) && mayBeOverLimit(step)) return 0;
    if (gotOom(step) && (step.result === 'ENOMEM' || capabilities.has('oom-result'))) return 1;
    return `no memory is available, but a ${step.command.op} returned ${resultInWords(step.result)}`;
  },
});

const oomKeeps = define({
  id: 'failure/oom-keeps',
  title: 'An access that fails for lack of memory changes nothing',
  requirements: ['failure.oom-keeps'],
  needs: ['inject-oom'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!gotOom(step) || !reachesContent(step) || mayBeOverLimit(step)) return 0;
    return changedAtRest(step) ?? 1;
  },
});

/** A change that a failed fault left behind although it must change nothing; its own callback is not counted. */
function changedAtRest(step: TraceStep<Access>): string | undefined {
  for (const event of step.events) {
    if (event.event === 'free') return `a ${step.command.op} failed and freed frame ${event.frame}`;
  }
  return changes(step) ?? recordChanges(step);
}

/** Properties of faults that cannot succeed: SIGBUS, poison, and out of memory. */
export const failureProperties = [
  sigbus,
  poison,
  sharersKeep,
  poisonReleases,
  poisonLasts,
  poisonInert,
  nothingLost,
  oomNeverSigbus,
  oomKeeps,
] as const;
