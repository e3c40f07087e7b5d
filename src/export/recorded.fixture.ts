import { judgeTrace } from '../../spec/judge/judge-trace.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { PROFILES } from '../../spec/profiles/profiles.ts';
import { encodeObservation } from '../../spec/protocol/encode-observation.ts';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { caseRandom } from '../explore/case-random.ts';
import { CaseSource } from '../explore/case-source.ts';
import type { Plant } from '../kernel/plant.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { expectationOf, type ExpectedStep } from './expectation.ts';

/** A run of a case: what an exported test is told and expects, and what our own judge says of it. */
export interface Recorded {
  readonly name: string;
  readonly wrong: boolean;
  readonly case: Case;
  readonly shows: readonly Capability[];
  readonly idleCount: number;
  readonly steps: readonly (ExpectedStep & { readonly text: string })[];
  readonly observations: readonly WireObservation[];
}

const EVERYTHING = Capability.options;
/** What targets show that show much and little. */
const SIGHTS: readonly (readonly Capability[])[] = [
  EVERYTHING,
  EVERYTHING.filter((one) => one !== 'allocations'),
  EVERYTHING.slice(0, EVERYTHING.indexOf('callbacks')),
];

/** Runs a case in the embedded kernel; nothing where it falls over, or where too much is allowed. */
function record(
  name: string,
  testCase: Case,
  plant: Plant | undefined,
  shows: readonly Capability[],
): readonly Recorded[] {
  const expectation = expectationOf(testCase, new Set(shows));
  if (expectation.kind === 'too-many') return [];
  try {
    const trace = new EmbeddedTarget({ ...(plant !== undefined && { plant }), shows }).runNow(testCase);
    const sent = trace.observations.filter((one) => one !== undefined);
    const recorded: Recorded = {
      name,
      wrong: judgeTrace(trace).kind === 'violates',
      case: testCase,
      shows,
      idleCount: PROFILES[testCase.profile].idleCount,
      steps: expectation.steps.map((step) => ({ ...step, text: step.command.op })),
      observations: sent.map((one) => encodeObservation(one, testCase.scope)),
    };
    return [recorded];
  } catch {
    // A planted crash: there is nothing to match, and an exported test misses the answer.
    return [];
  }
}

const directed = (commands: Case['commands'], profile: ProfileName): Case => ({
  profile,
  scope: { processes: 2, pages: 2, frames: 2, slots: 1 },
  observe: 'every-step',
  commands,
});

/** Every mutant's own case, run by the mutant and by the right kernel. */
export const directedRuns = (): readonly Recorded[] =>
  MUTANTS.flatMap((mutant) =>
    mutant.profiles.flatMap((profile) =>
      SIGHTS.flatMap((shows) => {
        const testCase = directed(mutant.directed, profile);
        const name = `${mutant.id} in ${profile}, showing ${shows.length}`;
        return [
          ...record(`${name}, right`, testCase, undefined, shows),
          ...record(name, testCase, mutant.plant, shows),
        ];
      }),
    ),
  );

/** The beginnings of random cases, run by one mutant after the other and by the right kernel. */
export const randomRuns = (count: number, length: number): readonly Recorded[] =>
  Array.from({ length: count }, (_, index) => {
    const profile: ProfileName = index % 2 === 0 ? 'origin' : 'linux-6.1';
    const shows = SIGHTS[index % SIGHTS.length] ?? EVERYTHING;
    const source = new CaseSource({ profile, capabilities: new Set(shows) });
    const whole = source.draw(caseRandom(1, index));
    const testCase = { ...whole, commands: whole.commands.slice(0, length) };
    const mutant = MUTANTS[index % MUTANTS.length];
    return [
      ...record(`case ${index}, right`, testCase, undefined, shows),
      ...record(`case ${index}, ${mutant?.id}`, testCase, mutant?.plant, shows),
    ];
  }).flat();
