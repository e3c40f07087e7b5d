import { fingerprintOf } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { witnessScope, type Mutant } from '../planted-bugs/planted-bug.ts';
import { isMild } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { makeCounterexample } from '../shrink/make-counterexample.ts';
import { Examiner, fingerprintOfExamined, requirementOfExamined } from '../examine/examiner.ts';
import type { Finding } from '../shrink/finding.ts';
import { Pace } from '../search/certify.ts';
import { replay } from '../run/replay.ts';
import { earlierThan, withHistory } from '../targets/earlier-cases.ts';
import { isSound, type SoundRuns } from './sound-runs.ts';

/** The witness of a mutant. */
export const witnessCase = (mutant: Mutant, profile: ProfileName): Case => ({
  profile,
  scope: witnessScope(mutant),
  observe: 'every-step',
  commands: mutant.witness,
});

/** The cases that must run before the witness of a mutant. */
const casesBefore = (mutant: Mutant, profile: ProfileName): readonly Case[] =>
  (mutant.before ?? []).map((commands) => ({ ...witnessCase(mutant, profile), commands }));

/** The result of the suite for one planted bug in one profile. */
export interface MutantOutcome {
  readonly mutant: Mutant;
  readonly profile: ProfileName;
  readonly caught: boolean;
  /** The first failure found by random cases, shrunk. */
  readonly finding: Finding | undefined;
  /** Number of random commands until the bug was caught, or all commands spent. */
  readonly commands: number;
  /** The first requirement that was violated. */
  readonly requirement: RequirementId | undefined;
  /** Whether random cases, only the witness, or no case violated the requirement of the mutant. */
  readonly requirementCovered: 'random' | 'directed' | 'no';
  /** Number of commands of the counterexample. */
  readonly length: number | undefined;
}

export interface CheckMutantOptions {
  readonly maxCommands: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs random cases against a mutant until one fails, shrinks it, and determines whether the requirement of the mutant
 * is reached.
 *
 * @param runs the cases; they may serve for other mutants of the profile as well
 */
export async function checkMutant(
  mutant: Mutant,
  runs: SoundRuns,
  options: CheckMutantOptions,
): Promise<MutantOutcome> {
  const { profile } = runs;
  const target = withHistory(new EmbeddedTarget({ mutation: mutant.mutation, suffix: mutant.id }));
  const examiner = new Examiner(target, profile);
  const pace = new Pace();
  const nothing = { mutant, profile, finding: undefined, length: undefined };
  let commands = 0;
  let finding: Finding | undefined;
  let primaryByRandom = false;
  for (let index = 0; commands < options.maxCommands && !primaryByRandom; index++) {
    if (options.signal?.aborted === true) break;
    await pace.breathe();
    const sound = runs.at(index);
    const testCase = sound.case;
    const run = await target.run(testCase);
    // After the first failure, only the requirement of the mutant is still searched for.
    if (finding === undefined) commands += testCase.commands.length;
    else if (index > MAX_FURTHER_CASES) break;
    if (isSound(run, sound)) continue;
    const examined = examiner.examineRun(run);
    if (fingerprintOfExamined(examined) === undefined) {
      if (!isMild(mutant) || examiner.tally.notFollowed(mutant.requirement) === 0) continue;
      // There is no failure to shrink: the only result is a SHOULD that was not followed.
      return {
        ...nothing,
        caught: true,
        commands,
        requirement: mutant.requirement,
        requirementCovered: 'random',
      };
    }
    primaryByRandom = requirementOfExamined(testCase, examined) === mutant.requirement;
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
      otherSymptoms: [],
      file: undefined,
      isIncidental: false,
    };
    primaryByRandom ||= counterexample.violation.requirement === mutant.requirement;
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
    requirementCovered: primaryByRandom ? 'random' : directed ? 'directed' : 'no',
    length: finding?.counterexample.case.commands.length,
  };
}

/** Number of further cases in which the requirement of the mutant may be reached after the mutant is caught. */
const MAX_FURTHER_CASES = 400;

/**
 * Whether the witness violates the requirement of the mutant, and the kernel without the bug conforms to the witness.
 */
async function directedReaches(mutant: Mutant, profile: ProfileName): Promise<boolean> {
  const testCase = witnessCase(mutant, profile);
  const earlier = casesBefore(mutant, profile);
  const { verdict } = await replay(new EmbeddedTarget({ mutation: mutant.mutation }), testCase, { earlier });
  const sound = await new Examiner(new EmbeddedTarget(), profile).examine(testCase);
  return (
    verdict.kind === 'violates' &&
    verdict.violation.requirement === mutant.requirement &&
    fingerprintOfExamined(sound) === undefined
  );
}
