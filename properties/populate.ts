import { isDeviceEntry, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { define, defineRead } from './property.ts';
import { isLocked } from './mapping-table.ts';
import { modified } from './stillness.ts';
import { endsAsItMay, isPermitted, isRefusedQuietly, lacksObject } from './access-outcome.ts';
import { writes } from './access-kinds.ts';
import { POPULATED } from './contents.ts';

const migratesBack = define({
  id: 'populate/brings-back',
  title: 'A page is in system memory after it was populated or locked',
  requirements: ['populate.migrates-back'],
  needs: ['populate', 'entries', 'every-step'],
  steps: (reading) => reading.populations,
  check({ before, after, cell, command, result }) {
    if (after === undefined || result !== 'ok' || !isDeviceEntry(before?.[cell] ?? 0)) return 0;
    const entry = after[cell] ?? 0;
    return entry === PRESENT ? 1 : `after a ${command.op} the entry is ${entryPredicate(entry)}`;
  },
});

const own = define({
  id: 'populate/own',
  title: 'In a writable mapping a populate of an unpopulated or shared page charges one page',
  requirements: ['populate.migrates-back'],
  needs: ['populate', 'accounting', 'every-step'],
  steps: (reading) => reading.populations,
  check(step) {
    const { command, mapping, result, state, stateBefore } = step;
    const [was, is] = [stateBefore?.charged, state?.charged];
    if (result !== 'ok' || was === undefined || is === undefined) return 0;
    const isNew = writes(command, mapping) && lacksObject(step);
    if (is !== was + (isNew ? 1 : 0)) return `${command.op} changed the charge from ${was} to ${is}`;
    return isNew ? 1 : 0;
  },
});

const keepsValue = defineRead({
  id: 'populate/keeps-value',
  title: 'Populate changes no value',
  requirements: ['populate.migrates-back'],
  needs: ['populate'],
  concerns: ({ traits }) => (traits & POPULATED) !== 0,
});

const failure = define({
  id: 'populate/failure',
  title: 'A populate that is not permitted or that an injection strikes returns an error',
  requirements: ['populate.failure'],
  needs: ['populate'],
  steps: (reading) => reading.populations,
  check: (step) => (isPermitted(step) ? (endsAsItMay(step) ?? 1) : isRefusedQuietly(step)),
});

const locked = define({
  id: 'populate/locked',
  title:
    'Discard of a locked page returns EINVAL and changes nothing, also if the lock could not populate it',
  requirements: ['populate.locked', 'populate.failure'],
  needs: ['lock', 'discard'],
  steps: (reading) => reading.removals,
  check(step) {
    if (step.command.op !== 'discard' || !isLocked(step.mapping)) return 0;
    if (step.result !== 'EINVAL') return `a discard of a locked page returned ${resultInWords(step.result)}`;
    return modified(step) ?? 1;
  },
});

/** Properties of commands that populate or lock pages. */
export const populateProperties = [migratesBack, own, keepsValue, failure, locked] as const;
