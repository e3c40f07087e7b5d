import { PRESENT } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { isOn } from './devices-apart.ts';
import { accountChanges, changeInWords, faultCall } from './stillness.ts';

const counted = define({
  id: 'migrate/evict-all-counts',
  title: 'evict-all returns the number of pages that left the device for system memory',
  requirements: ['migrate.evict-all'],
  needs: ['evict-all', 'entries', 'every-step'],
  steps: (reading) => reading.evictAlls,
  check(step, { scope }) {
    const { before, after, names, namesBefore, result, device } = step;
    if (before === undefined || after === undefined) return 0;
    if (names === undefined || namesBefore === undefined) return 0;
    let left = 0;
    for (let frame = device * scope.frames; frame < (device + 1) * scope.frames; frame++) {
      if ((namesBefore[frame] ?? 0) > 0 && names[frame] === 0) left++;
    }
    if (result !== left)
      return `${left} pages left the device, and evict-all answered ${resultInWords(result)}`;
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      if (was !== is && !(isOn(was, device, scope) && is === PRESENT)) return changeInWords(step, cell);
    }
    return left;
  },
});

const gone = define({
  id: 'migrate/evict-all-of-nothing',
  title: 'evict-all on a detached device returns 0',
  requirements: ['migrate.evict-all'],
  needs: ['evict-all', 'attach'],
  steps: (reading) => reading.evictAlls,
  check({ attached, result }) {
    if (attached) return 0;
    return result === 0 ? 1 : `the device is detached, and evict-all answered ${resultInWords(result)}`;
  },
});

const quiet = define({
  id: 'migrate/evict-all-is-quiet',
  title: 'evict-all calls no page_fault and frees the frame of each migrated page once',
  requirements: ['migrate.evict-all', 'migrate.no-callbacks', 'migrate.frees-source'],
  needs: ['evict-all', 'callbacks'],
  steps: (reading) => reading.evictAlls,
  check(step) {
    const called = faultCall(step);
    if (called !== undefined) return called;
    const { events, result } = step;
    return events.length === result
      ? 1
      : `evict-all answered ${resultInWords(result)}, and called the driver ${events.length} times`;
  },
});

const free = define({
  id: 'migrate/evict-all-is-free',
  title: 'evict-all changes neither rss nor charge',
  requirements: ['migrate.evict-all', 'account.rss', 'account.charge'],
  needs: ['evict-all', 'accounting', 'every-step'],
  steps: (reading) => reading.evictAlls,
  check(step) {
    return accountChanges(step) ?? (typeof step.result === 'number' ? step.result : 0);
  },
});

/** Properties of evicting all pages of a device. */
export const evictAll = [counted, gone, quiet, free] as const;
