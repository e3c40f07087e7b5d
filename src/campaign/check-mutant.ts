import { fingerprintOf } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { caseRandom } from '../explore/case-random.ts';
import { CaseSource } from '../explore/case-source.ts';
import { directedScope, type Mutant } from '../mutants/mutant.ts';
import { isMild } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { makeCounterexample } from './counterexample.ts';
import { Examiner, fingerprintOfExamined, requirementOfExamined } from './examiner.ts';
import type { Finding } from './finding.ts';
import { Pace } from './pace.ts';
import { replay } from './replay.ts';
import { earlierThan, withHistory } from './target-history.ts';

/** A mutant's own case. */
export const directedCase = (mutant: Mutant, profile: ProfileName): Case => ({
  profile,
  scope: directedScope(mutant),
  observe: 'every-step',
  commands: mutant.directed,
});

/** The cases that must run before a mutant's own case. */
const casesBefore = (mutant: Mutant, profile: ProfileName): readonly Case[] =>
  (mutant.before ?? []).map((commands) => ({ ...directedCase(mutant, profile), commands }));

/** How the suite did against one planted bug in one profile. */
export interface MutantOutcome {
  readonly mutant: Mutant;
  readonly profile: ProfileName;
  readonly caught: boolean;
  /** The first failure that random cases found, reduced. */
  readonly finding: Finding | undefined;
  /** Commands of the random cases until it was caught, or all that were spent. */
  readonly commands: number;
  /** The requirement that caught it first. */
  readonly requirement: RequirementId | undefined;
  /** How the requirement that the mutant is about was reached: by random cases, by the mutant's own case, or not. */
  readonly primaryReached: 'random' | 'directed' | 'no';
  /** Commands of the counterexample. */
  readonly length: number | undefined;
}

export interface CheckMutantOptions {
  readonly profile: ProfileName;
  readonly seed: number;
  readonly mostCommands: number;
  readonly signal?: AbortSignal;
}

/** Runs random cases against a mutant until one fails, reduces it, and sees whether its primary requirement is reached. */
export async function checkMutant(mutant: Mutant, options: CheckMutantOptions): Promise<MutantOutcome> {
  const { profile } = options;
  const target = withHistory(new EmbeddedTarget({ plant: mutant.plant, suffix: mutant.id }));
  const examiner = new Examiner(target, profile);
  const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
  const pace = new Pace();
  const nothing = { mutant, profile, finding: undefined, length: undefined };
  let commands = 0;
  let finding: Finding | undefined;
  let primaryByRandom = false;
  for (let index = 0; commands < options.mostCommands && !primaryByRandom; index++) {
    if (options.signal?.aborted === true) break;
    await pace.breathe();
    const testCase = source.draw(caseRandom(options.seed, index));
    const examined = await examiner.examine(testCase);
    // After the first failure only the primary requirement is still looked for.
    if (finding === undefined) commands += testCase.commands.length;
    else if (index > LOOK_ON) break;
    if (fingerprintOfExamined(examined) === undefined) {
      if (!isMild(mutant) || examiner.tally.slighted(mutant.primary) === 0) continue;
      // Nothing is broken, and so there is nothing to reduce: a SHOULD was not followed, and that is all.
      return { ...nothing, caught: true, commands, requirement: mutant.primary, primaryReached: 'random' };
    }
    primaryByRandom = requirementOfExamined(testCase, examined) === mutant.primary;
    if (finding !== undefined) continue;
    const counterexample = await makeCounterexample(target, testCase, examined, {
      asks: 100_000,
      milliseconds: 20_000,
      earlier: earlierThan(target, testCase),
      signal: options.signal,
      onAsk: () => pace.breathe(),
    });
    if (counterexample === undefined) continue;
    finding = {
      fingerprint: fingerprintOf(counterexample.violation),
      index,
      after: commands,
      found: testCase,
      counterexample,
      times: 1,
      otherWays: [],
      file: undefined,
      isByTheWay: false,
    };
    primaryByRandom ||= counterexample.violation.requirement === mutant.primary;
  }
  const requirement = finding?.counterexample.violation.requirement;
  const directed = primaryByRandom ? false : await directedReaches(mutant, profile);
  return {
    mutant,
    profile,
    caught: finding !== undefined,
    finding,
    commands,
    requirement,
    primaryReached: primaryByRandom ? 'random' : directed ? 'directed' : 'no',
    length: finding?.counterexample.case.commands.length,
  };
}

/** How many cases are looked at for the primary requirement once the mutant is caught. */
const LOOK_ON = 400;

/** Whether the mutant's own case names its primary requirement, and the kernel without it conforms to the same case. */
async function directedReaches(mutant: Mutant, profile: ProfileName): Promise<boolean> {
  const testCase = directedCase(mutant, profile);
  const earlier = casesBefore(mutant, profile);
  const { verdict } = await replay(new EmbeddedTarget({ plant: mutant.plant }), testCase, { earlier });
  const sound = await new Examiner(new EmbeddedTarget(), profile).examine(testCase);
  return (
    verdict.kind === 'violates' &&
    verdict.violation.requirement === mutant.primary &&
    fingerprintOfExamined(sound) === undefined
  );
}
