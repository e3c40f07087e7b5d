import { type Profile, PROFILES, referencesOf } from '../../spec/profiles/profile.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { resultInWords } from '../../spec/vocabulary/words.ts';
import { type BothAnswers, isBoth, isVector, type Result } from '../../spec/vocabulary/result.ts';
import { framesIn, type Scope } from '../../spec/vocabulary/scope.ts';
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
    ...observation.events.map(eventSentence),
    ...changed,
    ...resultSentence(command, observation.result, changed.length > 0),
  ];
  return sentences.length === 0 ? ['no observable change'] : sentences;
}

function changes(trace: Trace, step: number, { state }: Observation): readonly string[] {
  if (state === undefined) return [];
  const before = snapshotBefore(trace, step);
  return [
    ...entryChanges(before, state, trace.case.scope),
    ...countChanges(before, state),
    ...pageCounts(before, state),
  ];
}

function entryChanges(before: Snapshot, { entries }: Snapshot, { pages }: Scope): readonly string[] {
  return (entries ?? []).flatMap((code, at) => {
    const place = `page ${at % pages} of process ${Math.floor(at / pages)}`;
    return entryChange(place, before.entries?.[at] ?? UNMAPPED, code) ?? [];
  });
}

function countChanges(before: Snapshot, { refs, maps }: Snapshot): readonly string[] {
  return (refs ?? []).flatMap((count, frame) => {
    const mappings = maps?.[frame] ?? 0;
    if (count === before.refs?.[frame] && mappings === (before.maps?.[frame] ?? 0)) return [];
    return `frame ${frame} has ${counted(count, 'reference')} and ${counted(mappings, 'mapping')} now`;
  });
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

function eventSentence(event: DriverEvent): string {
  switch (event.event) {
    case 'fault': {
      const frame = event.frame === undefined ? '' : `, which is on frame ${event.frame}`;
      const owner = event.device === undefined ? 'the driver' : `the driver of device ${event.device}`;
      return `${owner}'s page_fault is called for page ${event.page} of process ${event.process}${frame}`;
    }
    case 'alloc':
      return `the driver allocates frame ${event.frame}`;
    case 'free': {
      const counts = [
        ...(event.refs === undefined ? [] : [counted(event.refs, 'reference')]),
        ...(event.maps === undefined ? [] : [counted(event.maps, 'mapping')]),
      ];
      const inside = counts.length === 0 ? '' : `; inside the callback it has ${counts.join(' and ')}`;
      return `the driver's page_free is called for frame ${event.frame}${inside}`;
    }
  }
}

/** No sentence for `ok`, nor for a vector of moved pages whose moves the entries show. */
function resultSentence(command: Command, result: Result, isShown: boolean): readonly string[] {
  if (result === 'ok') return [];
  if (isBoth(result)) return bothSentences(command, result, isShown);
  if (isVector(result)) {
    const isPlain = isShown && result.every((outcome) => outcome === 'moved');
    return isPlain ? [] : [vectorSentence(command, result)];
  }
  if (result === 'torn') return ['the cells of the page hold different values: half of it was copied'];
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
  const words = outcomes.map((outcome, at) => `page ${first + at} ${outcome}`);
  return `the result is: ${words.join(', ')}`;
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

const writable = (code: number): string => (isWriteEntry(code) ? 'WRITE' : 'READ');

/** The change of one page-table entry, as a sentence; undefined if it did not change. */
function entryChange(place: string, from: number, to: number): string | undefined {
  if (from === to) return undefined;
  if (isDeviceEntry(to)) return toDevice(place, from, to);
  const origin = isDeviceEntry(from) ? ` from frame ${frameOf(from)}` : '';
  switch (to) {
    case UNMAPPED:
      return isDeviceEntry(from)
        ? `${place} is unmapped and releases frame ${frameOf(from)}`
        : `${place} is unmapped`;
    case UNPOPULATED:
      if (from === UNMAPPED) return `${place} is mapped; it is unpopulated`;
      return isDeviceEntry(from)
        ? `${place} releases frame ${frameOf(from)} and is unpopulated`
        : `${place} is unpopulated again`;
    case PRESENT:
      if (from === UNMAPPED) return `${place} is mapped, to a page in system memory`;
      if (from === EXCLUSIVE_ENTRY) return `${place} is no longer exclusive`;
      return isDeviceEntry(from)
        ? `${place} migrates${origin} to system memory`
        : `${place} gets a page in system memory`;
    case EXCLUSIVE_ENTRY:
      return isDeviceEntry(from)
        ? `${place} migrates${origin} to system memory; the device has exclusive access`
        : `the device has exclusive access to ${place}`;
    case POISON:
      return isDeviceEntry(from)
        ? `${place}, on frame ${frameOf(from)}, is lost: its entry is poison`
        : `${place} is lost: its entry is poison`;
    default:
      return `${place} changes`;
  }
}

function toDevice(place: string, from: number, to: number): string {
  const frame = frameOf(to);
  if (!isDeviceEntry(from)) {
    return from === UNMAPPED
      ? `${place} is mapped, to frame ${frame}; its entry is ${writable(to)}`
      : `${place} migrates to frame ${frame}; its entry is ${writable(to)}`;
  }
  return frameOf(from) === frame
    ? `the entry of ${place} for frame ${frame} turns from ${writable(from)} to ${writable(to)}`
    : `${place} moves from frame ${frameOf(from)} to frame ${frame}; its entry is ${writable(to)}`;
}

/** Capitalizes the first letter and adds a full stop. */
export const sentence = (words: string): string =>
  `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
