import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { kernelLoad, mapHost, store } from '../../spec/vocabulary/shorthand.ts';
import { PYTHON, PYTHON_EXAMPLE, pythonAdapter } from '../targets/python.fixture.ts';
import { StdioTarget } from '../targets/stdio.ts';
import { makeCounterexample } from '../shrink/make-counterexample.ts';
import { Examiner } from '../examine/examiner.ts';
import type { Finding } from '../shrink/finding.ts';
import { COMMON_HOST_MEMORY, MISTAKES } from './python-mistakes.fixture.ts';
import { replay } from '../run/replay.ts';
import { run } from '../run/run.ts';
import { earlierThan, withHistory } from '../targets/earlier-cases.ts';

const source = readFileSync(PYTHON_EXAMPLE, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'zdc-mistakes-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const hostCase = (commands: Case['commands']): Case => ({
  profile: 'linux-6.12',
  scope: { processes: 1, pages: 2, frames: 0, slots: 0 },
  observe: 'every-step',
  commands,
});

describe.skipIf(PYTHON === undefined)('mistakes of one line in the Python example (python3)', () => {
  test.each(MISTAKES)('$name', async ({ line, becomes, named, profile = 'origin', name }) => {
    // The line must occur exactly once, or the test would break another line than intended.
    const [before, after, ...more] = source.split(line);
    expect([typeof after, more.length]).toEqual(['string', 0]);
    const wrong = `${before}${becomes}${after}`;
    const file = join(folder, `${name.replaceAll(/[^a-z]+/g, '-')}.py`);
    writeFileSync(file, wrong);
    const commandLine = pythonAdapter(file);
    const started = await StdioTarget.start(commandLine);
    if (started.kind !== 'target') throw new Error(started.failure.message);
    const isNamed = ({ counterexample, otherSymptoms }: Finding): boolean =>
      [counterexample.violation, ...otherSymptoms].some(({ requirement }) => named.includes(requirement));
    const stop = new AbortController();
    try {
      const outcome = await run({
        target: started.target,
        targetSpec: `stdio:${commandLine}`,
        profiles: [profile],
        seed: 1,
        budget: { runs: 300 },
        // The focus only steers the search: other violations are found and named as well.
        focus: named,
        signal: stop.signal,
        onFinding: (finding) => {
          if (isNamed(finding)) stop.abort();
        },
      });
      expect(outcome.verdict).toBe('violates');
      expect(outcome.profiles.flatMap(({ findings }) => findings).some(isNamed)).toBe(true);
    } finally {
      await started.target.close();
    }
  });

  test('host memory that is shared by all cases', async () => {
    const { line, becomes } = COMMON_HOST_MEMORY;
    expect(source.split(line)).toHaveLength(2);
    const file = join(folder, 'host-memory-is-common.py');
    writeFileSync(file, source.replace(line, becomes));
    const started = await StdioTarget.start(pythonAdapter(file));
    if (started.kind !== 'target') throw new Error(started.failure.message);
    const target = withHistory(started.target);
    try {
      const stores = hostCase([mapHost(0, 1), store(0, 1, 7)]);
      const loads = hostCase([mapHost(0, 1), kernelLoad(0, 1)]);
      expect((await replay(target, loads)).verdict.kind).toBe('conforms');
      expect((await replay(target, stores)).verdict.kind).toBe('conforms');
      const again = { ...loads };
      const examined = await new Examiner(target, again.profile).examine(again);
      const counterexample = await makeCounterexample(target, again, examined, {
        asks: 1000,
        milliseconds: 600_000,
        signal: undefined,
        onAsk: undefined,
        earlier: earlierThan(target, again),
      });
      expect(counterexample?.violation.requirement).toBe('robust.fresh-world');
      expect(counterexample?.earlier?.map(({ commands }) => commands.map(({ op }) => op))).toEqual([
        ['map', 'store'],
      ]);
    } finally {
      await target.close();
    }
  });
});
