import { fingerprintOf, type Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { Examiner } from '../judge/examiner.ts';
import { reduceFurther } from '../shrink/further-search.ts';
import { caseRandom } from '../generate/case-random.ts';
import { CaseSource } from '../generate/case-source.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { type Reduced, reduceNow } from '../shrink/shrink.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { shrinkWithFcCommands } from './fc-commands.ts';
import { median } from './side-by-side.ts';

/** How many cases a reduction may ask for, as in a run. */
const MOST_ASKS = 100_000;

/** A case that fails, with the step and the way. */
interface Failing {
  readonly case: Case;
  readonly step: number;
  readonly violation: Violation;
  readonly fingerprint: string;
}

/**
 * What it takes to make the first failure of each mutant short, in commands that the target is asked for: the suite's
 * reducer, and fast-check's own shrinker of command sequences on the same sequences.
 */
export async function benchReduction(seed: number, say: (line: string) => void): Promise<void> {
  const ours = { commands: [] as number[], lengths: [] as number[], milliseconds: [] as number[] };
  const theirs = { commands: [] as number[], lengths: [] as number[], slipped: 0 };
  for (const mutant of MUTANTS) {
    const failing = firstFailure(mutant, seed);
    if (failing === undefined) continue;
    const shrunk = shrinkWithFcCommands(failing.case, failing.fingerprint, mutant.plant);
    if (shrunk === undefined) continue;
    const began = performance.now();
    const reduced = await reduceCounting(mutant, failing);
    ours.milliseconds.push(performance.now() - began);
    ours.commands.push(reduced.commands);
    ours.lengths.push(reduced.length);
    theirs.commands.push(shrunk.commands);
    theirs.lengths.push(shrunk.length);
    if (!shrunk.sameFailure) theirs.slipped++;
  }
  const count = ours.commands.length;
  say(`Reducing the first failure of ${count} mutants from seed ${seed}, seen after every step (medians)`);
  say(
    `  this suite      ${median(ours.commands)} commands asked, ${median(ours.lengths)} left, ` +
      `${median(ours.milliseconds).toFixed(0)} ms; the same failure in ${count} of ${count}`,
  );
  say(
    `  fc.commands     ${median(theirs.commands)} commands asked, ${median(theirs.lengths)} left; ` +
      `the same failure in ${count - theirs.slipped} of ${count}`,
  );
  const ratios = ours.commands.map((commands, index) => commands / (theirs.commands[index] ?? Number.NaN));
  say(`  ratio of commands asked, this suite to fc.commands: ${median(ratios).toFixed(2)} (median)`);
}

function firstFailure(mutant: Mutant, seed: number): Failing | undefined {
  const [profile] = mutant.profiles;
  if (profile === undefined) return undefined;
  const target = new EmbeddedTarget({ plant: mutant.plant });
  const examiner = new Examiner(target, profile);
  const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
  for (let index = 0; index < 2000; index++) {
    const testCase: Case = { ...source.draw(caseRandom(seed, index)), observe: 'every-step' };
    const failure = failureOf(target, examiner, testCase);
    if (failure !== undefined) return { case: testCase, ...failure };
  }
  return undefined;
}

/** How a case fails in being judged; a kernel that falls over is left to others. */
function failureOf(
  target: EmbeddedTarget,
  examiner: Examiner,
  testCase: Case,
): Omit<Failing, 'case'> | undefined {
  try {
    const verdict = examiner.judge(target.runNow(testCase));
    if (verdict.kind !== 'violates') return undefined;
    const { violation } = verdict;
    return { step: violation.step, violation, fingerprint: fingerprintOf(violation) };
  } catch {
    return undefined;
  }
}

async function reduceCounting(
  mutant: Mutant,
  failing: Failing,
): Promise<{ readonly commands: number; readonly length: number }> {
  const target = new EmbeddedTarget({ plant: mutant.plant });
  const examiner = new Examiner(target, failing.case.profile);
  let commands = 0;
  const { fingerprint, violation: failure } = failing;
  const passes = (from: Case, step: number): Reduced =>
    reduceNow(from, { most: MOST_ASKS, step, failure }, (smaller) => {
      commands += smaller.commands.length;
      const failed = failureOf(target, examiner, smaller);
      return failed?.fingerprint === fingerprint ? failed.step : undefined;
    });
  const first = passes(failing.case, failing.step);
  const pursuit = { fingerprint, most: MOST_ASKS, stopped: () => false };
  const reduced = await reduceFurther(target, first, pursuit, (shorter) =>
    Promise.resolve(passes(shorter, shorter.commands.length - 1)),
  );
  return { commands: commands + reduced.searched, length: reduced.case.commands.length };
}
