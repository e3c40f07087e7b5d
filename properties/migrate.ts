import { isVector, type PageOutcome } from '../spec/vocabulary/result.ts';
import {
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  frameOf,
  EXCLUSIVE_ENTRY,
  POISON,
  PRESENT,
  UNMAPPED,
} from '../spec/vocabulary/snapshot.ts';
import { entryInWords, entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { define, defineRead } from './property.ts';
import { isFilePage, isObject, MOVED } from './contents.ts';
import { PENDING_NO_COPY, PENDING_NO_FRAME, PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { isCommon, isWatchedIfMissing, mayWrite } from './mapping-table.ts';
import { AT_LIMIT } from './charges.ts';
import { recordChanges, changeInWords, changes, dropsZeroPages, faultCall } from './stillness.ts';
import type { TraceStep } from './step.ts';
import type { MigrationCommand } from './step-lists.ts';

const NO_OUTCOMES: readonly PageOutcome[] = Object.freeze([]);

/** The outcomes of the command, one for each page; undefined where the result is of another kind. */
const outcomesOf = ({ result }: TraceStep<MigrationCommand>): readonly PageOutcome[] =>
  isVector(result) ? result : NO_OUTCOMES;

const pagesAsked = ({ command }: TraceStep<MigrationCommand>): number =>
  command.op === 'evict' ? 1 : command.count;

const vector = define({
  id: 'migrate/vector',
  title: 'A migration returns one moved or skipped for each page of its range',
  requirements: ['migrate.result-per-page'],
  needs: [],
  steps: (reading) => reading.migrations,
  check(step) {
    if (outcomesOf(step).length === pagesAsked(step)) return 1;
    return `${step.command.op} of ${pagesAsked(step)} pages returned ${resultInWords(step.result)}`;
  },
});

const truth = define({
  id: 'migrate/truth',
  title: 'A moved page is at the destination, and was not there before',
  requirements: ['migrate.result-per-page', 'migrate.must-skip'],
  needs: ['entries', 'every-step'],
  steps: (reading) => reading.migrations,
  check(step, { oneOwner }) {
    const { before, after, cell, command } = step;
    if (before === undefined || after === undefined) return 0;
    const toDevice = command.op === 'migrate-to-device';
    let moved = 0;
    for (const [i, outcome] of outcomesOf(step).entries()) {
      if (outcome !== 'moved') continue;
      moved++;
      const [was, is] = [before[cell + i] ?? 0, after[cell + i] ?? 0];
      const reported = toDevice
        ? isDeviceEntry(is) &&
          (isDeviceEntry(was)
            ? oneOwner && frameOf(was) !== frameOf(is)
            : was === UNPOPULATED || was === PRESENT || was === EXCLUSIVE_ENTRY)
        : isDeviceEntry(was) && is === PRESENT;
      if (!reported)
        return `the result is moved, but the entry changed from ${entryInWords(was)} to ${entryInWords(is)}`;
    }
    return moved;
  },
});

const skippedUnaccessed = define({
  id: 'migrate/skipped-untouched',
  title: 'A skipped page is unchanged',
  requirements: ['migrate.skip-restores', 'migrate.result-per-page', 'migrate.independent'],
  needs: ['entries', 'every-step'],
  steps: (reading) => reading.migrations,
  check(step) {
    const { before, after, cell } = step;
    if (before === undefined || after === undefined || dropsZeroPages(step)) return 0;
    let skipped = 0;
    for (const [i, outcome] of outcomesOf(step).entries()) {
      if (outcome !== 'skipped') continue;
      skipped++;
      if (before[cell + i] !== after[cell + i])
        return `the result is skipped, but ${changeInWords(step, cell + i)}`;
    }
    return skipped;
  },
});

const mustSkip = define({
  id: 'migrate/must-skip',
  title:
    'Unmapped, poisoned, pinned, host, shared and file pages do not migrate, nor does any page to a detached, closed or full device',
  requirements: [
    'migrate.must-skip',
    'pin.blocks-migration',
    'types.host-stays',
    'types.shared-stays',
    'types.file-stays',
    'device.detached',
    'device.closed',
  ],
  needs: [],
  steps: (reading) => reading.migrations,
  check(step, { scope }) {
    let bound = 0;
    for (const [i, outcome] of outcomesOf(step).entries()) {
      const reason = reasonToSkip(step, step.cell + i, scope.frames);
      if (reason === undefined) continue;
      if (outcome === 'moved') return `${step.command.op} moved page ${step.command.page + i}: ${reason}`;
      bound++;
    }
    return bound;
  },
});

/** The reason why this page cannot move, as far as the commands and results before tell. */
function reasonToSkip(step: TraceStep<MigrationCommand>, cell: number, frames: number): string | undefined {
  const code = step.rowBefore[cell] ?? UNMAPPED;
  if (code === UNMAPPED || code === POISON) return entryInWords(code);
  const mapping = step.mappingsBefore[cell] ?? 0;
  if (isCommon(mapping)) return "everybody's memory";
  if (isFilePage(code)) return 'a page of a file';
  if (isObject(code) && step.pinsBefore.includes(code)) return 'pinned';
  if (step.command.op !== 'migrate-to-device')
    return code === UNPOPULATED ? 'an unpopulated page' : undefined;
  if (code === UNPOPULATED && isWatchedIfMissing(mapping)) return 'a watched unpopulated page';
  if (code === UNPOPULATED && step.atLimit === AT_LIMIT) return 'an unpopulated page of a group at its limit';
  if (!step.attached) return 'the device is detached';
  if (!step.usable) return 'the device is closed';
  return isFull(step, frames) ? 'the device has no free frame' : undefined;
}

/** Whether no frame of the device was free; a migration to the device frees none. */
function isFull({ namesBefore, device }: TraceStep<MigrationCommand>, frames: number): boolean {
  if (namesBefore === undefined) return frames === 0;
  for (let frame = device * frames; frame < (device + 1) * frames; frame++) {
    if (namesBefore[frame] === 0) return false;
  }
  return true;
}

const writeSole = define({
  id: 'migrate/write-sole',
  title: 'A WRITE entry is the only entry of its frame, and its mapping is writable',
  requirements: ['migrate.write-sole', 'protect.downgrades'],
  needs: ['entries'],
  steps: (reading) => reading.anew,
  check({ after, names, mappings }) {
    if (after === undefined || names === undefined) return 0;
    let writable = 0;
    for (let cell = 0; cell < after.length; cell++) {
      const entry = after[cell] ?? 0;
      if (!isDeviceEntry(entry) || !isWriteEntry(entry)) continue;
      writable++;
      const frame = frameOf(entry);
      if (names[frame] !== 1) return `frame ${frame} has a WRITE entry, but ${names[frame]} entries name it`;
      if (!mayWrite(mappings[cell] ?? 0))
        return `the entry of a mapping that is not writable is ${entryPredicate(entry)}`;
    }
    return writable;
  },
});

const quiet = define({
  id: 'migrate/quiet',
  title: 'Migration and eviction commands never call page_fault',
  requirements: ['migrate.no-callbacks'],
  needs: ['callbacks'],
  steps: (reading) => reading.migrations,
  check: (step) => faultCall(step) ?? 1,
});

const freesSource = define({
  id: 'migrate/frees-source',
  title: 'A migration to system memory frees the frame of each page that moved once, and no other frame',
  requirements: ['migrate.frees-source'],
  needs: ['callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.migrations,
  check(step) {
    const { before, cell, command, events } = step;
    if (before === undefined || command.op === 'migrate-to-device') return 0;
    let moved = 0;
    for (const [i, outcome] of outcomesOf(step).entries()) {
      const entry = before[cell + i] ?? 0;
      if (outcome !== 'moved' || !isDeviceEntry(entry)) continue;
      moved++;
      const frees = step.count('free', frameOf(entry));
      if (frees !== 1)
        return `page_free was called ${frees} times for frame ${frameOf(entry)}, whose page migrated to system memory`;
    }
    if (events.length > moved)
      return `${moved} pages migrated to system memory, but ${events.length} callbacks were called`;
    return moved;
  },
});

const failureRestores = define({
  id: 'migrate/failure-restores',
  title: 'A migration that moves no page changes no entry and no count, for every cause of failure',
  requirements: ['migrate.failure-restores', 'migrate.skip-restores'],
  needs: [],
  steps: (reading) => reading.migrations,
  check(step) {
    const outcomes = outcomesOf(step);
    if (outcomes.length === 0 || outcomes.includes('moved') || dropsZeroPages(step)) return 0;
    const markModified = changes(step) ?? recordChanges(step);
    if (markModified !== undefined) return `all pages were skipped, but ${markModified}`;
    const kinds =
      step.command.op === 'migrate-to-device'
        ? PENDING_NO_FRAME | PENDING_NO_COPY
        : PENDING_SIGBUS | PENDING_OOM;
    return (step.active & kinds) === 0 ? 0 : 1;
  },
});

const transparent = defineRead({
  id: 'migrate/transparent',
  title: 'A migrated page reads as if it had not migrated',
  requirements: ['migrate.transparent'],
  needs: [],
  concerns: ({ traits }) => (traits & MOVED) !== 0,
});

/** Properties of migrations on request. */
export const migrateProperties = [
  vector,
  truth,
  skippedUnaccessed,
  mustSkip,
  writeSole,
  quiet,
  freesSource,
  failureRestores,
  transparent,
] as const;
