import { profilesWith } from '../spec/profiles/profile.ts';
import { blockIn } from '../spec/vocabulary/scope.ts';
import { frameOf, isDeviceEntry, PRESENT, UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { entryInWords, entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { namedBlock } from './block-cells.ts';
import { isObject } from './contents.ts';
import { PENDING_NO_SPLIT } from './injected.ts';
import { define, type PropertyResult } from './property.ts';
import { calls, changes, dropsZeroPages, recordChanges } from './stillness.ts';

const profiles = profilesWith(({ hasLargeFolios }) => hasLargeFolios);

/** The cells that share no process with a cell. */
const cellsOfOthers = (row: readonly number[], process: number, pages: number): readonly number[] =>
  [...row.keys()].filter((cell) => Math.floor(cell / pages) !== process);

const collapses = define({
  id: 'folio/collapses',
  title: 'A successful collapse leaves its block in system memory and changes no entry of another process',
  requirements: ['folio.collapse-keeps'],
  needs: ['large-folios', 'collapse', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.compared,
  check({ command, result, before, after, state, stateBefore }, reading): PropertyResult {
    if (command.op !== 'collapse' || result !== 'ok' || before === undefined || after === undefined) return 0;
    const { process } = command;
    const cells = namedBlock(command, reading);
    // A large page of zeros may have been mapped there.
    if (cells.every((cell) => before[cell] === UNPOPULATED && after[cell] === UNPOPULATED)) return 0;
    for (const cell of cells) {
      if (after[cell] !== PRESENT)
        return `after a collapse entry ${cell} of the table is ${entryPredicate(after[cell] ?? 0)}`;
    }
    for (const cell of cellsOfOthers(after, process, reading.scope.pages)) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      if (was !== is)
        return `a collapse by process ${process} changed entry ${cell} of the table from ${entryInWords(was)} to ${entryInWords(is)}`;
    }
    const [was, is] = [stateBefore?.rss, state?.rss];
    const other = is?.findIndex((pages, at) => at !== process && pages !== was?.[at]) ?? -1;
    return other < 0 ? 1 : `a collapse by process ${process} changed the rss of process ${other}`;
  },
});

const collapseRefused = define({
  id: 'folio/collapse-refused',
  title: 'A collapse fails if a page of its block is on a device or pinned, and then changes nothing',
  requirements: ['folio.collapse-refused'],
  needs: ['large-folios', 'collapse', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.compared,
  check(step, reading): PropertyResult {
    const { command, result, before, rowBefore, pinsBefore, stateBefore, cell: named } = step;
    if (command.op !== 'collapse') return 0;
    if (result === 'ok') {
      const isWhole = stateBefore?.whole?.[named] === true;
      for (const cell of namedBlock(command, reading)) {
        const code = rowBefore[cell] ?? 0;
        if (isDeviceEntry(before?.[cell] ?? 0))
          return `a block collapsed although the page of entry ${cell} of the table is on a device`;
        if (!isWhole && isObject(code) && pinsBefore.includes(code))
          return `a block collapsed although the page of entry ${cell} of the table is pinned`;
      }
      return 0;
    }
    return calls(step) ?? changes(step) ?? recordChanges(step) ?? 1;
  },
});

const splitInPlace = define({
  id: 'folio/split-in-place',
  title: 'A split changes no entry and leaves base pages on the frames of its folio',
  requirements: ['folio.split-in-place'],
  needs: ['large-folios', 'split', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.compared,
  check(step): PropertyResult {
    const { command, result, state, stateBefore, before, cell } = step;
    if (command.op !== 'split') return 0;
    const code = before?.[cell] ?? 0;
    const isLarge = isDeviceEntry(code) && stateBefore?.large?.[frameOf(code)] === true;
    const changed = changes(step);
    if (changed !== undefined && (isLarge || !dropsZeroPages(step))) return changed;
    if (!isLarge) return 0;
    if (result !== 'ok')
      return result === 'EBUSY' ? 0 : `split of a large folio returned ${resultInWords(result)}`;
    if (state?.large?.[frameOf(code)] === true)
      return `after a split frame ${frameOf(code)} holds a large folio`;
    return state?.whole?.[cell] === true
      ? `after a split entry ${cell} of the table is part of a whole entry`
      : 1;
  },
});

const splitRefused = define({
  id: 'folio/split-refused',
  title:
    'For a page on a device a split returns EBUSY only if an injection may refuse it, and then changes nothing',
  requirements: ['folio.split-refused'],
  needs: ['large-folios', 'split', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.compared,
  check(step): PropertyResult {
    const { command, result, active, before, cell, state, stateBefore } = step;
    if (command.op !== 'split' || result !== 'EBUSY' || !isDeviceEntry(before?.[cell] ?? 0)) return 0;
    if ((active & PENDING_NO_SPLIT) === 0) return 'split returned EBUSY without an injection';
    const [was, is] = [stateBefore?.large?.join(), state?.large?.join()];
    if (was !== is) return 'a split that returned EBUSY split the large folio';
    const [wholeBefore, whole] = [stateBefore?.whole, state?.whole];
    if (wholeBefore?.[cell] !== whole?.[cell]) return 'a split that returned EBUSY split the whole entry';
    return calls(step) ?? changes(step) ?? recordChanges(step) ?? 1;
  },
});

const splitCallbacks = define({
  id: 'folio/split-callbacks',
  title:
    'A split calls folio_split for each frame of the block after the first, in order, and once at the end',
  requirements: ['folio.split-callbacks'],
  needs: ['large-folios', 'split-callbacks', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.compared,
  check({ command, events, state, stateBefore }, { scope }): PropertyResult {
    const { large } = state ?? {};
    // In a race a large folio may be put on the device and be split there.
    if (large === undefined || stateBefore?.large === undefined || command.op === 'race') return 0;
    const block = blockIn(scope);
    let seen = 0;
    for (let head = 0; head < large.length; head += block) {
      const calledFor = events.flatMap((event) =>
        event.event === 'split' && event.frame === head ? [event.tail ?? 'end'] : [],
      );
      if (calledFor.length === 0) continue;
      const due = [...Array.from({ length: block - 1 }, (_, at) => head + 1 + at), 'end'];
      if (calledFor.join() !== due.join())
        return `folio_split was called for ${calledFor.join()} of the folio at frame ${head}, not for ${due.join()}`;
      if (stateBefore.large[head] !== true)
        return `${command.op} called folio_split for frame ${head}, which held no large folio`;
      seen++;
    }
    return seen;
  },
});

/** Properties of the commands collapse and split, and of the calls of folio_split. */
export const folioSplitProperties = [
  collapses,
  collapseRefused,
  splitInPlace,
  splitRefused,
  splitCallbacks,
] as const;
