import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { built, startGuest } from '../targets/linux/built.fixture.ts';
import type { LinuxTarget } from '../targets/linux/linux-target.ts';
import type { ProfileOutcome } from './outcome.ts';
import { run } from './run.ts';
import type { RunOptions } from './run-options.ts';

// Two guests at the same time. The tests are skipped unless a kernel is built: "zdc linux build".

const [kernel] = built;

const open: LinuxTarget[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((target) => target.close()));
});

async function start(mutant: string | undefined): Promise<LinuxTarget> {
  const target = await startGuest(kernel ?? '6.12', { mutant });
  open.push(target);
  return target;
}

async function ran(
  jobs: number,
  mutant?: string,
  options: Partial<RunOptions> = {},
): Promise<ProfileOutcome | undefined> {
  const target = await start(mutant);
  const others: LinuxTarget[] = [];
  while (others.length < jobs - 1) others.push(await start(mutant));
  const [profile] = target.hello.profiles;
  if (profile === undefined) throw new Error('It follows no profile.');
  const usual = { targetSpec: 'linux', profiles: [profile], seed: 11, budget: { runs: 60 }, focus: [] };
  return (await run({ target, others, ...usual, ...options })).profiles[0];
}

/** Guests that this process has started. */
const guests = (): readonly number[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = /\(qemu[^)]*\) \w (?<parent>\d+)/.exec(stat)?.groups?.['parent'];
      return Number(parent) === process.pid ? [Number(name)] : [];
    } catch {
      return [];
    }
  });

describe.skipIf(kernel === undefined)('two guests', () => {
  test('have the same result as one', async () => {
    const alone = await ran(1);
    const together = await ran(2);
    expect(alone).toMatchObject({ cases: 60, findings: [], inconclusive: 0 });
    // Concurrent commands do not have the same outcome in each run, so that some counts differ.
    const { cases, commands, sent, findings, inconclusive, disagreements, protocolErrors } = alone ?? {};
    expect(together).toMatchObject({
      cases,
      commands,
      sent,
      findings,
      inconclusive,
      disagreements,
      protocolErrors,
    });
  });

  test('have the same findings if the driver has a bug', async () => {
    const reported = (outcome: ProfileOutcome | undefined): unknown =>
      outcome?.findings.map(({ fingerprint, index, after, times, counterexample }) => ({
        fingerprint,
        index,
        after,
        times,
        steps: counterexample.case.commands,
      }));
    const alone = reported(await ran(1, 'copies-half-a-page', { budget: { runs: 10 } }));
    const together = reported(await ran(2, 'copies-half-a-page', { budget: { runs: 10 } }));
    expect(alone).not.toEqual([]);
    expect(together).toEqual(alone);
  });

  test('lose one case if one of them is killed during the run', async () => {
    let killed: number | undefined;
    const outcome = await ran(2, undefined, {
      onProgress: ({ cases }) => {
        if (killed !== undefined || cases < 5) return;
        killed = guests().at(-1);
        if (killed !== undefined) process.kill(killed, 'SIGKILL');
      },
    });
    expect(killed).toBeDefined();
    expect(outcome).toMatchObject({ cases: 60, findings: [], inconclusive: 1 });
    expect(outcome?.inconclusiveReason).toContain('The guest ended before it answered the case');
  });
});
