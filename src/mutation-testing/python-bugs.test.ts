import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PythonBugs } from './python-bug-search.ts';
import { halfOf, PYTHON_BUGS, witnessOf } from './python-bugs.ts';

const example = fileURLToPath(new URL('../targets/examples/zone_device.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)('bugs of the Python example that need several steps (python3)', () => {
  let python: PythonBugs;

  beforeAll(async () => {
    python = await PythonBugs.start(readFileSync(example, 'utf8'), PYTHON_BUGS);
  });

  afterAll(() => {
    python.close();
  });

  test.each(PYTHON_BUGS)('$name', async (bug) => {
    const witness = witnessOf(bug);
    expect(await python.right(witness)).toBe('conforms');
    const verdicts = await python.wrong(witness, [bug]);
    expect(verdicts.get(bug)).toBe(`${bug.breaks} at ${bug.witness.length - 1}`);
  });

  test('number at least a hundred, in two halves of similar size', () => {
    const heldOut = PYTHON_BUGS.filter((bug) => halfOf(bug) === 'held-out').length;
    expect(PYTHON_BUGS.length).toBeGreaterThanOrEqual(100);
    expect(heldOut).toBeGreaterThan(PYTHON_BUGS.length / 3);
    expect(heldOut).toBeLessThan((PYTHON_BUGS.length * 2) / 3);
  });
});
