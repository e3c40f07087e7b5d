import type { RequirementId } from '../spec/requirements/catalogue.ts';
import { PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { define, defineRead, defineRunning } from './property.ts';
import { isFile, isHost, isShared, type Mapping } from './mapping-table.ts';
import { calls, modified } from './stillness.ts';
import { endsAsItMay, findsSlotBusy, isPermitted } from './access-outcome.ts';
import { isVector } from '../spec/vocabulary/result.ts';
import { COPIED_FROM_FILE, isFilePage } from './contents.ts';

/** A kind of memory whose pages all mappings share. */
interface CommonMemory<Kind extends 'host' | 'shared'> {
  readonly kind: Kind;
  readonly isOfKind: (mapping: Mapping) => boolean;
  readonly value: RequirementId;
  readonly stays: RequirementId;
  readonly quiet: RequirementId;
}

/** The properties of shared memory. They are the same for every kind of backing. */
function commonMemory<const Kind extends 'host' | 'shared'>(memory: CommonMemory<Kind>) {
  const { kind, isOfKind, value, stays, quiet } = memory;
  return [
    defineRead({
      id: `types/${kind}-value`,
      title: `Every process that maps a ${kind} page reads the value stored there last`,
      requirements: [value],
      needs: [kind],
      concerns: ({ mapping }) => isOfKind(mapping),
    }),
    define({
      id: `types/${kind}-present`,
      title: `The entry of a ${kind} mapping is always present`,
      requirements: [stays],
      needs: [kind, 'entries'],
      steps: (reading) => reading.anew,
      check({ after, mappings }) {
        let pages = 0;
        for (let cell = 0; cell < mappings.length; cell++) {
          if (!isOfKind(mappings[cell] ?? 0)) continue;
          const entry = after?.[cell] ?? 0;
          if (entry !== PRESENT) return `the entry of a ${kind} mapping is ${entryPredicate(entry)}`;
          pages++;
        }
        return pages;
      },
    }),
    define({
      id: `types/${kind}-skipped`,
      title: `Every migration skips ${kind} memory`,
      requirements: [stays],
      needs: [kind],
      steps: (reading) => reading.migrations,
      check({ result, cell, mappingsBefore, command }) {
        if (!isVector(result)) return 0;
        let pages = 0;
        for (let i = 0; i < result.length; i++) {
          if (!isOfKind(mappingsBefore[cell + i] ?? 0)) continue;
          if (result[i] === 'moved')
            return `${command.op} moved page ${command.page + i}, which is ${kind} memory`;
          pages++;
        }
        return pages;
      },
    }),
    define({
      id: `types/${kind}-quiet`,
      title: `A command on one page of ${kind} memory calls no callback`,
      requirements: [quiet],
      needs: [kind, 'callbacks'],
      steps: (reading) => reading.atCommon,
      check({ command, events, mapping }) {
        if (!isOfKind(mapping)) return 0;
        // The callbacks of a range may belong to another page of it.
        if (command.op === 'migrate-to-device' || command.op === 'migrate-to-system') {
          if (command.count > 1) return 0;
        }
        return events.length === 0 ? 1 : `${command.op} of ${kind} memory called a callback`;
      },
    }),
    define({
      id: `types/${kind}-works`,
      title: `An access to ${kind} memory succeeds if the mapping permits it, in every state of the device`,
      requirements: [value],
      needs: [kind],
      steps: (reading) => reading.accesses,
      check(step) {
        if (!isOfKind(step.mapping) || !isPermitted(step) || findsSlotBusy(step)) return 0;
        return endsAsItMay(step) ?? modified(step) ?? 1;
      },
    }),
  ] as const;
}

const host = commonMemory({
  kind: 'host',
  isOfKind: isHost,
  value: 'types.host-value',
  stays: 'types.host-stays',
  quiet: 'types.host-no-callbacks',
});

const shared = commonMemory({
  kind: 'shared',
  isOfKind: isShared,
  value: 'types.shared-value',
  stays: 'types.shared-stays',
  quiet: 'types.shared-stays',
});

const swapLimit = defineRunning({
  id: 'types/swap-limit',
  title: 'swap-on enables exactly as many swap areas as the special entries leave swap types',
  requirements: ['types.swap-limit'],
  needs: ['swap-on'],
  steps: (reading) => reading.swapOns,
  begin({ profile }) {
    let on = 0;
    return ({ command, result }) => {
      const right = Math.min(command.areas, profile.swapAreas - on);
      if (result !== right) {
        return `swap-on ${command.areas} with ${on} areas on returned ${resultInWords(result)}, not ${right}`;
      }
      on += right;
      return 1;
    };
  },
});

const hotAdd = define({
  id: 'types/hot-add',
  title: 'hot-add returns EEXIST while the device is attached, and ok once after a detach',
  requirements: ['types.add-memory'],
  needs: ['hot-add'],
  steps: (reading) => reading.hotAdds,
  check(step) {
    const { attached, devicesBefore, device, result } = step;
    const right = attached || devicesBefore.isReplaced(device) ? 'EEXIST' : 'ok';
    return result === right
      ? (modified(step) ?? 1)
      : `hot-add returned ${resultInWords(result)}, not ${right}`;
  },
});

/** Properties of other memory types, and of their relation to the rest of the kernel. */
export const typesProperties = [...host, ...shared, swapLimit, hotAdd] as const;

const stays = define({
  id: 'types/file-stays',
  title: 'A file page is never on a device and never poison',
  requirements: ['types.file-stays'],
  needs: ['file', 'entries'],
  steps: (reading) => reading.anew,
  check({ after, row }) {
    if (after === undefined) return 0;
    let pages = 0;
    for (let cell = 0; cell < row.length; cell++) {
      if (!isFilePage(row[cell] ?? 0)) continue;
      const entry = after[cell] ?? 0;
      // An unpopulated entry and a present entry are equivalent for pages of the file.
      if (entry === 0 || entry >= PRESENT) return `the entry of a file page is ${entryPredicate(entry)}`;
      pages++;
    }
    return pages;
  },
});

const skipped = define({
  id: 'types/file-skipped',
  title: 'Every migration skips file pages and calls no callback for them',
  requirements: ['types.file-stays'],
  needs: ['file'],
  steps: (reading) => reading.migrations,
  check(step) {
    const { result, cell, rowBefore, command } = step;
    if (!isVector(result)) return 0;
    let pages = 0;
    for (let i = 0; i < result.length; i++) {
      if (!isFilePage(rowBefore[cell + i] ?? 0)) continue;
      if (result[i] === 'moved') return `${command.op} moved page ${command.page + i}, which is a file page`;
      pages++;
    }
    return pages < result.length ? pages : (calls(step) ?? pages);
  },
});

const copy = defineRead({
  id: 'types/file-copy',
  title: 'A private copy of a file page reads the stored value, also after migrations',
  requirements: ['types.file-copy'],
  needs: ['file'],
  concerns: ({ traits }) => (traits & COPIED_FROM_FILE) !== 0,
});

const copyMoves = define({
  id: 'types/file-copy-moves',
  title: 'A private copy of a file page is in the place to which the last migration moved it',
  requirements: ['types.file-copy', 'migrate.result-per-page'],
  needs: ['file', 'entries', 'every-step'],
  steps: (reading) => reading.migrations,
  check({ after, result, cell, row, mappingsBefore, command }) {
    if (after === undefined || !isVector(result)) return 0;
    let moved = 0;
    for (let i = 0; i < result.length; i++) {
      if (result[i] !== 'moved' || !isFile(mappingsBefore[cell + i] ?? 0)) continue;
      const entry = after[cell + i] ?? 0;
      const isThere = command.op === 'migrate-to-device' ? entry > PRESENT : entry === PRESENT;
      if (!isThere || isFilePage(row[cell + i] ?? 0))
        return `a private copy moved, but its entry is ${entryPredicate(entry)}`;
      moved++;
    }
    return moved;
  },
});

/** Properties of private file mappings. */
export const fileProperties = [stays, skipped, copy, copyMoves] as const;
