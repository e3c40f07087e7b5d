import { fingerprintOf, type Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { Examiner } from '../examine/examiner.ts';
import { shrinkFurther } from '../shrink/further-search.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import type { Mutant } from '../planted-bugs/planted-bug.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { type Shrunk, shrinkNow } from '../shrink/shrink.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { shrinkWithFcCommands } from './fc-commands.ts';
import { median } from './side-by-side.ts';

/** Maximum number of cases that a shrink session may run, as in a run. */
const MAX_RUNS_OF_SESSION = 100_000;

/** A case that fails, with the step and the kind of failure. */
interface Failing {
  readonly case: Case;
  readonly step: number;
  readonly violation: Violation;
  readonly fingerprint: string;
}

/**
 * The number of commands that the target runs to shrink the first failure of each mutant: the suite's shrinker, and
 * fast-check's own shrinker of command sequences on the same sequences.
 */
export async function benchShrinking(seed: number, say: (line: string) => void): Promise<void> {
  const ours = { commands: [] as number[], lengths: [] as number[], milliseconds: [] as number[] };
  const theirs = { commands: [] as number[], lengths: [] as number[], slipped: 0 };
  for (const mutant of MUTANTS) {
    const failing = firstFailure(mutant, seed);
    if (failing === undefined) continue;
    const byFastCheck = shrinkWithFcCommands(failing.case, failing.fingerprint, mutant.mutation);
    if (byFastCheck === undefined) continue;
    const began = performance.now();
    const shrunk = await shrinkCounting(mutant, failing);
    ours.milliseconds.push(performance.now() - began);
    ours.commands.push(shrunk.commands);
    ours.lengths.push(shrunk.length);
    theirs.commands.push(byFastCheck.commands);
    theirs.lengths.push(byFastCheck.length);
    if (!byFastCheck.sameFailure) theirs.slipped++;
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
  const target = new EmbeddedTarget({ mutation: mutant.mutation });
  const examiner = new Examiner(target, profile);
  const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
  for (let index = 0; index < 2000; index++) {
    const testCase: Case = { ...source.draw(caseRandom(seed, index)), observe: 'every-step' };
    const failure = failureOf(target, examiner, testCase);
    if (failure !== undefined) return { case: testCase, ...failure };
  }
  return undefined;
}

/** The failure of a case that is judged; a kernel that crashes is out of scope here. */
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

async function shrinkCounting(
  mutant: Mutant,
  failing: Failing,
): Promise<{ readonly commands: number; readonly length: number }> {
  const target = new EmbeddedTarget({ mutation: mutant.mutation });
  const examiner = new Examiner(target, failing.case.profile);
  let commands = 0;
  const { fingerprint, violation: failure } = failing;
  const passes = (from: Case, step: number): Shrunk =>
    shrinkNow(from, { most: MAX_RUNS_OF_SESSION, step, failure }, (smaller) => {
      commands += smaller.commands.length;
      const failed = failureOf(target, examiner, smaller);
      return failed?.fingerprint === fingerprint ? failed.step : undefined;
    });
  const first = passes(failing.case, failing.step);
  const pursuit = { fingerprint, most: MAX_RUNS_OF_SESSION, stopped: () => false };
  const shrunk = await shrinkFurther(target, first, pursuit, (shorter) =>
    Promise.resolve(passes(shorter, shorter.commands.length - 1)),
  );
  return { commands: commands + shrunk.searched, length: shrunk.case.commands.length };
}
