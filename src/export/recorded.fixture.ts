import { judgeTrace } from '../../spec/judge/judge-trace.ts';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { encodeObservation } from '../../spec/protocol/encode-observation.ts';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { framesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { deviceEntry, frameOf, isDeviceEntry, isWriteEntry } from '../../spec/vocabulary/snapshot.ts';
import { witnessCase } from '../mutation/check-mutant.ts';
import { caseRandom } from '../generate/case-random.ts';
import { CaseSource } from '../generate/case-source.ts';
import type { KernelMutation } from '../kernel/mutation.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { expectationOf, type ExpectedStep } from './expectation.ts';
import { type FrameCounts, frameCountsOf } from './frame-counts.ts';

/** A run of a case: what an exported test is told and expects, and what our own judge says of it. */
export interface RecordedRun {
  readonly name: string;
  readonly wrong: boolean;
  readonly case: Case;
  readonly shows: readonly Capability[];
  readonly counts: FrameCounts;
  readonly steps: readonly (ExpectedStep & { readonly text: string })[];
  readonly observations: readonly WireObservation[];
}

const EVERYTHING = Capability.options;
/** What targets show that show much and little. */
const SIGHTS: readonly (readonly Capability[])[] = [
  EVERYTHING,
  EVERYTHING.filter((one) => one !== 'allocations'),
  EVERYTHING.filter((one) => !['entries', 'frames', 'least-count'].includes(one)),
  EVERYTHING.slice(0, EVERYTHING.indexOf('callbacks')),
  [...EVERYTHING.slice(0, EVERYTHING.indexOf('callbacks')), 'entries', 'every-step'],
];

/** Runs a case in the embedded kernel; nothing where it falls over, or where too much is allowed. */
function record(
  name: string,
  testCase: Case,
  mutation: KernelMutation | undefined,
  shows: readonly Capability[],
  distort: Distortion = (seen) => seen,
): readonly RecordedRun[] {
  const expectation = expectationOf(testCase, new Set(shows));
  if (expectation.kind === 'too-many') return [];
  try {
    const honest = new EmbeddedTarget({ ...(mutation !== undefined && { mutation }), shows }).runNow(
      testCase,
    );
    const observations = honest.observations.map((seen) => seen && distort(seen, testCase.scope));
    const trace = { ...honest, observations };
    const sent = observations.filter((one) => one !== undefined);
    const recorded: RecordedRun = {
      name,
      wrong: judgeTrace(trace).kind === 'violates',
      case: testCase,
      shows,
      counts: frameCountsOf(testCase),
      steps: expectation.steps.map((step) => ({ ...step, text: step.command.op })),
      observations: sent.map((one) => encodeObservation(one, testCase.scope)),
    };
    return [recorded];
  } catch {
    // A planted crash: there is nothing to match, and an exported test misses the answer.
    return [];
  }
}

/** How a target might tell something else than what happened. */
type Distortion = (seen: Observation, scope: Scope) => Observation;

const otherFrame = (frame: number, scope: Scope): number => (frame + 1) % framesIn(scope);

/** Each tells one thing wrongly, wherever there is something to tell. */
const DISTORTIONS: readonly Distortion[] = [
  (seen, { pages }) => ({
    ...seen,
    events: seen.events.map((one) =>
      one.event === 'fault' ? { ...one, page: (one.page + 1) % pages } : one,
    ),
  }),
  (seen, scope) => ({
    ...seen,
    events: seen.events.map((one) =>
      one.event === 'fault' && one.frame !== undefined
        ? { ...one, frame: otherFrame(one.frame, scope) }
        : one,
    ),
  }),
  (seen, scope) => ({
    ...seen,
    events: seen.events.map((one) =>
      one.event === 'free' ? { ...one, frame: otherFrame(one.frame, scope) } : one,
    ),
  }),
  (seen) => ({ ...seen, events: seen.events.filter(({ event }) => event !== 'alloc') }),
  (seen) => ({
    ...seen,
    events: seen.events.flatMap((one): readonly DriverEvent[] =>
      one.event === 'alloc' ? [one, one] : [one],
    ),
  }),
  (seen) => ({
    ...seen,
    events: seen.events.flatMap((one): readonly DriverEvent[] => (one.event === 'free' ? [one, one] : [one])),
  }),
  // A look after a load shows every object on the device one frame further than it was.
  (seen, scope) =>
    typeof seen.result !== 'number' || seen.state?.entries === undefined
      ? seen
      : {
          ...seen,
          state: {
            ...seen.state,
            entries: seen.state.entries.map((code) =>
              isDeviceEntry(code) ? deviceEntry(otherFrame(frameOf(code), scope), isWriteEntry(code)) : code,
            ),
          },
        },
];

/**
 * Every mutant's own case, run by the mutant and by the right kernel.
 *
 * @param sights what is shown; by default one of all for each mutant and profile, in turn
 */
export const directedRuns = (
  sights?: readonly (readonly Capability[])[],
  within: readonly ProfileName[] = ProfileName.options,
): readonly RecordedRun[] =>
  MUTANTS.flatMap((mutant, index) =>
    mutant.profiles
      .filter((profile) => within.includes(profile))
      .flatMap((profile, at) =>
        (sights ?? SIGHTS.filter((_, sight) => sight === (index + at) % SIGHTS.length)).flatMap((shows) => {
          const testCase = witnessCase(mutant, profile);
          const name = `${mutant.id} in ${profile}, showing ${shows.length}`;
          return [
            ...record(`${name}, right`, testCase, undefined, shows),
            ...record(name, testCase, mutant.mutation, shows),
          ];
        }),
      ),
  );

/** The beginning of a random case, for a target that shows more or less. */
function randomCase(
  index: number,
  length: number,
): { readonly testCase: Case; shows: readonly Capability[] } {
  const profile = ProfileName.options[index % ProfileName.options.length] ?? 'origin';
  const shows = SIGHTS[(index >> 1) % SIGHTS.length] ?? EVERYTHING;
  const whole = new CaseSource({ profile, capabilities: new Set(shows) }).draw(caseRandom(1, index));
  return { testCase: { ...whole, commands: whole.commands.slice(0, length) }, shows };
}

/** The beginnings of random cases, run by one mutant after the other and by the right kernel. */
export const randomRuns = (count: number, length: number): readonly RecordedRun[] =>
  Array.from({ length: count }, (_, index) => {
    const { testCase, shows } = randomCase(index, length);
    const mutant = MUTANTS[index % MUTANTS.length];
    return [
      ...record(`case ${index}, right`, testCase, undefined, shows),
      ...record(`case ${index}, ${mutant?.id}`, testCase, mutant?.mutation, shows),
    ];
  }).flat();

/** The same cases, run by the right kernel and told wrongly. */
export const distortedRuns = (count: number, length: number): readonly RecordedRun[] =>
  Array.from({ length: count }, (_, index) => {
    const { testCase, shows } = randomCase(index, length);
    return DISTORTIONS.flatMap((distort, which) =>
      record(`case ${index}, distortion ${which}`, testCase, undefined, shows, distort),
    );
  }).flat();
