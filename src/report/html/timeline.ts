import type { Clause, Violation } from '../../../spec/judge/verdict.ts';
import { PROFILES } from '../../../spec/profiles/profile.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Capability } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import type { DriverEvent } from '../../../spec/vocabulary/event.ts';
import { isBoth, type Result } from '../../../spec/vocabulary/result.ts';
import { devicesIn, type Scope } from '../../../spec/vocabulary/scope.ts';
import {
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  type Snapshot,
} from '../../../spec/vocabulary/snapshot.ts';
import type { Trace } from '../../../spec/vocabulary/trace.ts';
import { eventInWords, resultInWords, entryInWords } from '../../../spec/vocabulary/words.ts';
import type { AllowedOutcome } from '../../explain/allowed-outcomes.ts';
import { sentence, snapshotAtStart, stepStory } from '../../explain/step-story.ts';
import { areAlike, type Bar, barAt, largeFolios, wholeEntries } from '../../explain/folio-bars.ts';
import { commandInWords } from '../steps-text.ts';
import type {
  Callback,
  EntryCell,
  FrameCell,
  PictureStep,
  RaceLane,
  Segment,
  Timeline,
} from './page-data.ts';

// This module runs in the page of "zdc explore" as well, so nothing that it imports may use Node.

/** The violation at the failing step and the outcomes that were allowed there. */
export interface FailingStep {
  readonly violation: Violation;
  readonly allowed: readonly AllowedOutcome[];
}

/** A case with the state after each step. */
export function timelineOf(
  testCase: Case,
  trace: Trace | undefined,
  capabilities: ReadonlySet<Capability> | undefined,
  failing: FailingStep | undefined,
): Pick<Timeline, 'steps' | 'lanes' | 'devices'> {
  const { processes, pages } = testCase.scope;
  return {
    steps: stepsOf(testCase, trace, capabilities, failing),
    lanes: Array.from({ length: processes }, (_, process) => ({
      name: `Process ${process}`,
      pages: Array.from({ length: pages }, (_none, page) => `page ${page}`),
    })),
    devices: deviceLanes(testCase.scope),
  };
}

function deviceLanes(scope: Scope): Timeline['devices'] {
  const devices = devicesIn(scope);
  return Array.from({ length: devices }, (_, device) => ({
    name: devices === 1 ? 'Device' : `Device ${device}`,
    frames: Array.from({ length: scope.frames }, (_none, frame) => device * scope.frames + frame),
  }));
}

function stepsOf(
  { scope, profile, commands }: Case,
  trace: Trace | undefined,
  capabilities: ReadonlySet<Capability> | undefined,
  failing: FailingStep | undefined,
): readonly PictureStep[] {
  const admission = new Admission(scope, profile, trace?.capabilities ?? capabilities);
  let before = snapshotAtStart(scope, PROFILES[profile]);
  return commands.map((command, step): PictureStep => {
    const refusal = admission.admit(command);
    const observation = trace?.observations[step];
    const sides = sidesOf(command, observation?.result);
    const words = {
      command: commandInWords(command),
      story: [],
      callbacks: [],
      ...(sides === undefined ? {} : { sides }),
    };
    if (refusal !== undefined) return { ...words, noResult: `not sent: ${refusal}` };
    if (trace === undefined || observation === undefined) {
      return { ...words, noResult: step === failing?.violation.step ? 'no result' : 'not observed' };
    }
    const { state } = observation;
    const atFault = step === failing?.violation.step ? failing : undefined;
    const entries = state && entryCells(state, before, scope, atFault);
    const frames = state && frameCells(state, before, scope, atFault);
    const accounts = state && accountsIn(state);
    if (state !== undefined) before = state;
    return {
      ...words,
      result: resultInWords(observation.result),
      story: stepStory(trace, step).map(sentence),
      callbacks: observation.events.map(callbackOf),
      ...(entries === undefined ? {} : { entries }),
      ...(frames === undefined ? {} : { frames }),
      ...(accounts === undefined ? {} : { accounts }),
    };
  });
}

/** The two commands of a race, each with its own result. */
function sidesOf(command: Command, result: Result | undefined): readonly RaceLane[] | undefined {
  if (command.op !== 'race') return undefined;
  const results = result !== undefined && isBoth(result) ? [result.left, result.right] : [];
  return [command.left, command.right].map((side, at) => {
    const own = results[at];
    return { command: commandInWords(side), ...(own === undefined ? {} : { result: resultInWords(own) }) };
  });
}

function callbackOf(event: DriverEvent): Callback {
  const words = eventInWords(event);
  if (event.event !== 'fault') return { kind: event.event, words, frame: event.frame };
  const { process, page, frame } = event;
  return { kind: 'fault', words, process, page, ...(frame === undefined ? {} : { frame }) };
}

