import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { SINGLE_SHARD } from '../run/profile-cases.ts';
import { run } from '../run/run.ts';
import type { RunOptions } from '../run/run-options.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { failed } from '../targets/stdio-failure.ts';
import type { Run, Target } from '../targets/target.ts';
import { journalHead, JournalWriter, mergeProblem, readJournal, RecordedRun } from './journal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zdc-journal-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The embedded kernel as a machine of which some starts fail. */
class Unsteady implements Target {
  readonly #kernel = new EmbeddedTarget();
  readonly #isAway: (nth: number) => boolean;
  readonly hello = this.#kernel.hello;
  asked = 0;

  constructor(isAway: (nth: number) => boolean) {
    this.#isAway = isAway;
  }

  async run(testCase: Case): Promise<Run> {
    return this.#isAway(this.asked++) ? failed('start', 'no room') : this.#kernel.run(testCase);
  }

  async close(): Promise<void> {
    // The kernel is in this process.
  }
}

const SETTINGS = {
  targetSpec: 'embedded',
  profiles: ['origin', 'linux-6.1'],
  seed: 1,
  budget: { runs: 40 },
  focus: [],
} satisfies Partial<RunOptions>;

const summaryOf = ({ profiles }: RunOutcome): unknown =>
  profiles.map(({ cases, commands, requirements, protocolErrors }) => ({
    cases,
    commands,
    requirements,
    protocolErrors,
  }));

/** Begins or continues a run with a journal. */
async function runWith(isAway: (nth: number) => boolean): Promise<RunOutcome & { asked: number }> {
  const target = new Unsteady(isAway);
  const path = join(folder, 'run.jsonl');
  const known = await readJournal(path).catch(() => undefined);
  const writer =
    known === undefined
      ? await JournalWriter.create(path, journalHead(target, SETTINGS, SINGLE_SHARD))
      : await JournalWriter.continue(path, known);
  const journal = new RecordedRun(target, known === undefined ? [] : [known], writer);
  const outcome = await run({ ...SETTINGS, target, journal });
  await writer.write({ end: { interrupted: false } });
  await writer.close();
  return { ...outcome, asked: target.asked };
}

const problem = async (): Promise<string | undefined> =>
  mergeProblem([{ ...(await readJournal(join(folder, 'run.jsonl'))), path: 'run.jsonl' }]);

test('runs cases again for which the target could not be started', async () => {
  const whole = summaryOf(await run({ ...SETTINGS, target: new EmbeddedTarget() }));
  // Two single cases of the first profile, and the second profile from its tenth case on.
  const first = await runWith((nth) => nth === 7 || nth === 21 || nth >= 50);
  expect(first.profiles.map(({ protocolErrors }) => protocolErrors.length)).toEqual([2, 5]);
  expect(await problem()).toContain('could not start its target');
  // The first case that is run again fails to start again.
  const second = await runWith((nth) => nth === 0);
  expect(second.profiles.map(({ protocolErrors }) => protocolErrors.length)).toEqual([1, 0]);
  expect(summaryOf(await runWith(() => false))).toEqual(whole);
  expect(await problem()).toBeUndefined();
  expect((await runWith(() => true)).asked).toBe(0);
});
