import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { counterexampleText } from '../report/counterexample-text.ts';
import { PLAIN } from '../report/paint.ts';
import { StdioTarget } from '../targets/stdio.ts';
import type { ProfileOutcome } from './outcome.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-flaky-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const MISBEHAVING = fileURLToPath(new URL('../targets/misbehaving.mjs', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../targets/examples/zone_device.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

async function ran(commandLine: string, runs: number): Promise<ProfileOutcome | undefined> {
  const started = await StdioTarget.start(commandLine);
  if (started.kind !== 'target') throw new Error(started.failure.message);
  const { target } = started;
  try {
    const options = { target, targetSpec: commandLine, seed: 1, budget: { runs }, focus: [] };
    const { profiles } = await run({ ...options, profiles: ['origin'] });
    return profiles[0];
  } finally {
    await target.close();
  }
}

test('a target that crashes in every second case is told with its rate', async () => {
  const outcome = await ran(`'${process.execPath}' '${MISBEHAVING}' killed`, 3);
  const crash = outcome?.findings.find(({ fingerprint }) => fingerprint.startsWith('robust.survives'));
  const flaky = crash?.counterexample.flaky;
  expect(flaky?.of).toBeGreaterThan(10);
  expect(flaky?.failed).toBeGreaterThan(5);
  expect(flaky?.failed).toBeLessThan(flaky?.of ?? 0);
  expect(flaky?.differed?.fields[0]).toMatchObject({
    failing: expect.stringContaining('SIGSEGV'),
    passing: 'every step was answered',
  });
});

describe.skipIf(!hasPython)('a mistake in the Python example that shows in some cases (python3)', () => {
  const source = readFileSync(EXAMPLE, 'utf8');
  const patched = (shows: string): string => {
    const wrong = source
      .replace(
        '    case, step = request["id"], 0\n',
        `    case, step = request["id"], 0\n    global SHOWS\n    ${shows}\n`,
      )
      .replace('        mine.write_protect()', '        SHOWS or mine.write_protect()');
    const path = join(folder, 'flaky.py');
    writeFileSync(path, wrong);
    return `python3 '${path}'`;
  };

  test.each([
    ['every third case', 'SHOWS = case % 3 == 1'],
    ['three cases of ten, at random', 'import random; SHOWS = random.random() < 0.3'],
  ])('%s', async (_, shows) => {
    const outcome = await ran(patched(shows), 60);
    const counterexample = outcome?.findings.find(
      ({ counterexample: { violation } }) => violation.requirement === 'fork.read-both',
    )?.counterexample;
    if (counterexample === undefined) throw new Error('It was not found.');
    expect(counterexample.case.commands.length).toBeLessThanOrEqual(6);
    expect(counterexample.flaky?.failed).toBeGreaterThanOrEqual(2);
    expect(counterexample.flaky?.failed).toBeLessThan(counterexample.flaky?.of ?? 0);
    const text = counterexampleText(
      counterexample,
      { capabilities: undefined, reduction: undefined, found: undefined, replay: undefined },
      PLAIN,
    );
    expect(text).toMatch(/Comes and goes: these steps failed in \d+ of 21 runs\./);
    expect(text).toMatch(/state, where it failed: .*WRITE entry/);
    expect(text).toMatch(/state, where it did not: .*READ entry/);
  });
});
