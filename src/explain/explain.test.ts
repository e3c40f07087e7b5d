import { describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { encodeObservation } from '../../spec/protocol/encode-observation.ts';
import { Flickering } from '../run/flickering.fixture.ts';
import {
  deviceExchange,
  evictAll,
  exit,
  fork,
  load,
  makeExclusive,
  map,
  onDevice,
  race,
  residency,
  toDevice,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { allowedStep } from './allowed-outcomes.ts';
import { explain, explainRecorded } from './explain.ts';
import { type Explanation, leftAt } from './explanation.ts';
import { recordedTrace } from './recorded-trace.ts';
import { stepStory } from './step-story.ts';

const NO_LIMITS = { asks: 1000, stopped: () => false };

/** A planted bug, and the case that is written for it. */
function mutated(id: string): { readonly target: EmbeddedTarget; readonly testCase: Case } {
  const mutant = mutantById(id);
  if (mutant === undefined) throw new Error(`There is no mutant ${id}.`);
  return {
    target: new EmbeddedTarget({ mutation: mutant.mutation }),
    testCase: {
      profile: mutant.profiles[0] ?? 'origin',
      scope: { processes: 2, pages: 1, frames: 1, slots: 1 },
      observe: 'every-step',
      commands: mutant.witness,
    },
  };
}

async function explained(target: EmbeddedTarget, testCase: Case, limits = NO_LIMITS): Promise<Explanation> {
  const outcome = await explain(target, testCase, limits);
  if (outcome.kind !== 'explained') throw new Error(`It is not explained: ${outcome.kind}`);
  return outcome.explanation;
}

const FORK: Case = {
  profile: 'origin',
  scope: { processes: 2, pages: 1, frames: 1, slots: 0 },
  observe: 'inspect',
  commands: [
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
    { op: 'fork', process: 0, child: 1 },
    { op: 'heal' },
    { op: 'inspect' },
  ],
};

describe('the earliest wrong step', () => {
  const { target } = mutated('fork-keeps-parent-write');

  test('is found by a snapshot after every step, and may precede the failing step', async () => {
    const explanation = await explained(target, FORK);
    expect(explanation.violation).toMatchObject({ step: 2, requirement: 'fork.read-both' });
    expect(explanation.asSaved).toMatchObject({ step: 4 });
    expect(explanation.byAnswers).toEqual({ kind: 'unseen' });
  });

  test('is not searched on a target without snapshots after every step', async () => {
    const { mutation } = mutantById('fork-keeps-parent-write') ?? {};
    const shows = USUAL_CAPABILITIES.filter((one) => one !== 'every-step');
    const poorer = new EmbeddedTarget({ ...(mutation === undefined ? {} : { mutation }), shows });
    expect(await explained(poorer, FORK)).toMatchObject({
      violation: { step: 4 },
      case: { observe: 'inspect' },
    });
  });

  test('is found by inserted loads if only a value reveals it', async () => {
    const copyless = mutated('evict-forgets-to-copy');
    const at = { process: 0, page: 0 };
    const explanation = await explained(copyless.target, {
      ...FORK,
      commands: [
        { op: 'map', ...at, kind: 'private', protection: 'write' },
        { op: 'store', ...at, value: 7 },
        { op: 'migrate-to-device', ...at, count: 1 },
        { op: 'evict', ...at },
        { op: 'protect', ...at, protection: 'read' },
        { op: 'load', ...at },
      ],
    });
    expect(explanation.violation.step).toBe(5);
    expect(explanation.content).toMatchObject({ step: 3, violation: { expected: ['the value 7'] } });
    expect(leftAt(explanation)).toBe(3);
  });
});

test('a case that passes has no explanation', async () => {
  expect(await explain(new EmbeddedTarget(), FORK, NO_LIMITS)).toMatchObject({ kind: 'passes' });
});

test('a flaky failure is repeated until it occurs, and explained with its rate', async () => {
  const mutant = mutantById('fork-keeps-parent-write');
  if (mutant === undefined) throw new Error('The mutant is gone.');
  const shows = (nth: number): boolean => nth % 3 === 2;
  expect(await explain(new Flickering(mutant, shows), FORK, NO_LIMITS)).toMatchObject({ kind: 'passes' });
  const rate = { failed: 7, of: 21 };
  expect(await explain(new Flickering(mutant, shows), FORK, NO_LIMITS, rate)).toMatchObject({
    kind: 'explained',
    explanation: { rate, violation: { requirement: 'fork.read-both' } },
  });
});

test('choices are described: a skipped page of a migration, a further page of a fault', () => {
  const testCase: Case = {
    ...FORK,
    scope: { ...FORK.scope, pages: 2, frames: 2 },
    commands: [map(0, 0), map(0, 1), toDevice(0, 0, 2), load(0, 0)],
  };
  const trace = new EmbeddedTarget().runNow(testCase);
  expect(allowedStep(trace, 2).choices).toEqual(['page: moved or skipped']);
  expect(allowedStep(trace, 3).choices).toEqual(['further page of the process: stays or migrates']);
  expect(allowedStep(trace, 0).choices).toEqual([]);
});

test('the allowed callbacks of a race name its pages', () => {
  const testCase: Case = {
    ...FORK,
    observe: 'every-step',
    commands: [map(0, 0), toDevice(0, 0), fork(0, 1), race(load(0, 0), load(1, 0))],
  };
  const outcomes = allowedStep(new EmbeddedTarget().runNow(testCase), 3).outcomes;
  const calls = new Set(
    outcomes.flatMap(({ callbacks }) => callbacks.filter((call) => call.includes('page_fault'))),
  );
  expect([...calls].join(' | ')).toMatch(
    /^page_fault, once or more, for process 0, page 0 or process 1, page 0/,
  );
  expect([...calls].join(' | ')).not.toContain('-1');
});

test('the explanation of a crash has a step and no trace', async () => {
  const { target, testCase } = mutated('discard-crashes-on-device-entries');
  const { violation, failure, trace, allowed } = await explained(target, testCase);
  expect(violation.requirement).toBe('robust.no-crash');
  expect(failure?.kind).toBe('crash');
  expect(trace).toBeUndefined();
  expect(allowed.outcomes).toEqual([]);
});

describe('the arguments that matter', () => {
  test('are determined by running variants on the target, in a larger world', async () => {
    const { target } = mutated('fork-keeps-parent-write');
    const { matters } = await explained(target, FORK);
    const of = (step: number, argument: string): object | undefined =>
      matters?.arguments.find((one) => one.step === step && one.argument === argument);
    expect(of(0, 'protection')).toMatchObject({ failing: [], passing: ['none', 'read'] });
    expect(of(0, 'page')).toMatchObject({ failing: [], passing: ['1'] });
    expect(of(2, 'child')).toMatchObject({ failing: ['2'], passing: [] });
    expect(matters?.names).toContainEqual({ sort: 'page', name: 0, failing: ['page 1'], passing: [] });
    expect(matters?.complete).toBe(true);
  });

  test('are incomplete beyond the limit of variants', async () => {
    const { target } = mutated('fork-keeps-parent-write');
    const { matters } = await explained(target, FORK, { asks: 3, stopped: () => false });
    expect(matters).toMatchObject({ asked: 3, complete: false });
  });
});

describe('the allowed outcomes of a step', () => {
  const trace = new EmbeddedTarget().runNow({ ...FORK, observe: 'every-step' });

  test('are all outcomes of the model from the state of the target', () => {
    const outcomes = allowedStep(trace, 1).outcomes;
    expect(outcomes.map(({ result }) => result)).toEqual([['moved'], ['skipped']]);
    expect(outcomes[0]?.callbacks).toEqual(['allocates a frame']);
    expect(outcomes[0]?.entries[0]?.words).toBe('READ or WRITE entry for a free frame');
    expect(outcomes[1]?.notFollowedShoulds).toEqual(['migrate.progress']);
  });

  test('include the observation of a correct target at every step', () => {
    for (const [step, observation] of trace.observations.entries()) {
      const codes = observation?.state?.entries ?? [];
      const fits = allowedStep(trace, step).outcomes.some(({ entries }) =>
        codes.every((code, at) => entries[at]?.admits(code)),
      );
      expect(fits).toBe(true);
    }
  });
});

test('a step is described in sentences', () => {
  const trace = new EmbeddedTarget().runNow({ ...FORK, observe: 'every-step' });
  expect(stepStory(trace, 1)).toEqual([
    'the driver allocates frame 0',
    'page 0 of process 0 migrates to frame 0; its entry is WRITE',
    'frame 0 has 2 references and 1 mapping now',
    'process 0 has 1 resident page now',
    '1 page is charged now',
  ]);
  expect(stepStory(trace, 2)).toContain(
    'the entry of page 0 of process 0 for frame 0 turns from WRITE to READ',
  );
  expect(stepStory(trace, 3)).toEqual(['no observable change']);
});

test('a large folio is described as a whole until it is split', () => {
  const whole = <C extends Command>(command: C): C & { readonly whole: true } => ({
    ...command,
    whole: true,
  });
  const testCase: Case = {
    profile: 'linux-6.19',
    scope: { processes: 2, pages: 2, frames: 2, slots: 0, block: 2 },
    observe: 'every-step',
    commands: [
      whole(map(0, 0)),
      { ...toDevice(0, 0, 2), compound: true },
      fork(0, 1),
      unmap(0, 1),
      load(1, 0),
      exit(0),
      { op: 'evict-range', frame: 0, frames: 2 },
    ],
  };
  const trace = new EmbeddedTarget().runNow(testCase);
  const reported = testCase.commands.map((_, step) => stepStory(trace, step));
  expect(reported[0]).toEqual(['pages 0 to 1 of process 0 are mapped; they are unpopulated']);
  expect(reported[1]).toEqual([
    'the driver allocates the large folio on frames 0 to 1',
    'pages 0 to 1 of process 0 migrate to frames 0 to 1; their whole entry is WRITE',
    'the large folio on frames 0 to 1 has 1 reference and 1 mapping now',
    'process 0 has 2 resident pages now',
    '2 pages are charged now',
    'the result is: pages 0 to 1 whole',
  ]);
  expect(reported[2]?.slice(0, 2)).toEqual([
    'the whole entry of pages 0 to 1 of process 0 for frames 0 to 1 turns from WRITE to READ',
    'pages 0 to 1 of process 1 are mapped, to frames 0 to 1; their whole entry is READ',
  ]);
  expect(reported[3]?.slice(0, 3)).toEqual([
    'the whole entry of pages 0 to 1 of process 0 is split',
    'page 1 of process 0 is unmapped; frame 1 stays with the large folio',
    'process 0 has 1 resident page now',
  ]);
  expect(reported[4]?.join('; ')).toContain('page_free is called for the large folio on frames 0 to 1');
  expect(reported[4]).toContain(
    'pages 0 to 1 of process 1 migrate from frames 0 to 1 to system memory, as a large folio',
  );
  expect(reported[6]).toEqual(['the result is: 0 pages migrated to system memory']);
});

test('the split of a large folio on the device is described', () => {
  const testCase: Case = {
    profile: 'linux-6.19',
    scope: { processes: 1, pages: 2, frames: 2, slots: 0, block: 2 },
    observe: 'every-step',
    commands: [
      { ...map(0, 0), whole: true },
      { ...toDevice(0, 0, 2), compound: true },
      { op: 'migrate-to-system', process: 0, page: 0, count: 1 },
    ],
  };
  const trace = new EmbeddedTarget().runNow(testCase);
  const reported = stepStory(trace, 2);
  expect(reported).toContain('the whole entry of pages 0 to 1 of process 0 is split');
  expect(reported).toContain('page 0 of process 0 migrates from frame 0 to system memory');
  expect(reported).toContain('the large folio on frames 0 to 1 is split');
  expect(allowedStep(trace, 2).outcomes[0]?.callbacks).toEqual([
    'folio_split(the large folio at frame 0)',
    'page_free(frame 0)',
  ]);
});

test('exclusive access and the called driver are described', () => {
  const testCase: Case = {
    profile: 'linux-6.19',
    scope: { processes: 1, pages: 1, frames: 1, slots: 0, devices: 2 },
    observe: 'every-step',
    commands: [
      map(0, 0),
      onDevice(1, toDevice(0, 0)),
      makeExclusive(0, 0),
      deviceExchange(0, 0, 7),
      evictAll,
      residency(0, 0),
      load(0, 0),
    ],
  };
  const trace = new EmbeddedTarget().runNow(testCase);
  const reported = testCase.commands.map((_, step) => stepStory(trace, step).join('; '));
  expect(reported[1]).toContain('page 0 of process 0 migrates to frame 1');
  expect(reported[2]).toMatch(/^the driver of device 1's page_fault is called for page 0 of process 0, /);
  expect(reported[2]).toContain('migrates from frame 1 to system memory; the device has exclusive access');
  expect(reported[3]).toContain('the value read is 0');
  expect(reported[4]).toContain('the result is: 0 pages migrated to system memory');
  expect(reported[5]).toContain('the page is resident');
  expect(reported[6]).toContain('page 0 of process 0 is no longer exclusive');
  const outcomes = testCase.commands.map((_, step) => allowedStep(trace, step).outcomes);
  for (const [step, allowed] of outcomes.entries()) {
    const codes = trace.observations[step]?.state?.entries ?? [];
    const admitted = allowed.filter(({ entries }) =>
      entries.every(({ admits }, at) => admits(codes[at] ?? 0)),
    );
    expect(admitted).not.toEqual([]);
  }
});

describe('a recorded trace', () => {
  const trace = new EmbeddedTarget().runNow({
    ...FORK,
    observe: 'every-step',
    commands: [{ op: 'spawn', process: 0 }, ...FORK.commands],
  });
  const written = trace.observations.map((one) =>
    one === undefined ? null : encodeObservation(one, FORK.scope),
  );

  test('is read back unchanged, including commands that were not sent', () => {
    expect(recordedTrace(trace.case, trace.capabilities, written)).toEqual(trace);
  });

  test('is undefined if it does not match its case', () => {
    expect(recordedTrace(trace.case, trace.capabilities, written.slice(1))).toBeUndefined();
    expect(recordedTrace(trace.case, trace.capabilities, [...written.slice(1), null])).toBeUndefined();
  });

  test('is explained without a target', async () => {
    const { target } = mutated('fork-keeps-parent-write');
    const { violation, trace: seen, failure } = await explained(target, FORK);
    const offline = explainRecorded({ case: FORK, trace: seen, violation, failure });
    expect(offline.matters).toBeUndefined();
    expect(offline.allowed.outcomes).toHaveLength(1);
  });
});
