import { fileURLToPath } from 'node:url';
import { Examiner } from '../examine/examiner.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import {
  cacheFolder,
  DEFAULT_KERNEL,
  isReady,
  lookAtBuilt,
  packagedKernel,
} from '../targets/linux/kernel.ts';
import { LinuxTarget } from '../targets/linux/linux-target.ts';
import { rounded, type BenchOptions } from './in-process.ts';

/**
 * A real kernel: the rate of judged commands, compared to the rate that the guest's agent measures on the same cases,
 * and the time from the start to the first verdict.
 */
export async function benchLinux(
  { cases, seed }: Pick<BenchOptions, 'cases' | 'seed'>,
  say: (line: string) => void,
): Promise<void> {
  const places = {
    ours: fileURLToPath(new URL('../../../src/targets/linux', import.meta.url)),
    cache: cacheFolder(process.env),
  };
  const kernel = packagedKernel(DEFAULT_KERNEL);
  if (!isReady(lookAtBuilt(places, kernel))) {
    say('A real kernel: skipped, none is built ("zdc linux build").');
    return;
  }
  const began = performance.now();
  const started = await LinuxTarget.start({ places, kernel, suite: 'bench' });
  if (started.kind !== 'target') {
    say(`A real kernel: skipped. ${started.failure.message}`);
    return;
  }
  const { target } = started;
  try {
    const [profile] = target.hello.profiles;
    if (profile === undefined) return;
    const examiner = new Examiner(target, profile);
    const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
    await examiner.examine(source.draw(caseRandom(seed, 0)));
    const cold = performance.now() - began;
    const before = target.microsecondsInGuest;
    const first = performance.now();
    let commands = 0;
    for (let index = 1; index <= cases; index++) {
      const testCase = source.draw(caseRandom(seed, index));
      commands += testCase.commands.length;
      await examiner.examine(testCase);
    }
    const wall = performance.now() - first;
    const bare = (target.microsecondsInGuest - before) / 1000;
    const perSecond = (milliseconds: number): string => rounded((commands / milliseconds) * 1000);
    say(`A real kernel (Linux ${target.hello.version ?? ''}): ${cases} cases, ${commands} commands`);
    say(`  from the start to the first verdict ${(cold / 1000).toFixed(1)} s`);
    say(`  ${'agent alone, by its own clock'.padEnd(30)} ${perSecond(bare)} commands/s`);
    say(
      `  ${'judged, properties'.padEnd(30)} ${perSecond(wall)} commands/s   ${(bare / wall).toFixed(2)} of the agent`,
    );
  } finally {
    await target.close();
  }
}
