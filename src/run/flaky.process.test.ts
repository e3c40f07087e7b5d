import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import { counterexampleText } from '../report/counterexample-text.ts';
import { PLAIN } from '../report/paint.ts';
import { PYTHON, PYTHON_EXAMPLE, pythonAdapter } from '../targets/python.fixture.ts';
import { StdioTarget } from '../targets/stdio.ts';
import type { ProfileOutcome } from './outcome.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-flaky-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The outcome of a run, which ends early if a finding violates the given requirement. */
async function ran(
  commandLine: string,
  runs: number,
  until?: RequirementId,
): Promise<ProfileOutcome | undefined> {
  const started = await StdioTarget.start(commandLine);
  if (started.kind !== 'target') throw new Error(started.failure.message);
  const { target } = started;
  try {
    const stop = new AbortController();
    const { profiles } = await run({
      target,
      targetSpec: commandLine,
      profiles: ['origin'],
      seed: 1,
      budget: { runs },
      focus: [],
      signal: stop.signal,
      onFinding: ({ counterexample: { violation } }) => {
        if (violation.requirement === until) stop.abort();
      },
    });
    return profiles[0];
  } finally {
    await target.close();
  }
}

describe.skipIf(PYTHON === undefined)(
  'a mistake in the Python example that shows in some cases (python3)',
  () => {
    const source = readFileSync(PYTHON_EXAMPLE, 'utf8');
    const patched = (shows: string): string => {
      const wrong = source
        .replace(
          '    case, step = request["id"], 0\n',
          `    case, step = request["id"], 0\n    global SHOWS\n    SHOWS = False\n    ${shows}\n`,
        )
        .replace('        mine.write_protect()', '        SHOWS or mine.write_protect()');
      const path = join(folder, 'flaky.py');
      writeFileSync(path, wrong);
      return pythonAdapter(path);
    };

    test('a crash in every fifth case is reported with its rate', async () => {
      const outcome = await ran(patched('if case % 5 == 4: os._exit(7)'), 5);
      const crash = outcome?.findings.find(({ fingerprint }) => fingerprint.startsWith('robust.no-crash'));
      const flaky = crash?.counterexample.flaky;
      expect(flaky?.of).toBe(21);
      expect(flaky?.failed).toBeGreaterThanOrEqual(4);
      expect(flaky?.failed).toBeLessThanOrEqual(6);
      expect(flaky?.differed?.fields[0]).toMatchObject({
        failing: expect.stringContaining('exit code 7'),
        passing: 'every step returned a result',
      });
    });

    test('a crash in only one case is inconclusive', async () => {
      const outcome = await ran(patched('if case == 4: os._exit(7)'), 10);
      expect(outcome?.findings).toEqual([]);
      expect(outcome?.inconclusive).toBe(1);
      expect(outcome?.inconclusiveReason).toMatch(
        /^case 4 failed once in \d+ runs of the same steps: .*exit code 7/,
      );
    });

    test.each([
      ['every third case', 'SHOWS = case % 3 == 1'],
      ['three cases of ten, in no order', 'SHOWS = case * 7919 % 101 % 10 < 3'],
    ])('%s', async (_, shows) => {
      const outcome = await ran(patched(shows), 60, 'fork.read-both');
      const counterexample = outcome?.findings.find(
        ({ counterexample: { violation } }) => violation.requirement === 'fork.read-both',
      )?.counterexample;
      if (counterexample === undefined) throw new Error('It was not found.');
      expect(counterexample.case.commands.length).toBeLessThanOrEqual(6);
      expect(counterexample.flaky?.failed).toBeGreaterThanOrEqual(2);
      expect(counterexample.flaky?.failed).toBeLessThan(counterexample.flaky?.of ?? 0);
      const text = counterexampleText(
        counterexample,
        { capabilities: undefined, shrinking: undefined, found: undefined, replay: undefined },
        PLAIN,
      );
      expect(text).toMatch(/Flaky: these steps failed in \d+ of 21 runs\./);
      expect(text).toMatch(/state, failing run: .*WRITE entry/);
      expect(text).toMatch(/state, passing run: .*READ entry/);
    });
  },
);
