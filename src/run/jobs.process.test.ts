import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { PYTHON, PYTHON_EXAMPLE, pythonAdapter } from '../targets/python.fixture.ts';
import { StdioTarget } from '../targets/stdio.ts';
import type { LaunchLimits } from '../targets/stdio-launch.ts';
import type { RunOutcome } from './outcome.ts';
import { run } from './run.ts';
import type { RunOptions } from './run-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-jobs-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const open: StdioTarget[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((target) => target.close()));
});

async function start(commandLine: string, limits: Partial<LaunchLimits> = {}): Promise<StdioTarget> {
  const started = await StdioTarget.start(commandLine, limits);
  if (started.kind !== 'target') throw new Error(started.failure.message);
  open.push(started.target);
  return started.target;
}

/** A run with this number of instances of a target. */
async function ran(
  commandLine: string,
  jobs: number,
  options: Partial<RunOptions> = {},
  limits: Partial<LaunchLimits> = {},
): Promise<RunOutcome> {
  const target = await start(commandLine, limits);
  const others: StdioTarget[] = [];
  while (others.length < jobs - 1) others.push(await start(commandLine, limits));
  const usual = {
    targetSpec: commandLine,
    seed: 5,
    budget: { runs: 60 },
    focus: [],
    profiles: ['origin'],
    directed: false,
  } as const;
  return run({ ...usual, target, others, ...options });
}

/** The part of the outcome that must not depend on the number of instances; only times may. */
const reported = ({ elapsed, profiles, ...outcome }: RunOutcome): unknown => ({
  ...outcome,
  profiles: profiles.map((profile) => ({ ...profile, elapsed: profile.elapsed > 0 })),
  elapsed: elapsed > 0,
});

const children = (of: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = Number(
          /\) \w (?<parent>\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.groups?.['parent'],
        );
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(of);
      } catch {
        return false;
      }
    });

/** Enough cases that an instance which is killed after twenty still has some of them to run. */
const LONG: Partial<RunOptions> = { profiles: ['origin', 'linux-6.12'], budget: { runs: 60 } };

/** The run of one instance with which the runs of several are compared. */
let reference: Promise<RunOutcome> | undefined;
const oneInstance = (): Promise<RunOutcome> => (reference ??= ran(pythonAdapter(PYTHON_EXAMPLE), 1, LONG));

describe.skipIf(PYTHON === undefined)('several instances of the Python example (python3)', () => {
  test('have the same result as one', async () => {
    const alone = await oneInstance();
    const together = await ran(pythonAdapter(PYTHON_EXAMPLE), 3, LONG);
    expect(alone.profiles.map(({ cases }) => cases)).toEqual([60, 60]);
    expect(reported(together)).toEqual(reported(alone));
  });

  test('have the same findings, shrunk to the same steps', async () => {
    const path = join(folder, 'wrong.py');
    const wrong = readFileSync(PYTHON_EXAMPLE, 'utf8').replace(
      '        mine.write_protect()',
      '        pass',
    );
    writeFileSync(path, wrong);
    const alone = await ran(pythonAdapter(path), 1);
    const together = await ran(pythonAdapter(path), 2);
    expect(alone.verdict).toBe('violates');
    expect(alone.profiles[0]?.findings.length).toBeGreaterThan(0);
    expect(reported(together)).toEqual(reported(alone));
  });

  const patched = (name: string, strike: string): string => {
    const path = join(folder, `${name}.py`);
    const line = '    case, step = request["id"], 0\n';
    const source = readFileSync(PYTHON_EXAMPLE, 'utf8');
    expect(source).toContain(line);
    writeFileSync(path, source.replace(line, `${line}    import time\n    ${strike}\n`));
    return pythonAdapter(path);
  };

  test.each([
    ['dies', 'if case == 4: os._exit(7)'],
    ['hangs', 'if case == 4: time.sleep(60)'],
    ['stops in mid-answer', 'if case == 4: print("{", end="", flush=True); os._exit(7)'],
  ])('lose one case each if each of them %s once', async (name, strike) => {
    const outcome = await ran(patched(name, strike), 2, {}, { caseTimeout: 4000 });
    expect(outcome.profiles[0]).toMatchObject({
      cases: 60,
      findings: [],
      inconclusive: 2,
      protocolErrors: [],
    });
  });

  test.each([
    ['dies of every fork', 'if any(c["op"] == "fork" for c in request["commands"]): os._exit(7)'],
    [
      'answers no fork',
      'if any(c["op"] == "fork" for c in request["commands"]): print("{}", flush=True); return',
    ],
  ])('have the same result again if they %s', async (name, strike) => {
    const commandLine = patched(name, strike);
    const alone = await ran(commandLine, 1, { budget: { runs: 8 } });
    const together = await ran(commandLine, 2, { budget: { runs: 8 } });
    expect(['violates', 'protocol-error']).toContain(alone.verdict);
    expect(reported(together)).toEqual(reported(alone));
  });

  test('lose one case if one of them is killed during the run', async () => {
    const alone = await oneInstance();
    await Promise.all(open.splice(0).map((target) => target.close()));
    let killed: number | undefined;
    const together = await ran(pythonAdapter(PYTHON_EXAMPLE), 2, {
      ...LONG,
      profiles: ['origin'],
      onProgress: ({ cases }) => {
        if (killed !== undefined || cases < 20) return;
        killed = children(PYTHON_EXAMPLE).at(-1);
        if (killed !== undefined) process.kill(killed, 'SIGKILL');
      },
    });
    expect(killed).toBeDefined();
    const [one] = alone.profiles;
    const [other] = together.profiles;
    expect(other?.cases).toBe(one?.cases);
    expect(other?.commands).toBe(one?.commands);
    expect(other?.findings).toEqual([]);
    // If it was killed between two cases, it was started again, or the next case reports the end.
    expect(other?.inconclusive).toBe(1);
    expect(other?.inconclusiveReason).toContain('SIGKILL');
  });

  test('stop when the run is interrupted, at any point', async () => {
    const stop = new AbortController();
    const outcome = await ran(pythonAdapter(PYTHON_EXAMPLE), 2, {
      budget: { runs: 1_000_000 },
      signal: stop.signal,
      onProgress: ({ cases }) => {
        if (cases > 10) stop.abort();
      },
    });
    expect(outcome.interrupted).toBe(true);
    expect(outcome.profiles[0]?.findings).toEqual([]);
    expect(outcome.profiles[0]?.cases).toBeGreaterThan(10);
  });

  test('end at the time limit', async () => {
    const outcome = await ran(pythonAdapter(PYTHON_EXAMPLE), 2, { budget: { milliseconds: 1500 } });
    expect(outcome.profiles[0]?.cases).toBeGreaterThan(0);
    expect(outcome.profiles[0]?.inconclusive).toBe(0);
    expect(outcome.profiles[0]?.findings).toEqual([]);
  });
});
