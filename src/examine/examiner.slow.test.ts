import { describe, expect, test } from 'vitest';
import { judgeTrace } from '../../spec/judge/judge.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Evidence } from '../../spec/requirements/requirement.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import type { KernelMutation } from '../kernel/world.ts';
import type { Target } from '../targets/target.ts';
import type { RequirementOutcome, RunOutcome } from '../run/outcome.ts';
import { run } from '../run/run.ts';

// A target that shows little or executes few commands does not violate a requirement because of it.

const SHOWN = [
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
  'every-step',
] as const satisfies readonly Capability[];
const COMMANDS = USUAL_CAPABILITIES.filter((one) => !SHOWN.some((shown) => shown === one));

const POORER: readonly (readonly [string, readonly Capability[]])[] = [
  ['nothing but results', COMMANDS],
  ['callbacks', [...COMMANDS, 'callbacks']],
  ['callbacks and allocations', [...COMMANDS, 'callbacks', 'allocations']],
  ['entries at inspect', [...COMMANDS, 'entries']],
  ['entries', [...COMMANDS, 'entries', 'every-step']],
  ['entries and frames', [...COMMANDS, 'entries', 'frames', 'every-step']],
  ['frames alone', [...COMMANDS, 'frames', 'least-count', 'every-step']],
  ['frames and callbacks', [...COMMANDS, 'callbacks', 'allocations', 'frames', 'every-step']],
  ['accounting', [...COMMANDS, 'accounting', 'every-step']],
  ['callbacks and entries', [...COMMANDS, 'callbacks', 'entries', 'every-step']],
  ['everything, but only the core', SHOWN],
  ['nothing, and only the core', []],
  [
    'everything, without copy-on-write by the device and without oom as an answer',
    USUAL_CAPABILITIES.filter((one) => one !== 'device-copy-on-write' && one !== 'oom-result'),
  ],
];

const CASES = 80;

describe.each<ProfileName>(['origin', 'linux-5.18', 'linux-6.1'])(
  'the embedded kernel conforms in %s',
  (profile) => {
    test.each(POORER)('if it shows %s', (_, shows) => {
      const target = new EmbeddedTarget({ shows });
      const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
      const accused: string[] = [];
      let conforming = 0;
      for (let index = 0; index < CASES; index++) {
        const testCase = source.draw(caseRandom(11, index));
        const verdict = judgeTrace(target.runNow(testCase));
        if (verdict.kind === 'conforms') conforming++;
        if (verdict.kind === 'violates') accused.push(`case ${index}: ${JSON.stringify(verdict)}`);
      }
      expect(accused).toEqual([]);
      // Inconclusive verdicts are rare: at most one case in ten.
      expect(conforming).toBeGreaterThan(0.9 * CASES);
    });
  },
);

