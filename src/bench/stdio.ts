import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Examiner } from '../examine/examiner.ts';
import { StdioTarget } from '../targets/stdio.ts';
import { drawCases, rounded, type BenchOptions } from './in-process.ts';
import { median, ratio, sideBySide } from './side-by-side.ts';

/** Echoes every line, to measure the cost of a pipe and a process switch on this machine, independent of content. */
const ECHO = `process.stdin.pipe(process.stdout)`;

/**
 * A target over stdio, against a process that only echoes the same lines.
 *
 * @param commandLine the target; it must conform
 */
export async function benchStdio(
  commandLine: string,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<void> {
  const started = await StdioTarget.start(commandLine);
  if (started.kind !== 'target') {
    say(`Over stdio: skipped. ${started.failure.message}`);
    return;
  }
  const { target } = started;
  const cases = drawCases(options).map((testCase) => ({ ...testCase, observe: 'results' as const }));
  const commands = cases.reduce((sum, testCase) => sum + testCase.commands.length, 0);
  const lines = cases.map((testCase) => `${JSON.stringify(testCase)}\n`);
  const examiner = new Examiner(target, 'origin');
  const echo = spawn(process.execPath, ['-e', ECHO], { stdio: ['pipe', 'pipe', 'inherit'] });
  const echoed = createInterface({ input: echo.stdout });
  try {
    const timings = await sideBySide(
      [
        {
          name: 'bare echo process',
          work: async () => {
            for (const line of lines) {
              const back = once(echoed, 'line');
              echo.stdin.write(line);
              await back;
            }
          },
        },
        {
          name: 'target, not judged',
          work: async () => {
            for (const testCase of cases) {
              const run = await target.run(testCase);
              if (run.kind === 'failure') throw new Error(run.failure.message);
            }
          },
        },
        {
          name: 'target, judged, properties',
          work: async () => {
            for (const testCase of cases) await examiner.examine(testCase);
          },
        },
      ],
      options.rounds,
    );
    say(`Over stdio (${target.hello.name}), a case a batch: ${cases.length} cases, ${commands} commands`);
    for (const timing of timings) {
      const rate = (commands / median(timing.rounds)) * 1000;
      const share = ratio(timing, timings[0]);
      say(`  ${timing.name.padEnd(30)} ${rounded(rate)} commands/s   ${share.toFixed(2)} of the echo`);
    }
  } finally {
    echo.kill();
    await target.close();
  }
}
