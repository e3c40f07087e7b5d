import { Examiner } from '../examine/examiner.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { median, ratio, sideBySide } from './side-by-side.ts';
import type { Case } from '../../spec/vocabulary/case.ts';

export interface BenchOptions {
  readonly cases: number;
  readonly rounds: number;
  readonly seed: number;
}

/** Generates the cases that the benchmarks run: the first cases of a run with this seed. */
export function drawCases(options: BenchOptions): readonly Case[] {
  const { capabilities } = new EmbeddedTarget().hello;
  const source = new CaseSource({ profile: 'origin', capabilities });
  return Array.from({ length: options.cases }, (_, index) => source.draw(caseRandom(options.seed, index)));
}

/** Times the embedded kernel alone, then with judging, then with properties, then with case generation: a whole run. */
export async function benchInProcess(options: BenchOptions, say: (line: string) => void): Promise<void> {
  const cases = drawCases(options);
  const commands = cases.reduce((sum, testCase) => sum + testCase.commands.length, 0);
  const target = new EmbeddedTarget();
  const examiner = new Examiner(target, 'origin');
  const timings = await sideBySide(
    [
      {
        name: 'bare embedded kernel',
        work: () => {
          for (const testCase of cases) target.runNow(testCase);
        },
      },
      {
        name: 'judged',
        work: () => {
          for (const testCase of cases) {
            const verdict = examiner.judge(target.runNow(testCase));
            if (verdict.kind !== 'conforms') throw new Error('the embedded kernel does not conform');
          }
        },
      },
      {
        name: 'judged, and properties',
        work: async () => {
          for (const testCase of cases) await examiner.examine(testCase);
        },
      },
      {
        name: 'all of it, drawing included',
        work: async () => {
          for (const testCase of drawCases(options)) await examiner.examine(testCase);
        },
      },
    ],
    options.rounds,
  );
  say(`In this process: ${cases.length} cases, ${commands} commands, median of ${options.rounds} rounds`);
  for (const timing of timings) {
    const rate = (commands / median(timing.rounds)) * 1000;
    const share = ratio(timing, timings[0]);
    say(`  ${timing.name.padEnd(30)} ${rounded(rate)} commands/s   ${share.toFixed(2)} of the bare kernel`);
  }
}

export const rounded = (number: number): string => Math.round(number).toLocaleString('en-US').padStart(11);
