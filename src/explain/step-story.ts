import { type Profile, PROFILES, referencesOf } from '../../spec/profiles/profile.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { DriverEvent, FrameEvent } from '../../spec/vocabulary/event.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { resultInWords } from '../../spec/vocabulary/words.ts';
import { type BothAnswers, isBoth, isVector, type Result } from '../../spec/vocabulary/result.ts';
import { blockIn, devicesIn, framesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import {
  type Snapshot,
  UNMAPPED,
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
} from '../../spec/vocabulary/snapshot.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { areAlike } from './folio-bars.ts';

/** The complete snapshot at the beginning of every case. */
export function snapshotAtStart(scope: Scope, profile: Profile): Snapshot {
  const { processes, pages } = scope;
  const idle = Array.from({ length: framesIn(scope) }, () => referencesOf(profile, 0));
  return {
    entries: Array.from({ length: processes * pages }, () => UNMAPPED),
    refs: idle,
    maps: idle.map(() => 0),
    least: idle,
    rss: Array.from({ length: processes }, () => 0),
    charged: 0,
  };
}

/** The last snapshot before a step. If it is older than one step, several steps may have caused the difference. */
function snapshotBefore({ case: testCase, observations }: Trace, step: number): Snapshot {
  const shown = observations.slice(0, step).findLast((one) => one?.state !== undefined);
  return shown?.state ?? snapshotAtStart(testCase.scope, PROFILES[testCase.profile]);
}

/** The events of one step, in sentences: the callbacks, the changes, and the result. Empty if it was not sent. */
export function stepStory(trace: Trace, step: number): readonly string[] {
  const command = trace.case.commands[step];
  const observation = trace.observations[step];
  if (command === undefined || observation === undefined) return [];
  const changed = changes(trace, step, observation);
  const sentences = [
    ...observation.events.map((event) => eventSentence(event, trace.case.scope)),
    ...changed,
    ...resultSentence(command, observation.result, changed.length > 0),
  ];
  return sentences.length === 0 ? ['no observable change'] : sentences;
}

function changes(trace: Trace, step: number, { state, events }: Observation): readonly string[] {
  if (state === undefined) return [];
  const before = snapshotBefore(trace, step);
  const { scope } = trace.case;
  return [
    ...entryChanges(before, state, scope),
    ...countChanges(before, state, events, scope),
    ...pageCounts(before, state),
  ];
}

/** Neighbours in a row: the pages or frames of a block, or one of them. */
interface Stretch {
  readonly first: number;
  readonly count: number;
}

/** The blocks of a row of pages or frames; each item by itself in a world without blocks. */
function blocksOf(items: number, scope: Scope, from = 0): readonly Stretch[] {
  const block = blockIn(scope);
  const complete = Math.floor(items / block);
  const rest = items - complete * block;
  return [
    ...Array.from({ length: complete }, (_, at) => ({ first: from + at * block, count: block })),
    ...Array.from({ length: rest }, (_, at) => ({ first: from + complete * block + at, count: 1 })),
  ];
}

const singles = ({ first, count }: Stretch): readonly Stretch[] =>
  Array.from({ length: count }, (_, at) => ({ first: first + at, count: 1 }));

/** "page 1", "pages 0 to 3". */
const named = (thing: string, { first, count }: Stretch): string =>
  count === 1 ? `${thing} ${first}` : `${thing}s ${first} to ${first + count - 1}`;

function entryChanges(before: Snapshot, after: Snapshot, scope: Scope): readonly string[] {
  const { processes, pages } = scope;
  if (after.entries === undefined) return [];
  return Array.from({ length: processes }, (_, process) =>
    blocksOf(pages, scope).flatMap((stretch) =>
      blockChanges(before, after, process * pages, process, stretch),
    ),
  ).flat();
}

/** The changes of the entries of a block: in one sentence if they change alike. */
function blockChanges(
  before: Snapshot,
  after: Snapshot,
  row: number,
  process: number,
  stretch: Stretch,
): readonly string[] {
  const at = { ...stretch, first: row + stretch.first };
  const from = entryIn(before, at);
  const to = entryIn(after, at);
  if (from !== undefined && to !== undefined) {
    const pages = { words: `${named('page', stretch)} of process ${process}`, count: stretch.count };
    const words = entryChange(pages, from, to, staysInFolio(before, after, from));
    return words === undefined ? [] : [words];
  }
  const isSplit = isWholeIn(before, at) && singles(at).every(({ first }) => after.whole?.[first] !== true);
  return [
    ...(isSplit ? [`the whole entry of ${named('page', stretch)} of process ${process} is split`] : []),
    ...singles(stretch).flatMap((page) =>
      // The split of a whole entry is in the sentence before.
      blockChanges(isSplit ? { ...before, whole: undefined } : before, after, row, process, page),
    ),
  ];
}

/** The entry of a page, or the entries of a block that name consecutive frames or are the same. */
interface EntryState {
  /** The code of the first page. */
  readonly code: number;
  readonly isWhole: boolean;
}

/** The entries of a stretch of pages; undefined if they differ. */
function entryIn(state: Snapshot, { first, count }: Stretch): EntryState | undefined {
  if (!areAlike(state, first, count)) return undefined;
  return { code: state.entries?.[first] ?? UNMAPPED, isWhole: state.whole?.[first] === true };
}

const isWholeIn = ({ whole }: Snapshot, stretch: Stretch): boolean =>
  stretch.count > 1 && singles(stretch).every(({ first }) => whole?.[first] === true);

/** Whether the frame that an entry named is part of a large folio that stays on the device. */
const staysInFolio = (before: Snapshot, after: Snapshot, { code }: EntryState): boolean =>
  isDeviceEntry(code) && before.large?.[frameOf(code)] === true && after.large?.[frameOf(code)] === true;

function countChanges(
  before: Snapshot,
  after: Snapshot,
  events: readonly DriverEvent[],
  scope: Scope,
): readonly string[] {
  if (after.refs === undefined) return [];
  return Array.from({ length: devicesIn(scope) }, (_, device) =>
    blocksOf(scope.frames, scope, device * scope.frames).flatMap((stretch) => [
      ...(isSplitFolio(before, after, events, stretch)
        ? [`the large folio on ${named('frame', stretch)} is split`]
        : []),
      ...(areCountsAlike(before, after, stretch) ? [stretch] : singles(stretch)).flatMap(
        (frames) => countChange(before, after, frames) ?? [],
      ),
    ]),
  ).flat();
}

/** Whether the large folio on a block of frames is no more, and was not freed as such. */
const isSplitFolio = (
  { large: before }: Snapshot,
  { large: after }: Snapshot,
  events: readonly DriverEvent[],
  { first, count }: Stretch,
): boolean =>
  count > 1 &&
  before?.[first] === true &&
  after?.[first] === false &&
  !events.some((event) => event.event === 'free' && event.large === true && event.frame === first);

/** Whether the counts of all frames of a block changed alike, and all of them or none hold a large folio. */
function areCountsAlike(before: Snapshot, { refs, maps, large }: Snapshot, stretch: Stretch): boolean {
  const { first } = stretch;
  return singles(stretch).every(
    ({ first: frame }) =>
      refs?.[frame] === refs?.[first] &&
      maps?.[frame] === maps?.[first] &&
      large?.[frame] === large?.[first] &&
      before.refs?.[frame] === before.refs?.[first] &&
      before.maps?.[frame] === before.maps?.[first],
  );
}

function countChange(before: Snapshot, { refs, maps, large }: Snapshot, frames: Stretch): string | undefined {
  const { first, count } = frames;
  const references = refs?.[first] ?? 0;
  const mappings = maps?.[first] ?? 0;
  if (references === before.refs?.[first] && mappings === (before.maps?.[first] ?? 0)) return undefined;
  const isFolio = count > 1 && large?.[first] === true;
  const subject = isFolio
    ? `the large folio on ${named('frame', frames)} has`
    : `${named('frame', frames)} ${count === 1 ? 'has' : 'have'}`;
  return `${subject} ${counted(references, 'reference')} and ${counted(mappings, 'mapping')} now`;
}

function pageCounts(before: Snapshot, { rss, charged }: Snapshot): readonly string[] {
  const resident = (rss ?? []).flatMap((pages, process) =>
    pages === (before.rss?.[process] ?? 0)
      ? []
      : `process ${process} has ${counted(pages, 'resident page')} now`,
  );
  return charged === undefined || charged === (before.charged ?? 0)
    ? resident
    : [...resident, `${counted(charged, 'page')} ${charged === 1 ? 'is' : 'are'} charged now`];
}

function eventSentence(event: DriverEvent, scope: Scope): string {
  switch (event.event) {
    case 'fault': {
      const frame = event.frame === undefined ? '' : `, which is on frame ${event.frame}`;
      const owner = event.device === undefined ? 'the driver' : `the driver of device ${event.device}`;
      return `${owner}'s page_fault is called for page ${event.page} of process ${event.process}${frame}`;
    }
    case 'alloc':
      return `the driver allocates ${framesOf(event, scope)}`;
    case 'split':
      return event.tail === undefined
        ? `the driver's folio_split is called for the end of the split at frame ${event.frame}`
        : `the driver's folio_split is called for frame ${event.tail}, which leaves the large folio at frame ${event.frame}`;
    case 'free': {
      const counts = [
        ...(event.refs === undefined ? [] : [counted(event.refs, 'reference')]),
        ...(event.maps === undefined ? [] : [counted(event.maps, 'mapping')]),
      ];
      const inside = counts.length === 0 ? '' : `; inside the callback it has ${counts.join(' and ')}`;
      return `the driver's page_free is called for ${framesOf(event, scope)}${inside}`;
    }
  }
}

/** The frames of an allocation or of page_free. */
function framesOf({ frame, large }: FrameEvent, scope: Scope): string {
  return large === true
    ? `the large folio on ${named('frame', { first: frame, count: blockIn(scope) })}`
    : `frame ${frame}`;
}

/** No sentence for `ok`, nor for a vector of moved pages whose moves the entries show. */
function resultSentence(command: Command, result: Result, isShown: boolean): readonly string[] {
  if (result === 'ok') return [];
  if (isBoth(result)) return bothSentences(command, result, isShown);
  if (isVector(result)) {
    const isPlain = isShown && result.every((outcome) => outcome === 'moved');
    return isPlain ? [] : [vectorSentence(command, result)];
  }
  if (result === 'torn') return ['the cells of the page hold different values (torn)'];
  if (result === 'stale') return ['the value read is the filler of memory without an owner'];
  if (typeof result === 'string') return [`the result is ${result}`];
  return [numberSentence(command, result)];
}

/** The results of two concurrent commands, each with its kind. */
function bothSentences(command: Command, result: BothAnswers, isShown: boolean): readonly string[] {
  if (command.op !== 'race') return [`the result is ${resultInWords(result)}`];
  return (['left', 'right'] as const).flatMap((side) =>
    resultSentence(command[side], result[side], isShown).map(
      (sentence) => `of the ${command[side].op}: ${sentence}`,
    ),
  );
}

function numberSentence({ op }: Command, result: number): string {
  switch (op) {
    case 'swap-on':
      return `${counted(result, 'area')} accepted`;
    case 'evict-all':
    case 'evict-range':
      return `the result is: ${counted(result, 'page')} migrated to system memory`;
    case 'residency':
      return result === 0 ? 'the page is not resident' : 'the page is resident';
    case 'smaps':
    case 'charge':
      return `the result is ${counted(result, 'page')}`;
    default:
      return `the value read is ${result}`;
  }
}

function vectorSentence(command: Command, outcomes: readonly string[]): string {
  const first = 'page' in command ? command.page : 0;
  const runs: { readonly outcome: string; readonly pages: Stretch }[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    const before = runs.at(-1);
    // Only large folios are one thing; base pages are listed one by one.
    if (before?.outcome === outcome && outcome === 'whole')
      runs[runs.length - 1] = { outcome, pages: { ...before.pages, count: before.pages.count + 1 } };
    else runs.push({ outcome, pages: { first: first + at, count: 1 } });
  }
  return `the result is: ${runs.map(({ outcome, pages }) => `${named('page', pages)} ${outcome}`).join(', ')}`;
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

const writable = (code: number): string => (isWriteEntry(code) ? 'WRITE' : 'READ');

/** The page, or the pages of a block, that a sentence is about. */
interface Pages {
  readonly words: string;
  readonly count: number;
}

/** The change of an entry, or of the entries of a block, as a sentence; undefined if nothing changed. */
function entryChange(pages: Pages, from: EntryState, to: EntryState, stays: boolean): string | undefined {
  const { words, count } = pages;
  const [is, migrate, get, release] =
    count === 1
      ? (['is', 'migrates', 'gets', 'releases'] as const)
      : (['are', 'migrate', 'get', 'release'] as const);
  if (from.code === to.code) {
    if (from.isWhole === to.isWhole) return undefined;
    return to.isWhole
      ? `${words} ${count === 1 ? 'is part of' : 'have'} a whole entry now`
      : `the whole entry of ${words} is split`;
  }
  if (isDeviceEntry(to.code)) return toDevice(pages, from, to);
  const frames = isDeviceEntry(from.code) ? named('frame', { first: frameOf(from.code), count }) : undefined;
  const left = stays ? `; ${frames} ${count === 1 ? 'stays' : 'stay'} with the large folio` : undefined;
  switch (to.code) {
    case UNMAPPED:
      if (frames === undefined) return `${words} ${is} unmapped`;
      return `${words} ${is} unmapped${left ?? ` and ${release} ${frames}`}`;
    case UNPOPULATED:
      if (from.code === UNMAPPED)
        return `${words} ${is} mapped; ${count === 1 ? 'it is' : 'they are'} unpopulated`;
      if (frames === undefined) return `${words} ${is} unpopulated again`;
      return left === undefined
        ? `${words} ${release} ${frames} and ${is} unpopulated`
        : `${words} ${is} unpopulated${left}`;
    case PRESENT: {
      const page = to.isWhole ? 'a large folio' : count === 1 ? 'a page' : 'pages';
      if (from.code === UNMAPPED) return `${words} ${is} mapped, to ${page} in system memory`;
      if (from.code === EXCLUSIVE_ENTRY) return `${words} ${is} no longer exclusive`;
      return frames === undefined
        ? `${words} ${get} ${page} in system memory`
        : `${words} ${migrate} from ${frames} to system memory${to.isWhole ? ', as a large folio' : ''}`;
    }
    case EXCLUSIVE_ENTRY:
      return frames === undefined
        ? `the device has exclusive access to ${words}`
        : `${words} ${migrate} from ${frames} to system memory; the device has exclusive access`;
    case POISON: {
      const entry = count === 1 ? 'its entry is' : 'their entries are';
      return `${words}${frames === undefined ? '' : `, on ${frames},`} ${is} lost: ${entry} poison`;
    }
    default:
      return `${words} ${count === 1 ? 'changes' : 'change'}`;
  }
}

function toDevice({ words, count }: Pages, from: EntryState, to: EntryState): string {
  const frames = named('frame', { first: frameOf(to.code), count });
  const now = `${entryOf(to, count)} ${count === 1 || to.isWhole ? 'is' : 'are'} ${writable(to.code)}`;
  const [is, migrate, move] = count === 1 ? ['is', 'migrates', 'moves'] : ['are', 'migrate', 'move'];
  if (!isDeviceEntry(from.code)) {
    return from.code === UNMAPPED
      ? `${words} ${is} mapped, to ${frames}; ${now}`
      : `${words} ${migrate} to ${frames}; ${now}`;
  }
  if (frameOf(from.code) !== frameOf(to.code)) {
    return `${words} ${move} from ${named('frame', { first: frameOf(from.code), count })} to ${frames}; ${now}`;
  }
  const [entry, turn] =
    from.isWhole || count === 1 ? [from.isWhole ? 'whole entry' : 'entry', 'turns'] : ['entries', 'turn'];
  const split = from.isWhole && !to.isWhole ? ' and is split' : '';
  return `the ${entry} of ${words} for ${frames} ${turn} from ${writable(from.code)} to ${writable(to.code)}${split}`;
}

/** The possessive form of the entry, or of the entries, of some pages. */
function entryOf({ isWhole }: EntryState, count: number): string {
  if (count === 1) return isWhole ? 'its part of a whole entry' : 'its entry';
  return isWhole ? 'their whole entry' : 'their entries';
}

/** Capitalizes the first letter and adds a full stop. */
export const sentence = (words: string): string =>
  `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
