import type { Violation } from '../../../spec/judge/verdict.ts';
import { PROFILES } from '../../../spec/profiles/profile.ts';
import { findRequirement } from '../../../spec/requirements/catalogue.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Capability } from '../../../spec/vocabulary/capability.ts';
import type { DriverEvent } from '../../../spec/vocabulary/event.ts';
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
import { eventInWords, resultInWords, entryInWords } from '../../../spec/vocabulary/words.ts';
import type { AllowedOutcome } from '../../explain/allowed-outcomes.ts';
import { type Explanation, leftAt } from '../../explain/explanation.ts';
import { snapshotAtStart, stepStory } from '../../explain/step-story.ts';
import { scopeInWords, rateInWords } from '../counterexample-text.ts';
import { allowedLines, sightingSentences, argumentLines, nameLines } from '../explain-text.ts';
import { commandInWords } from '../steps-text.ts';
import { sentence } from '../text-layout.ts';
import {
  type Callback,
  type Fact,
  type Picture,
  type PictureStep,
  shownText,
  type EntryCell,
  type FrameCell,
} from './page-data.ts';

/** The data of one counterexample for the page. */
export function pictureOf(
  explanation: Explanation,
  capabilities: ReadonlySet<Capability> | undefined,
  facts: readonly Fact[],
): Picture {
  const { case: testCase, violation, allowed, failure, rate } = explanation;
  const { processes, pages } = testCase.scope;
  const entry = findRequirement(violation.requirement);
  return {
    requirement: {
      id: violation.requirement,
      level: entry?.level ?? '',
      title: entry?.title ?? '',
      text: entry?.text ?? '',
      source: entry?.source ?? '',
    },
    facts: [
      { name: 'Case', text: `profile ${testCase.profile}; ${scopeInWords(testCase.scope)}` },
      ...(rate === undefined ? [] : [{ name: 'Failure rate', text: rateInWords(rate) }]),
      ...facts,
    ],
    op: violation.op,
    broken: violation.step,
    left: leftAt(explanation),
    expected: violation.expected.map(shownText),
    observed: shownText(violation.observed),
    also: alsoViolated(explanation),
    steps: stepsOf(explanation, capabilities),
    lanes: Array.from({ length: processes }, (_, process) => ({
      name: `Process ${process}`,
      pages: Array.from({ length: pages }, (_none, page) => `page ${page}`),
    })),
    devices: deviceLanes(testCase.scope),
    where: sightingSentences(explanation),
    allowed: allowedLines(allowed.outcomes, testCase.scope),
    matters: mattersOf(explanation),
    stderr: shownText(failure?.stderr ?? '')
      .split('\n')
      .filter((line) => line.trim() !== ''),
  };
}

function deviceLanes(scope: Scope): Picture['devices'] {
  const devices = devicesIn(scope);
  return Array.from({ length: devices }, (_, device) => ({
    name: devices === 1 ? 'Device' : `Device ${device}`,
    frames: Array.from({ length: scope.frames }, (_none, frame) => device * scope.frames + frame),
  }));
}

const alsoViolated = ({ violation }: Explanation): readonly string[] =>
  violation.breaches
    .filter(({ clause, requirement }) => clause !== violation.clause || requirement !== violation.requirement)
    .map(
      ({ clause, requirement, expected, observed }) =>
        `${requirement} (${clause}): expected ${shownText(expected)}; observed ${shownText(observed)}`,
    );

function mattersOf({ matters, case: { commands } }: Explanation): Picture['matters'] {
  if (matters === undefined) return [];
  const names = nameLines(matters);
  return [
    ...(names.length === 0 ? [] : [{ about: 'At every step', lines: names }]),
    ...argumentLines(matters, commands).map(({ step, lines }) => ({
      about: `Step ${step + 1}, ${commands[step]?.op ?? ''}`,
      lines,
    })),
  ];
}

function stepsOf(
  explanation: Explanation,
  capabilities: ReadonlySet<Capability> | undefined,
): readonly PictureStep[] {
  const { case: testCase, trace, violation, allowed } = explanation;
  const { scope, profile, commands } = testCase;
  const admission = new Admission(scope, profile, trace?.capabilities ?? capabilities);
  let before = snapshotAtStart(scope, PROFILES[profile]);
  return commands.map((command, step): PictureStep => {
    const refusal = admission.admit(command);
    const observation = trace?.observations[step];
    const words = { command: commandInWords(command), story: [], callbacks: [] };
    if (refusal !== undefined) return { ...words, noResult: `not sent: ${refusal}` };
    if (trace === undefined || observation === undefined) {
      return { ...words, noResult: step === violation.step ? 'no result' : 'not observed' };
    }
    const { state } = observation;
    const atFault = step === violation.step ? { violation, allowed: allowed.outcomes } : undefined;
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

function callbackOf(event: DriverEvent): Callback {
  const words = eventInWords(event);
  if (event.event !== 'fault') return { kind: event.event, words, frame: event.frame };
  const { process, page, frame } = event;
  return { kind: 'fault', words, process, page, ...(frame === undefined ? {} : { frame }) };
}

/** The violation at the failing step and the outcomes that were allowed there. */
interface FailingStep {
  readonly violation: Violation;
  readonly allowed: readonly AllowedOutcome[];
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