describe('evidence that is declared and not shown', () => {
  const check = (target: Target, runs: number): Promise<RunOutcome> =>
    run({ target, targetSpec: 'a target', profiles: ['linux-5.18'], budget: { runs }, seed: 1, focus: [] });

  const outcomeOf = ({ profiles }: RunOutcome, id: RequirementId): RequirementOutcome => {
    const found = profiles[0]?.requirements.find(({ requirement }) => requirement.id === id);
    if (found === undefined) throw new Error(`${id} is not in this profile`);
    return found;
  };

  /** A target that declares everything and leaves parts out of each observation. */
  function withholding(
    withheld: (observation: Observation) => Observation,
    mutation?: KernelMutation,
  ): Target {
    const target = new EmbeddedTarget(mutation === undefined ? {} : { mutation });
    return {
      hello: target.hello,
      deterministic: true,
      run: async (testCase) => {
        const done = await target.run(testCase);
        if (done.kind === 'failure') return done;
        const observations = done.trace.observations.map((one) => one && withheld(one));
        return { kind: 'trace', trace: { ...done.trace, observations } };
      },
      close: () => target.close(),
    };
  }

  const inState =
    (parts: Partial<Record<'entries' | 'refs' | 'maps' | 'least' | 'rss' | 'charged', undefined>>) =>
    (one: Observation): Observation =>
      one.state === undefined ? one : { ...one, state: { ...one.state, ...parts } };

  const inEvents =
    (strip: (event: DriverEvent) => DriverEvent) =>
    (one: Observation): Observation => ({ ...one, events: one.events.map(strip) });

  const NO_ACCOUNTS = inState({ rss: undefined, charged: undefined });
  const NO_FREE_COUNTS = inEvents((event) =>
    event.event === 'free' ? { event: 'free', frame: event.frame } : event,
  );
  const NO_PLACE_OF_FAULTS = inEvents((event) =>
    event.event === 'fault' ? { event: 'fault', process: event.process, page: event.page } : event,
  );
  const NO_ENTRIES = inState({ entries: undefined, refs: undefined, maps: undefined, least: undefined });

  describe('prevents a requirement from passing', () => {
    let everythingShown: Promise<RunOutcome> | undefined;

    test.each<[string, RequirementId, Evidence, (observation: Observation) => Observation, string]>([
      ['accounts', 'account.charge', 'charged', NO_ACCOUNTS, 'migration-drops-the-charge'],
      ['counts in page_free', 'count.free-unmapped', 'free-counts', NO_FREE_COUNTS, 'freed-while-mapped'],
      [
        'counts in page_free',
        'count.free-unmapped',
        'free-counts',
        NO_FREE_COUNTS,
        'reference-is-back-before-the-callback',
      ],
      [
        'frame and device of page_fault',
        'devices.owner-called',
        'fault-device',
        NO_PLACE_OF_FAULTS,
        'fault-calls-the-first-driver',
      ],
      ['entries', 'fork.read-both', 'entries', NO_ENTRIES, 'fork-keeps-parent-write'],
    ])('without %s, %s', async (_, id, part, strip, mutant) => {
      everythingShown ??= check(new EmbeddedTarget(), 20);
      const shown = outcomeOf(await everythingShown, id);
      expect(shown).toMatchObject({ status: 'passed', withheld: [] });
      const right = await check(withholding(strip), 20);
      expect(outcomeOf(right, id)).toMatchObject({ status: 'not-observable', covered: 0, withheld: [part] });
      expect(right.uncovered).not.toContain(id);
      // A bug that only this part shows is not found; the requirement does not pass because of that.
      const wrong = await check(withholding(strip, mutantById(mutant)?.mutation), 20);
      expect(outcomeOf(wrong, id).status).toBe('not-observable');
    });

    test('is judged in the steps that show it', async () => {
      let snapshots = 0;
      const sometimes = withholding((one) =>
        one.state !== undefined && ++snapshots % 7 !== 0 ? NO_ACCOUNTS(one) : one,
      );
      const { status, covered } = outcomeOf(await check(sometimes, 40), 'account.charge');
      expect(status).toBe('passed');
      expect(covered).toBe(Math.floor(snapshots / 7));
    });

    test('differs from evidence that is not declared', async () => {
      const shows = USUAL_CAPABILITIES.filter((one) => one !== 'accounting');
      const outcome = outcomeOf(await check(new EmbeddedTarget({ shows }), 20), 'account.charge');
      expect(outcome).toMatchObject({ status: 'not-observable', missing: ['accounting'], withheld: [] });
    });
  });

  describe('a correct target with few capabilities conforms', () => {
    test.each<[string, readonly Capability[]]>([
      ['nothing', []],
      ['entries alone', ['entries']],
      ['populate alone', ['populate']],
      ['peek alone', ['peek']],
      ['a lock alone', ['lock']],
      ['a pin alone', ['pin']],
      ['watches for stores alone', ['watch-write']],
      ['evict-all alone', ['evict-all']],
      ['hot-add alone', ['hot-add']],
      ['memory that runs out alone', ['inject-oom']],
      ['two devices alone', ['devices']],
    ])('%s', async (_, shows) => {
      const { uncovered, verdict } = await check(new EmbeddedTarget({ shows }), 400);
      expect({ uncovered, verdict }).toEqual({ uncovered: [], verdict: 'conforms' });
    });
  });
});
