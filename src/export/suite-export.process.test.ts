import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { directedSuite } from '../generate/directed-suite.ts';
import { PYTHON, PYTHON_EXAMPLE } from '../targets/python.fixture.ts';
import { type SuiteExport, suiteExport } from './suite-export.ts';

const runner = fileURLToPath(new URL('walker/run_suite.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'zdc-suite-'));
const file = join(folder, 'suite.jsonl');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const runFile = (adapter: string): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(
    'python3',
    [runner, file, `exec '${PYTHON ?? 'python3'}' '${adapter}'`],
    { encoding: 'utf8' },
  );
  return { status, said: stdout + stderr };
};

describe.skipIf(PYTHON === undefined)('a suite with allowed outcomes, run without the judge', () => {
  const capabilities = new Set(USUAL_CAPABILITIES);
  const written = (profile: ProfileName): SuiteExport => {
    const suite = suiteExport(directedSuite(profile, capabilities), capabilities);
    writeFileSync(file, suite.lines.join(''));
    return suite;
  };

  test.each(['linux-6.12', 'linux-7.3'] as const)('passes on the Python example: %s', (profile) => {
    const { lines, omitted } = written(profile);
    const { status, said } = runFile(PYTHON_EXAMPLE);
    expect({ status, said }).toEqual({ status: 0, said: expect.stringMatching(/^\d+ cases run, 0 failed/) });
    expect(Number(/^\d+/.exec(said)?.[0])).toBeGreaterThan(150);
    expect(omitted).toBeLessThan(lines.length / 10);
  });

  test.each([
    ['linux-6.12', 'mine.write_protect()  # WRITE becomes READ', 'pass  # WRITE becomes READ'],
    ['linux-7.3', 'not in tried and all(place in frames', 'not in tried and any(place in frames'],
  ] as const)('fails on a copy with a planted bug: %s', (profile, line, other) => {
    written(profile);
    const source = readFileSync(PYTHON_EXAMPLE, 'utf8');
    const faulty = source.replace(line, other);
    const path = join(folder, 'faulty.py');
    writeFileSync(path, faulty);
    expect(faulty).not.toBe(source);
    expect(runFile(path)).toMatchObject({ status: 1, said: expect.stringContaining('FAIL') });
  });
});
