import { PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryInWords } from '../spec/vocabulary/words.ts';
import { isFilePage } from './contents.ts';
import { define } from './define.ts';
import { isFile } from './mapping-table.ts';
import { defineRead } from './read-value.ts';
import { calls } from './stillness.ts';
import { COPIED_FROM_FILE } from './traits.ts';
import { isVector } from '../spec/vocabulary/result.ts';

const value = defineRead({
  id: 'types/file-value',
  title: 'A file mapping that was not stored to reads the file value, independent of stores to other copies',
  requirements: ['types.file-stays', 'types.file-copy'],
  needs: ['file'],
  concerns: ({ code, command }) => command.op !== 'unpin' && isFilePage(code),
});

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
      if (entry === 0 || entry >= PRESENT)
        return `the entry of a page of the file is a ${entryInWords(entry)}`;
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
      if (result[i] === 'moved') return `${command.op} moved page ${command.page + i}, which is of the file`;
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
  title: 'A private copy of a file page is where the last migration moved it',
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
        return `a copy moved, and its entry is a ${entryInWords(entry)}`;
      moved++;
    }
    return moved;
  },
});

/** Properties of private file mappings. */
export const file = [value, stays, skipped, copy, copyMoves] as const;