/** The entries of a snapshot, by process and page; undefined if the target does not show entries. */
function entryCells(
  state: Snapshot,
  before: Snapshot,
  scope: Scope,
  failing: FailingStep | undefined,
): readonly (readonly EntryCell[])[] | undefined {
  const { entries, whole } = state;
  if (entries === undefined) return undefined;
  const { processes, pages } = scope;
  const folios = foliosOn(state, scope);
  return Array.from({ length: processes }, (_, process) => {
    const row = process * pages;
    const bars = wholeEntries(state, scope, process);
    return entries.slice(row, row + pages).map((code, page): EntryCell => {
      const at = row + page;
      const expected =
        expectedEntry(code, at, failing) ??
        expectedIn(`process ${process} page ${page}: `, 'entries', failing);
      const frame = isDeviceEntry(code) ? frameOf(code) : undefined;
      const folio = frame === undefined ? undefined : barAt(folios, frame)?.first;
      const bar = barAt(bars, page);
      return {
        kind: kindOf(code),
        words: entryInWords(code),
        ...(frame === undefined ? {} : { frame, write: isWriteEntry(code) }),
        ...(folio === undefined ? {} : { folio }),
        ...(bar === undefined
          ? {}
          : { segment: segmentOf(bar, page, areAlike(state, row + bar.first, page - bar.first + 1)) }),
        changed: code !== before.entries?.[at] || (whole?.[at] === true) !== (before.whole?.[at] === true),
        ...(expected === undefined ? {} : { expected }),
      };
    });
  });
}

/** The large folios on all devices. */
const foliosOn = (state: Snapshot, scope: Scope): readonly Bar[] =>
  Array.from({ length: devicesIn(scope) }, (_, device) => largeFolios(state, scope, device)).flat();

const segmentOf = ({ first, last }: Bar, at: number, isAlike: boolean): Segment => ({
  begins: at === first,
  ends: at === last,
  continues: at !== first && isAlike,
});

function kindOf(code: number): EntryCell['kind'] {
  if (isDeviceEntry(code)) return 'device';
  if (code === UNPOPULATED) return 'unpopulated';
  if (code === PRESENT) return 'present';
  if (code === EXCLUSIVE_ENTRY) return 'exclusive';
  return code === POISON ? 'poison' : 'unmapped';
}

/** The allowed values of an entry; undefined if some allowed outcome has the observed value. */
function expectedEntry(code: number, at: number, failing: FailingStep | undefined): string | undefined {
  const allowed = (failing?.allowed ?? []).flatMap(({ entries }) => entries[at] ?? []);
  if (allowed.length === 0 || allowed.some(({ admits }) => admits(code))) return undefined;
  return [...new Set(allowed.map(({ words }) => words))].join(' or ');
}

/** The frames of a snapshot; undefined if the target does not show counts. */
function frameCells(
  state: Snapshot,
  before: Snapshot,
  scope: Scope,
  failing: FailingStep | undefined,
): readonly FrameCell[] | undefined {
  const { refs, maps, least, large } = state;
  const folios = foliosOn(state, scope);
  return refs?.map((references, frame): FrameCell => {
    const mappings = maps?.[frame];
    const low = least?.[frame];
    const prefix = `frame ${frame}: `;
    const expected = expectedIn(prefix, 'counts', failing) ?? expectedIn(prefix, 'entries', failing);
    const bar = barAt(folios, frame);
    const isAlike = bar !== undefined && references === refs[bar.first] && mappings === maps?.[bar.first];
    return {
      references,
      ...(mappings === undefined ? {} : { mappings }),
      // A minimum at or above the previous count adds no information.
      ...(low === undefined || low >= Math.min(references, before.refs?.[frame] ?? references)
        ? {}
        : { least: low }),
      ...(bar === undefined ? {} : { folio: bar.first, segment: segmentOf(bar, frame, isAlike) }),
      changed:
        references !== before.refs?.[frame] ||
        mappings !== before.maps?.[frame] ||
        (large?.[frame] === true) !== (before.large?.[frame] === true),
      ...(expected === undefined ? {} : { expected }),
    };
  });
}

/** The expectation for one entry or frame. The judge names it at the beginning of the text. */
function expectedIn(prefix: string, clause: Clause, failing: FailingStep | undefined): string | undefined {
  const breach = failing?.violation.breaches.find(
    (one) => one.clause === clause && one.expected.startsWith(prefix),
  );
  return breach?.expected.slice(prefix.length);
}

/** The resident and charged pages, in words. */
function accountsIn({ rss, charged }: Snapshot): string | undefined {
  const parts = [
    ...(rss === undefined ? [] : [`resident ${rss.join(' · ')}`]),
    ...(charged === undefined ? [] : [`charged ${charged}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
