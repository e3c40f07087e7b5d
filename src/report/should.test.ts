import { describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { minimize } from '../shrink/minimize.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { replay } from '../run/replay.ts';
import { run } from '../run/run.ts';
import { type CaseFile, caseFileOf } from '../corpus/case-file.ts';
import { replayFile } from '../corpus/replay-file.ts';
import { explain } from '../explain/explain.ts';
import { mutantById } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { exitCodeOf } from './exit-code.ts';
import { PLAIN } from './paint.ts';
import { exitCodeOfReplay, replayText } from './replay-text.ts';
import { verdictLine } from './verdict-text.ts';

const targetWith = (id: string): EmbeddedTarget => {
  const mutation = mutantById(id)?.mutation;
  if (mutation === undefined) throw new Error(`there is no mutant ${id}`);
  return new EmbeddedTarget({ mutation });
};

/** Runs cases of one profile and returns the outcome with the saved files. */
async function check(
  target: EmbeddedTarget,
  runs: number,
): Promise<{ readonly outcome: RunOutcome; readonly files: readonly CaseFile[] }> {
  const saved = new Map<string, CaseFile>();
  let number = 0;
  const outcome = await run({
    target,
    targetSpec: 'embedded',
    profiles: ['linux-6.12'],
    budget: { runs },
    seed: 1,
    focus: [],
    store: {
      save: async (finding) => {
        const name = `file ${++number}`;
        saved.set(name, caseFileOf(finding, { hello: target.hello, targetSpec: 'embedded', seed: 1 }));
        return name;
      },
      discard: async (file) => void saved.delete(file),
    },
  });
  return { outcome, files: [...saved.values()] };
}

const gate = (strict: boolean): Parameters<typeof exitCodeOf>[1] => ({ strict, timedOut: false });

describe('a SHOULD that is not followed', () => {
  test.each([
    ['range-migrates-its-first-page-only', 'migrate.progress', 2],
    ['sharers-look-like-pins', 'migrate.progress', 4],
    ['migration-forgets-write', 'migrate.keeps-write', 2],
  ])('%s has a counterexample of %s, which is saved and replayed', async (id, requirement, longest) => {
    const target = targetWith(id);
    const { outcome, files } = await check(target, 60);
    const [profile] = outcome.profiles;
    expect(profile?.findings).toEqual([]);
    const ofIt = files.filter((file) => file.requirement === requirement);
    const [file] = ofIt.toSorted((one, other) => one.case.commands.length - other.case.commands.length);
    if (file === undefined) throw new Error('nothing was saved');
    expect(file.certificate).toBe('2-minimal');
    expect(file.case.commands.length).toBeLessThanOrEqual(longest);
    expect(await replayFile(target, 'embedded', file, () => false)).toMatchObject({ status: 'still-fails' });
    expect(await replayFile(new EmbeddedTarget(), 'embedded', file, () => false)).toMatchObject({
      status: 'fixed',
    });
    const again = await replay(target, file.case);
    expect(again.verdict.kind).toBe('conforms');
    expect([exitCodeOfReplay(again), exitCodeOfReplay(again, true)]).toEqual([0, 1]);
    const text = replayText({ case: file.case, outcome: again, hello: target.hello, recorded: file }, PLAIN);
    expect(text).toContain(`! ${requirement} (SHOULD)`);
    expect(text).toContain('As recorded in the file');
    expect(text).toMatch(/CONFORMS, but .* did not follow .* \(exit 0\)\n$/);
    const explained = await explain(target, file.case, { asks: 100, stopped: () => false });
    expect(explained).toMatchObject({ kind: 'explained', explanation: { violation: { requirement } } });
  });

  test('is a violation under --strict, and no violation without it', async () => {
    const { outcome } = await check(targetWith('range-migrates-its-first-page-only'), 60);
    const settled = { ...outcome, uncovered: [] };
    expect([exitCodeOf(settled, gate(false)), exitCodeOf(settled, gate(true))]).toEqual([
      outcome.uncovered.length > 0 ? 3 : 0,
      1,
    ]);
  });

  test('if only the first page of a range moves, the case is judged as observed', async () => {
    const testCase: Case = {
      profile: 'linux-6.12',
      scope: { processes: 1, pages: 2, frames: 2, slots: 0 },
      observe: 'every-step',
      commands: [map(0, 0), map(0, 1), toDevice(0, 0, 2)],
    };
    const target = targetWith('range-migrates-its-first-page-only');
    const { verdict, notFollowed } = await replay(target, testCase);
    expect(verdict.kind).toBe('conforms');
    expect(notFollowed).toMatchObject({
      requirement: 'migrate.progress',
      step: 2,
      expected: ['page 1 moved'],
      observed: 'page 1 skipped',
    });
    expect((await replay(new EmbeddedTarget(), testCase)).notFollowed).toBeUndefined();
    const minimized = await minimize({
      target,
      case: testCase,
      certificate: 'found',
      from: undefined,
      certify: true,
      allCommands: false,
      budget: 60_000,
      signal: undefined,
      onProgress: undefined,
    });
    expect(minimized?.counterexample).toMatchObject({ certificate: 'shortest' });
    expect(minimized?.counterexample.case.commands).toHaveLength(2);
  });
});

test('an implementation that never migrates a page does not conform', async () => {
  const { outcome } = await check(targetWith('nothing-migrates-on-request'), 60);
  expect(outcome.verdict).toBe('inconclusive');
  expect(exitCodeOf({ ...outcome, uncovered: [] }, gate(false))).toBe(3);
  expect(exitCodeOf(outcome, gate(true))).toBe(1);
  expect(verdictLine(outcome, 3, PLAIN)).toContain(
    'no page ever migrated to the device on request (linux-6.12)',
  );
});
