import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { StdioTarget } from '../targets/stdio.ts';
import { MISTAKES } from './python-mistakes.fixture.ts';
import { run } from './run.ts';

const example = fileURLToPath(new URL('../targets/examples/zone_device.py', import.meta.url));
const source = readFileSync(example, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'zdc-mistakes-'));

const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.skipIf(!hasPython)('mistakes of one line in the Python example (python3)', () => {
  test.each(MISTAKES)('$name', async ({ line, becomes, named, profile = 'origin', name }) => {
    // It must stand there exactly once, or another line is broken than was meant.
    const [before, after, ...more] = source.split(line);
    expect([typeof after, more.length]).toEqual(['string', 0]);
    const wrong = `${before}${becomes}${after}`;
    const file = join(folder, `${name.replaceAll(/[^a-z]+/g, '-')}.py`);
    writeFileSync(file, wrong);
    const commandLine = `python3 '${file}'`;
    const started = await StdioTarget.start(commandLine);
    if (started.kind !== 'target') throw new Error(started.failure.message);
    try {
      const outcome = await run({
        target: started.target,
        targetSpec: `stdio:${commandLine}`,
        profiles: [profile],
        seed: 1,
        budget: { runs: 300 },
        // Steers only: whatever else is violated is found and named as well.
        focus: named,
      });
      expect(outcome.verdict).toBe('violates');
      const found = outcome.profiles.flatMap(({ findings }) => findings);
      const requirements = found.map(({ counterexample }) => counterexample.violation.requirement);
      expect(requirements.some((requirement) => named.includes(requirement))).toBe(true);
    } finally {
      await started.target.close();
    }
  });
});
