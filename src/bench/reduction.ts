import { makeCounterexample } from '../campaign/counterexample.ts';
import { Examiner, fingerprintOfExamined } from '../campaign/examiner.ts';
import { caseRandom } from '../explore/case-random.ts';
import { CaseSource } from '../explore/case-source.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { median } from './side-by-side.ts';

/** What it takes to reduce the first counterexample of each mutant: cases asked of the target, and milliseconds. */
export async function benchReduction(
  seed: number,
  mutants: number,
  say: (line: string) => void,
): Promise<void> {
  const asked: number[] = [];
  const times: number[] = [];
  for (const mutant of MUTANTS.slice(0, mutants)) {
    const [profile] = mutant.profiles;
    if (profile === undefined) continue;
    const target = new EmbeddedTarget({ plant: mutant.plant });
    const examiner = new Examiner(target, profile);
    const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
    for (let index = 0; index < 2000; index++) {
      const testCase = source.draw(caseRandom(seed, index));
      const examined = await examiner.examine(testCase);
      if (fingerprintOfExamined(examined) === undefined) continue;
      const began = performance.now();
      const counterexample = await makeCounterexample(target, testCase, examined, {
        asks: 100_000,
        milliseconds: 30_000,
        signal: undefined,
        onAsk: undefined,
      });
      times.push(performance.now() - began);
      if (counterexample !== undefined) asked.push(counterexample.asked);
      break;
    }
  }
  say(`Reducing the first counterexample of ${asked.length} mutants`);
  say(`  cases asked of the target      ${median(asked)} (median)`);
  say(
    `  milliseconds                   ${median(times).toFixed(0)} (median), ${Math.max(...times).toFixed(0)} (most)`,
  );
}
