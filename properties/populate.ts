import { isDeviceEntry, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryInWords, resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { isLocked } from './mapping-table.ts';
import { defineRead } from './read-value.ts';
import { stirred } from './stillness.ts';
import { endsAsItMay, isPermitted, isRefusedQuietly, lacksObject } from './touch-outcome.ts';
import { writes } from './touch-kinds.ts';
import { POPULATED } from './traits.ts';

const bringsBack = define({
  id: 'populate/brings-back',
  title: 'A page that was populated or locked is in system memory',
  requirements: ['populate.brings-back'],
  needs: ['populate', 'entries', 'every-step'],
  steps: (reading) => reading.populations,
  check({ before, after, cell, command, result }) {
    if (after === undefined || result !== 'ok' || !isDeviceEntry(before?.[cell] ?? 0)) return 0;
    const entry = after[cell] ?? 0;
    return entry === PRESENT ? 1 : `after a ${command.op} there is a ${entryInWords(entry)}`;
  },
});

const own = define({
  id: 'populate/own',
  title:
    'Where the mapping is writable, what was populated is a page of its process alone: one more is charged',
  requirements: ['populate.brings-back'],
  needs: ['populate', 'accounting', 'every-step'],
  steps: (reading) => reading.populations,
  check(step) {
    const { command, mapping, result, state, stateBefore } = step;
    const [was, is] = [stateBefore?.charged, state?.charged];
    if (result !== 'ok' || was === undefined || is === undefined) return 0;
    const isNew = writes(command, mapping) && lacksObject(step);
    if (is !== was + (isNew ? 1 : 0)) return `${command.op} took the charge from ${was} to ${is}`;
    return isNew ? 1 : 0;
  },
});

const keepsValue = defineRead({
  id: 'populate/keeps-value',
  title: 'A page that was populated reads as before',
  requirements: ['populate.brings-back'],
  needs: ['populate'],
  concerns: ({ traits }) => (traits & POPULATED) !== 0,
});

const failure = define({
  id: 'populate/failure',
  title: 'A populate that is not permitted, or was made to fail, answers an error',
  requirements: ['populate.failure'],
  needs: ['populate'],
  steps: (reading) => reading.populations,
  check: (step) => (isPermitted(step) ? (endsAsItMay(step) ?? 1) : isRefusedQuietly(step)),
});

const locked = define({
  id: 'populate/locked',
  title:
    'A discard of a locked page answers EINVAL and changes nothing, also where the lock could not populate',
  requirements: ['populate.locked', 'populate.failure'],
  needs: ['lock', 'discard'],
  steps: (reading) => reading.removals,
  check(step) {
    if (step.command.op !== 'discard' || !isLocked(step.mapping)) return 0;
    if (step.result !== 'EINVAL') return `a discard of a locked page answered ${resultInWords(step.result)}`;
    return stirred(step) ?? 1;
  },
});

const lockedValue = defineRead({
  id: 'populate/locked-value',
  title: 'A locked page reads right, wherever it has been moved',
  requirements: ['populate.locked'],
  needs: ['lock'],
  concerns: ({ mapping }) => isLocked(mapping),
});

/** What brings pages in beforehand, and what keeps them. */
export const populate = [bringsBack, own, keepsValue, failure, locked, lockedValue] as const;
