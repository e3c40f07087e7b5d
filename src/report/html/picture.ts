import { PROFILES } from '../../../spec/profiles/profile.ts';
import { findRequirement } from '../../../spec/requirements/catalogue.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Capability } from '../../../spec/vocabulary/capability.ts';
import { devicesIn, type Scope } from '../../../spec/vocabulary/scope.ts';
import { eventInWords, resultInWords } from '../../../spec/vocabulary/words.ts';
import { type Explanation, leftAt } from '../../explain/explanation.ts';
import { snapshotAtStart, stepStory } from '../../explain/step-story.ts';
import { allowedLines } from '../explain-text.ts';
import { commandInWords } from '../command-text.ts';
import { scopeInWords, rateInWords } from '../counterexample-text.ts';
import { argumentLines, nameLines } from '../matters-text.ts';
import { sentence } from '../wrap.ts';
import { sightingSentences } from '../observation-text.ts';
import { type Callback, type Fact, type Picture, type PictureStep, shownText } from './page-data.ts';
import { accountsIn, entryCells, frameCells } from './state-cells.ts';
import type { DriverEvent } from '../../../spec/vocabulary/event.ts';

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
