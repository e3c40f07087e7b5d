import { profilesWith } from '../spec/profiles/profile.ts';
import type { CommandOf } from '../spec/vocabulary/command.ts';
import { isVector } from '../spec/vocabulary/result.ts';
import { blockIn, blockStart, isFrameBlock } from '../spec/vocabulary/scope.ts';
import { frameOf, isDeviceEntry, isWriteEntry, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryInWords, entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { blocksOf, isWholeBlock, namedBlock } from './block-cells.ts';
import { folioSplitProperties } from './folio-split.ts';
import { isPrivate } from './mapping-table.ts';
import { define, type PropertyResult } from './property.ts';
import { isObject } from './contents.ts';
import { changes, dropsZeroPages } from './stillness.ts';
import type { TraceStep } from './step.ts';
import type { MigrationCommand } from './step-lists.ts';

const profiles = profilesWith(({ hasLargeFolios }) => hasLargeFolios);

// Statements about worlds with blocks, each on the snapshots around one step. They know nothing of the model.

const onABlock = define({
  id: 'folio/on-a-block',
  title: 'A whole entry on the device names the frames of one block in order, which hold a large folio',
  requirements: ['folio.on-a-block', 'folio.whole-or-none'],
  needs: ['large-folios'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.shown,
  check({ after, state }, { scope }): PropertyResult {
    let seen = 0;
    for (const cells of blocksOf(scope)) {
      const [first = 0] = cells;
      const parts = cells.filter((cell) => state?.whole?.[cell] === true);
      if (parts.length === 0) continue;
      if (parts.length < cells.length)
        return `a whole entry consists of entries ${parts.join()} of the table, not of ${cells.length} entries`;
      const code = after?.[first] ?? 0;
      if (!isDeviceEntry(code)) continue;
      const head = frameOf(code);
      if (!isFrameBlock(scope, head))
        return `a whole entry begins at frame ${head}, but no block begins there`;
      for (const [part, cell] of cells.entries()) {
        const other = after?.[cell] ?? 0;
        if (!isDeviceEntry(other) || frameOf(other) !== head + part)
          return `part ${part} of a whole entry for frame ${head} is ${entryPredicate(other)}`;
        if (state?.large?.[head + part] !== true)
          return `a whole entry names frame ${head + part}, but that frame holds a base page`;
      }
      seen++;
    }
    return seen;
  },
});

const onePermission = define({
  id: 'folio/one-permission',
  title: 'The pages of a whole entry are all READ or all WRITE',
  requirements: ['folio.on-a-block'],
  needs: ['large-folios'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.shown,
  check({ after, state }, { scope }): PropertyResult {
    let seen = 0;
    for (const cells of blocksOf(scope)) {
      if (!isWholeBlock(state?.whole, cells)) continue;
      const codes = cells.map((cell) => after?.[cell] ?? 0).filter(isDeviceEntry);
      if (codes.some((code) => isWriteEntry(code) !== isWriteEntry(codes[0] ?? 0)))
        return `the parts of a whole entry are ${codes.map(entryInWords).join(' and ')}`;
      if (codes.length > 0) seen++;
    }
    return seen;
  },
});

const counts = define({
  id: 'folio/counts',
  title: 'The counts of a large folio are the number of its whole entries and other entries',
  requirements: ['folio.counts', 'folio.fork-shares'],
  needs: ['large-folios', 'frames'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.shown,
  check({ after, state }, { scope, frames }): PropertyResult {
    const { large, whole, refs, maps } = state ?? {};
    if (large === undefined || after === undefined || refs === undefined || maps === undefined) return 0;
    const block = blockIn(scope);
    let seen = 0;
    for (let head = 0; head < frames; head += block) {
      if (!isFrameBlock(scope, head) || large[head] !== true) continue;
      let pages = 0;
      let wholes = 0;
      for (const [cell, code] of after.entries()) {
        if (!isDeviceEntry(code) || frameOf(code) < head || frameOf(code) >= head + block) continue;
        if (whole?.[cell] !== true) pages++;
        else if (frameOf(code) === head) wholes++;
      }
      for (let frame = head; frame < head + block; frame++) {
        if (refs[frame] !== pages + wholes || maps[frame] !== pages + wholes)
          return `frame ${frame} of a large folio has ${refs[frame]} references and ${maps[frame]} mappings, but ${wholes} whole entries and ${pages} other entries`;
      }
      seen++;
    }
    return seen;
  },
});

const resident = define({
  id: 'folio/rss',
  title: 'Every page of a whole entry counts in rss, and an unmapped page of a large folio does not',
  requirements: ['folio.populates-zero', 'folio.unpopulated-block', 'folio.whole-command', 'account.rss'],
  needs: ['large-folios', 'accounting'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.shown,
  check({ after, state, mappings }, { scope }): PropertyResult {
    const { rss } = state ?? {};
    if (rss === undefined || after === undefined) return 0;
    for (const [process, pages] of rss.entries()) {
      const cells = Array.from({ length: scope.pages }, (_, page) => process * scope.pages + page);
      const held = cells.filter((cell) => {
        const code = after[cell] ?? 0;
        return isDeviceEntry(code) || (code === PRESENT && isPrivate(mappings[cell] ?? 0));
      });
      if (pages !== held.length) return `process ${process} has ${held.length} pages, but an rss of ${pages}`;
    }
    return 1;
  },
});

const charged = define({
  id: 'folio/charge',
  title: 'The pages of a large folio on the device stay charged, also those without an entry',
  requirements: ['folio.holds-frames', 'account.charge'],
  needs: ['large-folios', 'accounting'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.shown,
  check({ after, state, pins }): PropertyResult {
    const { charged: pages, large } = state ?? {};
    // Pins and large folios in system memory may hold further pages.
    if (pages === undefined || after === undefined || large === undefined || pins.some((pin) => pin !== 0))
      return 0;
    const frames = new Set(after.filter(isDeviceEntry).map(frameOf));
    for (const [frame, isLarge] of large.entries()) if (isLarge) frames.add(frame);
    return pages >= frames.size ? 1 : `${frames.size} frames are occupied, but ${pages} pages are charged`;
  },
});

const freedWhole = define({
  id: 'folio/freed-whole',
  title:
    'page_free with large is called for a block that held a large folio, and no entry names its frames afterwards',
  requirements: ['folio.free-once'],
  needs: ['large-folios', 'callbacks', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.eventful,
  check({ events, stateBefore, after }, { scope }): PropertyResult {
    if (stateBefore?.large === undefined || after === undefined) return 0;
    const taken = new Set(events.flatMap((event) => (event.event === 'alloc' ? [event.frame] : [])));
    let seen = 0;
    for (const event of events) {
      if (event.event !== 'free' || taken.has(event.frame)) continue;
      const wasLarge = stateBefore.large[event.frame] === true;
      if (event.large === true) {
        if (!wasLarge)
          return `page_free with large was called for frame ${event.frame}, which held a base page`;
        for (const code of after) {
          if (!isDeviceEntry(code) || taken.has(frameOf(code))) continue;
          const part = frameOf(code) - event.frame;
          if (part >= 0 && part < blockIn(scope))
            return `the large folio at frame ${event.frame} was freed, but an entry names frame ${frameOf(code)}`;
        }
        seen++;
      }
    }
    return seen;
  },
});

/** Whether the range of a migration covers the block of a cell completely. */
const coversBlock = ({ command }: TraceStep<MigrationCommand>, first: number, block: number): boolean =>
  'count' in command && command.page <= first && first + block <= command.page + command.count;

const wholeResults = define({
  id: 'folio/whole-results',
  title:
    'The result whole is returned only with compound, for all pages of a block, which then has a whole entry',
  requirements: ['folio.whole-or-none', 'folio.base-on-request'],
  needs: ['large-folios'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.migrations,
  check(step, reading): PropertyResult {
    const { scope } = reading;
    const { command, result, state, after } = step;
    if (!isVector(result) || !('count' in command)) return 0;
    const block = blockIn(scope);
    if (!result.includes('whole')) return 1;
    if (command.compound !== true) return `${command.op} without compound returned ${resultInWords(result)}`;
    for (const [index, outcome] of result.entries()) {
      if (outcome !== 'whole') continue;
      const first = blockStart(scope, command.page + index);
      if (first === undefined || !coversBlock(step, first, block))
        return `page ${command.page + index} moved whole, but the range does not cover its block`;
      const parts = Array.from({ length: block }, (_, part) => first + part);
      if (!parts.every((page) => result[page - command.page] === 'whole'))
        return `whole was returned for a part of a block: ${resultInWords(result)}`;
      if (state?.whole === undefined || after === undefined) continue;
      const cells = parts.map((page) => reading.cell(command.process, page));
      const isThere = command.op === 'migrate-to-device';
      for (const at of cells) {
        if (isDeviceEntry(after[at] ?? 0) !== isThere)
          return `the folio of entry ${at} of the table moved whole, but the entry is ${entryPredicate(after[at] ?? 0)}`;
      }
      if (!isWholeBlock(state.whole, cells))
        return `the folio of page ${first} moved whole, but has no whole entry`;
    }
    return 1;
  },
});

const notLargeUnasked = define({
  id: 'folio/not-large-unasked',
  title: 'Only a migration with compound puts a large folio on the device',
  requirements: ['folio.base-on-request'],
  needs: ['large-folios', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.compared,
  check({ command, state, stateBefore }): PropertyResult {
    const commands = command.op === 'race' ? [command.left, command.right] : [command];
    if (commands.some((one) => one.op === 'migrate-to-device' && one.compound === true)) return 1;
    const { large } = state ?? {};
    const frame = large?.findIndex((is, at) => is && stateBefore?.large?.[at] === false) ?? -1;
    return frame < 0 ? 1 : `${command.op} put a large folio on frame ${frame}`;
  },
});

const pinned = define({
  id: 'folio/pinned-stays',
  title: 'A block with a pinned page does not move whole',
  requirements: ['folio.pin-blocks'],
  needs: ['large-folios', 'pin'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.migrations,
  check({ command, result, rowBefore, pinsBefore, stateBefore }, { scope }): PropertyResult {
    if (command.op !== 'migrate-to-device' || !isVector(result)) return 0;
    let seen = 0;
    for (const cells of blocksOf(scope)) {
      const [first = 0] = cells;
      const page = first % scope.pages;
      const isNamed =
        Math.floor(first / scope.pages) === command.process &&
        page >= command.page &&
        page < command.page + command.count;
      if (!isNamed || !isWholeBlock(stateBefore?.whole, cells)) continue;
      const isPinned = cells.some(
        (cell) => isObject(rowBefore[cell] ?? 0) && pinsBefore.includes(rowBefore[cell] ?? 0),
      );
      if (!isPinned) continue;
      if (result[page - command.page] === 'whole')
        return `the block of page ${page} has a pinned page, but moved whole`;
      seen++;
    }
    return seen;
  },
});

const skippedRestores = define({
  id: 'folio/skipped-restores',
  title: 'A migration that skips every page changes no entry, rss or charge',
  requirements: ['folio.failure-restores'],
  needs: ['large-folios', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.migrations,
  check(step): PropertyResult {
    const { result, stateBefore, state } = step;
    if (!isVector(result) || result.some((outcome) => outcome !== 'skipped') || dropsZeroPages(step))
      return 0;
    const [was, is] = [stateBefore?.rss?.join(), state?.rss?.join()];
    if (was !== undefined && is !== undefined && was !== is)
      return `all pages were skipped, but the rss changed from ${was} to ${is}`;
    return changes(step) ?? 1;
  },
});

const partly = define({
  id: 'folio/part-splits-entry',
  title:
    'An unmap, discard or protect of a part of a whole device entry leaves the other pages on their frames',
  requirements: ['folio.splits-entry-only', 'folio.holds-frames'],
  needs: ['large-folios', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.compared,
  check({ command, before, after, stateBefore, state, cell: named }, reading): PropertyResult {
    if (command.op !== 'unmap' && command.op !== 'discard' && command.op !== 'protect') return 0;
    const cells = namedBlock(command, reading);
    if (command.whole === true || !isWholeBlock(stateBefore?.whole, cells)) return 0;
    let seen = 0;
    for (const cell of cells) {
      const was = before?.[cell] ?? 0;
      const is = after?.[cell] ?? 0;
      if (!isDeviceEntry(was)) continue;
      if (state?.large?.[frameOf(was)] !== true)
        return `${command.op} of a part of a whole entry split the large folio on frame ${frameOf(was)}`;
      seen = 1;
      if (cell !== named && is !== was)
        return `${command.op} of page ${named} changed entry ${cell} of the table from ${entryInWords(was)} to ${entryInWords(is)}`;
    }
    return seen;
  },
});

const wholeCommands = define({
  id: 'folio/whole-commands',
  title: 'A command on a whole block does the same to each entry of the block',
  requirements: ['folio.whole-command'],
  needs: ['large-folios', 'entries'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.steps,
  check({ command, after, before }, reading): PropertyResult {
    if (!('whole' in command) || command.whole !== true || after === undefined) return 0;
    const cells = namedBlock(command, reading);
    for (const cell of cells) {
      const is = after[cell] ?? 0;
      const right = isAsExpected(command, is, before?.[cell]);
      if (!right)
        return `after ${command.op} of a whole block entry ${cell} of the table is ${entryPredicate(is)}`;
    }
    return 1;
  },
});

/** Whether an entry is as a command on its block must leave it. */
function isAsExpected(
  command: CommandOf<'map' | 'unmap' | 'discard' | 'protect' | 'move'>,
  is: number,
  was: number | undefined,
): boolean {
  switch (command.op) {
    case 'map':
    case 'discard':
      return entryInWords(is) === 'unpopulated';
    case 'unmap':
      return entryInWords(is) === 'unmapped';
    case 'move':
      return entryInWords(is) === (command.keep ? 'unpopulated' : 'unmapped');
    case 'protect':
      return (
        was === undefined ||
        is === was ||
        (isDeviceEntry(was) && isDeviceEntry(is) && frameOf(was) === frameOf(is))
      );
  }
}

const forked = define({
  id: 'folio/forked-whole',
  title: 'The child of a fork has a whole READ entry for each whole entry of its parent on the device',
  requirements: ['folio.fork-shares'],
  needs: ['large-folios', 'fork', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.forks,
  check({ command, state, stateBefore, after }, reading): PropertyResult {
    const { scope } = reading;
    if (stateBefore?.whole === undefined || after === undefined || state?.whole === undefined) return 0;
    let seen = 0;
    for (const cells of blocksOf(scope)) {
      const [first = 0] = cells;
      if (Math.floor(first / scope.pages) !== command.process || !isWholeBlock(stateBefore.whole, cells))
        continue;
      const page = first % scope.pages;
      const copies = cells.map((_, part) => reading.cell(command.child, page + part));
      for (const [part, copy] of copies.entries()) {
        const parent = after[cells[part] ?? 0] ?? 0;
        const child = after[copy] ?? 0;
        if (!isDeviceEntry(parent)) continue;
        seen = 1;
        if (child !== parent || isWriteEntry(child))
          return `fork left ${entryInWords(parent)} in the parent and ${entryInWords(child)} in the child`;
        if (state.whole[copy] !== true || state.whole[cells[part] ?? 0] !== true)
          return 'fork split a whole entry';
      }
    }
    return seen;
  },
});

const faultEnds = define({
  id: 'folio/fault-ends',
  title: 'An access to a whole device entry succeeds if no injection may strike',
  requirements: ['folio.fault-ends', 'folio.keeps-values'],
  needs: ['large-folios', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.accesses,
  check({ command, result, active, after, before, stateBefore, cell, mapping }, reading): PropertyResult {
    if (active !== 0 || command.op === 'pin' || !isPrivate(mapping)) return 0;
    if (stateBefore?.whole?.[cell] !== true || !isDeviceEntry(before?.[cell] ?? 0)) return 0;
    if (result === 'SIGSEGV' || result === 'EFAULT') return 0;
    if (result === 'SIGBUS' || result === 'oom' || result === 'ENOMEM')
      return `${command.op} of a whole entry returned ${result}`;
    const is = after?.[reading.cell(command.process, command.page)] ?? PRESENT;
    return is === PRESENT ? 1 : `after ${command.op} of a whole entry the entry is ${entryPredicate(is)}`;
  },
});

const evictsRange = define({
  id: 'folio/evicts-range',
  title:
    'evict-range migrates only pages on its frames, and returns at least the number of those that had an entry',
  requirements: ['folio.evicts-range'],
  needs: ['large-folios', 'evict-range', 'every-step'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.compared,
  check({ command, before, after, result }): PropertyResult {
    if (command.op !== 'evict-range' || before === undefined || after === undefined) return 0;
    const moved = new Set<number>();
    for (const [cell, was] of before.entries()) {
      const is = after[cell] ?? 0;
      if (is === was) continue;
      const frame = isDeviceEntry(was) ? frameOf(was) : -1;
      const isInRange = frame >= command.frame && frame < command.frame + command.frames;
      if (!isInRange || is !== PRESENT)
        return `evict-range changed entry ${cell} of the table from ${entryInWords(was)} to ${entryInWords(is)}`;
      moved.add(frame);
    }
    return typeof result === 'number' && result >= moved.size
      ? 1
      : `the pages of ${moved.size} frames migrated, but evict-range returned ${resultInWords(result)}`;
  },
});

const splitFrees = define({
  id: 'folio/split-frees',
  title: 'After a split every base page on the device has an entry',
  requirements: ['folio.split-frees'],
  needs: ['large-folios', 'frames'],
  worlds: 'blocks',
  profiles,
  steps: (reading) => reading.shown,
  check({ after, state }): PropertyResult {
    const { refs, large } = state ?? {};
    if (refs === undefined || large === undefined || after === undefined) return 0;
    const named = new Set(after.filter(isDeviceEntry).map(frameOf));
    for (const [frame, count] of refs.entries()) {
      if (count > 0 && large[frame] !== true && !named.has(frame))
        return `frame ${frame} holds a base page, but no entry names it`;
    }
    return 1;
  },
});

/** Properties of large folios. */
export const folioProperties = [
  ...folioSplitProperties,
  onABlock,
  onePermission,
  counts,
  resident,
  charged,
  freedWhole,
  wholeResults,
  notLargeUnasked,
  pinned,
  skippedRestores,
  partly,
  wholeCommands,
  forked,
  faultEnds,
  evictsRange,
  splitFrees,
] as const;
