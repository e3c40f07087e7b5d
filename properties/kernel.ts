import { isDeviceEntry, POISON, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { define, defineRead } from './property.ts';
import { modified } from './stillness.ts';
import { endsAsItMay, isPermitted, isRefusedQuietly, succeeded } from './access-outcome.ts';
import { WRITTEN_BY_KERNEL } from './contents.ts';

const migratesBack = define({
  id: 'kernel/brings-back',
  title: 'A kernel access to a page on the device calls page_fault and migrates the page',
  requirements: ['kernel.access-returns'],
  needs: ['kernel-access', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.kernelAccesses,
  check(step) {
    const { before, after, cell, command, faults } = step;
    if (after === undefined || !isDeviceEntry(before?.[cell] ?? 0) || !succeeded(step)) return 0;
    const entry = after[cell] ?? 0;
    if (entry !== PRESENT) return `after a ${command.op} the entry is ${entryPredicate(entry)}`;
    return faults > 0 ? 1 : `a ${command.op} of a page on the device called no page_fault`;
  },
});

const lands = defineRead({
  id: 'kernel/store-lands',
  title: 'After a kernel store the process reads the value by CPU and by device, as do its later sharers',
  requirements: ['kernel.store-visible'],
  needs: ['kernel-access'],
  concerns: ({ traits }) => (traits & WRITTEN_BY_KERNEL) !== 0,
});

const apart = define({
  id: 'kernel/store-is-own',
  title: 'After a kernel store to a shared page no other sharer has an entry on the device',
  requirements: ['kernel.store-visible', 'fork.isolation'],
  needs: ['kernel-access', 'entries', 'every-step'],
  steps: (reading) => reading.kernelAccesses,
  check(step) {
    const { before, after, command, code, rowBefore } = step;
    if (command.op !== 'kernel-store' || before === undefined || after === undefined) return 0;
    if (!succeeded(step) || step.sharersBefore < 2) return 0;
    let sharers = 0;
    for (let cell = 0; cell < after.length; cell++) {
      if (rowBefore[cell] !== code || cell === step.cell) continue;
      const entry = after[cell] ?? 0;
      if (entry !== PRESENT) return `after a kernel-store the entry of a sharer is ${entryPredicate(entry)}`;
      sharers++;
    }
    return sharers;
  },
});

const errors = define({
  id: 'kernel/errors',
  title:
    'A kernel access that is not permitted returns EFAULT; one that an injection strikes returns an error',
  requirements: ['kernel.access-errors'],
  needs: ['kernel-access'],
  steps: (reading) => reading.kernelAccesses,
  check: (step) => (isPermitted(step) ? (endsAsItMay(step) ?? 1) : isRefusedQuietly(step)),
});

const peekStays = define({
  id: 'kernel/peek-stays',
  title: 'A no-fault load calls no callback, changes nothing, and fails for a page on the device',
  requirements: ['kernel.nofault-does-not-migrate'],
  needs: ['peek'],
  steps: (reading) => reading.peeks,
  check(step) {
    const isOnDevice = isDeviceEntry(step.before?.[step.cell] ?? 0);
    if (isOnDevice && step.result !== 'EFAULT') {
      return `the page is on the device, but peek returned ${resultInWords(step.result)}`;
    }
    return modified(step) ?? 1;
  },
});

const peekRefused = define({
  id: 'kernel/peek-refused',
  title: 'A no-fault load of an unmapped, unreadable or poisoned page returns EFAULT',
  requirements: ['kernel.nofault-value', 'kernel.access-errors'],
  needs: ['peek'],
  steps: (reading) => reading.peeks,
  check(step) {
    if (step.permits(false) && step.code !== POISON) return 0;
    return step.result === 'EFAULT'
      ? 1
      : `a peek that is not permitted returned ${resultInWords(step.result)}`;
  },
});

/** Properties of accesses by the kernel to user addresses. */
export const kernelProperties = [migratesBack, lands, apart, errors, peekStays, peekRefused] as const;
