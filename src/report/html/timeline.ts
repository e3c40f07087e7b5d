import type { Violation } from '../../../spec/judge/verdict.ts';
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
import { commandInWords } from '../steps-text.ts';
import type { Callback, EntryCell, FrameCell, PictureStep, RaceLane, Timeline } from './page-data.ts';

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
    const frames = state && frameCells(state, before, atFault);
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
  { entries }: Snapshot,
  before: Snapshot,
  { processes, pages }: Scope,
  failing: FailingStep | undefined,
): readonly (readonly EntryCell[])[] | undefined {
  if (entries === undefined) return undefined;
  const cells = entries.map((code, at): EntryCell => {
    const expected = expectedEntry(code, at, failing);
    return {
      kind: kindOf(code),
      words: entryInWords(code),
      ...(isDeviceEntry(code) ? { frame: frameOf(code), write: isWriteEntry(code) } : {}),
      changed: code !== before.entries?.[at],
      ...(expected === undefined ? {} : { expected }),
    };
  });
  return Array.from({ length: processes }, (_, process) =>
    cells.slice(process * pages, (process + 1) * pages),
  );
}

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
  { refs, maps, least }: Snapshot,
  before: Snapshot,
  failing: FailingStep | undefined,
): readonly FrameCell[] | undefined {
  return refs?.map((references, frame): FrameCell => {
    const mappings = maps?.[frame];
    const low = least?.[frame];
    const expected = expectedCount(frame, failing);
    return {
      references,
      ...(mappings === undefined ? {} : { mappings }),
      // A minimum at or above the previous count adds no information.
      ...(low === undefined || low >= Math.min(references, before.refs?.[frame] ?? references)
        ? {}
        : { least: low }),
      changed: references !== before.refs?.[frame] || mappings !== before.maps?.[frame],
      ...(expected === undefined ? {} : { expected }),
    };
  });
}

/** The expected count of a frame. The judge names the frame in the text of the expectation. */
function expectedCount(frame: number, failing: FailingStep | undefined): string | undefined {
  const prefix = `frame ${frame}: `;
  const breach = failing?.violation.breaches.find(
    ({ clause, expected }) => clause === 'counts' && expected.startsWith(prefix),
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
