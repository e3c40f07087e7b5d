import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  allowedOutcomes,
  type Case,
  caseArbitrary,
  caseGenerator,
  check,
  embedded,
  judge,
  readCase,
  replay,
  shrinkCase,
  stdio,
} from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-api-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const generate = caseGenerator({ profile: 'origin' });

const LOADS: Case = {
  profile: 'origin',
  scope: { processes: 1, pages: 1, frames: 1, slots: 0 },
  observe: 'results',
  commands: [
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'fork', process: 0, child: 0 },
    { op: 'load', process: 0, page: 0 },
  ],
};

describe('check', () => {
  test('finds a planted bug, and saves a readable counterexample', async () => {
    const target = embedded({ mutant: 'fork-keeps-parent-write' });
    const options = { profiles: ['origin'], runs: 10, seed: 1, save: folder } as const;
    const { passed, exitCode, report, text } = await check(target, options);
    expect([passed, exitCode, report.verdict]).toEqual([false, 1, 'violates']);
    expect(text).toContain('fork process 0 into process 1');
    expect(text).toContain('--target embedded:mutant=fork-keeps-parent-write');
    const file = (await readdir(folder)).find((name) => name.startsWith('fork.read-both')) ?? '';
    const { verdict } = await replay(target, await readCase(join(folder, file)));
    expect(verdict).toMatchObject({ kind: 'violates', violation: { requirement: 'fork.read-both' } });
  });

  test('reports requirements that a target with few capabilities does not show', async () => {
    const { passed, report } = await check(embedded({ capabilities: [] }), {
      profiles: ['linux-6.12'],
      requirements: ['unmap'],
      runs: 10,
      seed: 1,
    });
    expect(passed).toBe(true);
    const rows = report.profiles.flatMap(({ requirements }) => requirements);
    expect(rows.find(({ id }) => id === 'fork.isolation')?.status).toBe('capability-missing');
  });
});

test('generated cases depend only on seed and index', () => {
  expect(generate(5, 7)).toEqual(caseGenerator({ profile: 'origin' })(5, 7));
  expect(generate(5, 8)).not.toEqual(generate(5, 7));
  const loads = caseGenerator({ profile: 'origin', capabilities: [] })(5, 7);
  expect(loads.commands.some(({ op }) => op === 'fork')).toBe(false);
});

test('a case shrinks to its failing part', () => {
  const failsAt = ({ commands }: Case): number | undefined => {
    const at = commands.findIndex(({ op }) => op === 'fork');
    return at === -1 ? undefined : at;
  };
  const failing = Array.from({ length: 50 }, (_, index) => generate(1, index)).find(
    (one) => failsAt(one) !== undefined,
  );
  expect(shrinkCase(failing ?? LOADS, failsAt)?.commands).toHaveLength(1);
  expect(shrinkCase(LOADS, () => undefined)).toBeUndefined();
  expect(caseArbitrary({ profile: 'origin' }).canShrinkWithoutContext(LOADS)).toBe(false);
});

test('a trace is judged without a target', () => {
  const trace = (result: number) => ({
    case: LOADS,
    capabilities: [],
    observations: [{ result: 'ok' as const }, null, { result }],
  });
  expect(judge(trace(0))).toEqual({ kind: 'conforms' });
  expect(judge(trace(3))).toMatchObject({
    kind: 'violates',
    violation: { step: 2, expected: ['the value 0'] },
  });
  expect(() => judge({ ...trace(0), observations: [] })).toThrow('0 observations for 2 commands');
});

test('the model lists the allowed outcomes', () => {
  const table = allowedOutcomes(LOADS, []);
  expect(table).toMatchObject({
    kind: 'known',
    steps: [{ step: 1 }, { step: 3, outcomes: [{ result: 0 }] }],
  });
});

test('errors state the reason', async () => {
  expect(() => embedded({ mutant: 'none' })).toThrow('There is no mutant "none"');
  await expect(readCase(join(folder, 'none.json'))).rejects.toThrow('there is no such file');
  writeFileSync(join(folder, 'faulty.json'), '{');
  await expect(readCase(join(folder, 'faulty.json'))).rejects.toThrow(
    'faulty.json cannot be read: it is not JSON',
  );
  await expect(stdio('./no-such-program')).rejects.toThrow('does not exist');
});
