import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { StdioTarget } from './stdio.ts';
import type { FailureKind, Run, TargetFailure } from './target.ts';

const SCRIPT = fileURLToPath(new URL('misbehaving.mjs', import.meta.url));

/** Long enough for a busy machine to start a process, short enough to wait for where nothing comes. */
const LIMITS = { startupTimeout: 20_000, caseTimeout: 20_000 };

const CASE: Case = {
  profile: 'origin',
  scope: { processes: 2, pages: 3, frames: 2, slots: 1 },
  observe: 'every-step',
  commands: [
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'load', process: 1, page: 0 },
    { op: 'store', process: 0, page: 0, value: 7 },
    { op: 'device-load', process: 0, page: 0 },
    { op: 'migrate-to-device', process: 0, page: 0, count: 2 },
    { op: 'inspect' },
  ],
};

const commandLine = (mode: string): string => `'${process.execPath}' '${SCRIPT}' ${mode}`;

const open: StdioTarget[] = [];
afterEach(async () => {
  for (const target of open.splice(0)) await target.close();
});

async function startMode(mode: string, limits = {}): Promise<StdioTarget> {
  const started = await StdioTarget.start(commandLine(mode), { ...LIMITS, ...limits });
  if (started.kind === 'failure') throw new Error(started.failure.message);
  open.push(started.target);
  return started.target;
}

function failureIn(run: Run): TargetFailure {
  if (run.kind === 'failure') return run.failure;
  throw new Error('The case was answered.');
}

const resultsOf = (run: Run): unknown =>
  run.kind === 'trace'
    ? run.trace.observations.map((observation) => observation?.result)
    : run.failure.message;

/** Of CASE, where the target offers neither device loads nor a second process. */
const ANSWERED = ['ok', undefined, 'ok', undefined, ['moved', 'moved'], 'ok'];

/** Cases 0 to 2, of which the target answers 0 and 2 properly. */
async function failureInCaseOne(mode: string, limits = {}): Promise<TargetFailure> {
  const target = await startMode(mode, limits);
  expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
  const failure = failureIn(await target.run(CASE));
  expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
  return failure;
}

type Row = readonly [mode: string, kind: FailureKind, message: string, step?: number];

describe('a target that misbehaves in one case', () => {
  const rows: readonly Row[] = [
    ['exit', 'crash', 'The target ended with exit code 0 before it answered the case.'],
    [
      'crash',
      'crash',
      'exit code 7 before it answered the case. The end of its standard error: "free(): double free',
    ],
    ['killed', 'crash', 'The target was killed by SIGSEGV before it answered the case.'],
    ['garbage', 'protocol', 'a line that is not JSON: "segmentation fault?"; standard output is for answers'],
    ['empty-line', 'protocol', 'an empty line'],
    ['not-an-object', 'protocol', '"[1,2]" where a JSON object was expected'],
    [
      'half-and-exit',
      'crash',
      'exit code 0 before it answered the case, in the middle of a line: "{\\"type\\"',
    ],
    ['long-line', 'protocol', 'a line of over 1114112 bytes, beginning "xxx'],
    ['wrong-id', 'protocol', 'an answer to case 2 where the answer to case 1 was due'],
    ['wrong-type', 'protocol', 'an answer of type "answer" where "observations" (or "error") was expected'],
    ['twice-at-once', 'protocol', 'After its answer: The target wrote when nothing was asked: "\\n"'],
    ['too-few', 'protocol', '3 observations for 4 commands'],
    ['too-many', 'protocol', '5 observations for 4 commands'],
    ['wrong-result', 'protocol', 'observation 0 (map): result: true where a word', 0],
    [
      'wrong-result',
      'protocol',
      'The command: {"op":"map","process":0,"page":0,"kind":"private","protection":"write"}. ' +
        'The line that was sent: {"type":"case","id":…,"profile":"origin",',
      0,
    ],
    [
      'wrong-word',
      'protocol',
      'observation 0 (map): result: "OK" where a word such as "ok" was expected; there',
      0,
    ],
    [
      'unsupported',
      'protocol',
      'observation 0 (map): result: "unsupported", but this command is of the core',
      0,
    ],
    ['error', 'refused', 'The target could not run the case: "out of file descriptors".', 2],
    ['shows-short-row', 'protocol', 'entries: row for process 0 has 2 items, the scope has 3 pages', 0],
    ['closes-stdout', 'crash', 'The target closed its standard output and gave no answer to the case'],
  ];
  test.for(rows)('%s', async ([mode, kind, message, step]) => {
    const failure = await failureInCaseOne(mode);
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(message);
    expect(failure.step).toBe(step);
  });

  const silent: readonly Row[] = [
    [
      'hang',
      'hang',
      'The target did not answer the case within 0.8 s; if it is only slow, raise --case-timeout',
    ],
    ['half-and-stall', 'hang', 'answered the case with half a line within 0.8 s: "{\\"type\\"'],
  ];
  test.for(silent)('%s', async ([mode, kind, message]) => {
    const failure = await failureInCaseOne(mode, { caseTimeout: 800 });
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(message);
  });

  // Of the four commands that are sent, steps 0, 2, 4 and 5, one is finished.
  test.for<readonly [string, FailureKind, string, number, object?]>([
    ['reports-hang', 'hang', 'did not answer the case', 2, { caseTimeout: 800 }],
    ['reports-crash', 'crash', 'exit code 7 before it answered the case', 2],
    ['reports-crash-at-the-end', 'crash', 'exit code 7 before it answered the case', 5],
    ['reports-nothing', 'protocol', 'answered 4 commands after 0 lines of progress', 0],
  ])('%s: the step is known', async ([mode, kind, message, step, limits = {}]) => {
    const failure = await failureInCaseOne(mode, { ...limits, alwaysProgress: true });
    expect(failure).toMatchObject({ kind, step });
    expect(failure.message).toContain(message);
  });

  test.for(['reports-a-step-twice', 'reports-too-much'])('%s', async (mode) => {
    const failure = await failureInCaseOne(mode, { alwaysProgress: true });
    expect(failure).toMatchObject({ kind: 'protocol', step: undefined });
    expect(failure.message).toContain('where the progress of the next command or the answer was expected');
  });

  test('reports-nothing: progress is requested in the first case of a process, not in later ones', async () => {
    const target = await startMode('reports-nothing');
    expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
    expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
    const other = await startMode('reports-nothing');
    expect(resultsOf(await other.run(CASE))).toEqual(ANSWERED);
    await other.restart();
    expect(failureIn(await other.run(CASE)).kind).toBe('protocol');
  });

  test.for(['hang-with-child', 'crash-with-child'])('%s: its child processes are ended', async (mode) => {
    const failure = await failureInCaseOne(mode, { caseTimeout: 2000 });
    const child = Number(/child (\d+)/.exec(failure.stderr)?.[1]);
    expect(child).toBeGreaterThan(0);
    await expect.poll(() => isAlive(child)).toBe(false);
  });

  test('flood-after: output after a reply is attributed to it or to the next case', async () => {
    const target = await startMode('flood-after');
    await target.run(CASE);
    let run = await target.run(CASE);
    for (let count = 0; run.kind === 'trace' && count < 100; count++) {
      await pause(20);
      run = await target.run(CASE);
    }
    const failure = failureIn(run);
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('The target wrote when nothing was asked: "and another thing');
    expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
  });

  test('late-line: a line between two cases is noticed', async () => {
    const target = await startMode('late-line');
    await target.run(CASE);
    expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
    await pause(500);
    expect(failureIn(await target.run(CASE))).toMatchObject({ kind: 'protocol' });
    expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
  });

  test.for([
    [
      'answer-then-exit',
      'ended with exit code 0 after an answer, before the next case was asked; an adapter stays',
    ],
    ['answer-then-close', 'The target closed its standard input and gave no answer to the case'],
  ] as const)('%s', async ([mode, message]) => {
    const target = await startMode(mode);
    await target.run(CASE);
    expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
    await pause(500);
    const failure = failureIn(await target.run(CASE));
    expect(failure.kind).toBe('crash');
    expect(failure.message).toContain(message);
    expect(resultsOf(await target.run(CASE))).toEqual(ANSWERED);
  });
});

describe('a target that is unusual and conforms to the protocol', () => {
  test.for(['well', 'slow', 'slow-chatter', 'hello-late', 'hello-unknown', 'shows'])('%s', async (mode) => {
    const target = await startMode(mode);
    const asked = mode === 'hello-unknown' ? { ...CASE, commands: CASE.commands.slice(0, 1) } : CASE;
    for (let count = 0; count < 4; count++) {
      expect(resultsOf(await target.run(asked))).toEqual(ANSWERED.slice(0, asked.commands.length));
    }
  });

  test('unknown names are ignored', async () => {
    const { hello, unknownNames } = await startMode('hello-unknown');
    expect(hello.profiles).toEqual(['origin']);
    expect([...hello.capabilities]).toEqual(['pin']);
    expect(unknownNames).toEqual(['linux-9.9', 'warp']);
  });

  test('snapshots are packed arrays', async () => {
    const target = await startMode('shows');
    const run = await target.run(CASE);
    if (run.kind === 'failure') throw new Error(run.failure.message);
    expect(run.trace.observations.map((observation) => observation?.state !== undefined)).toEqual(
      ANSWERED.map((result) => result !== undefined),
    );
    expect(run.trace.observations.at(-1)).toEqual({
      result: 'ok',
      events: [],
      state: {
        entries: [1, 1, 1, 0, 0, 0],
        refs: [1, 1],
        maps: [0, 0],
        least: undefined,
        rss: [0, 0],
        charged: 0,
      },
    });
  });
});

describe('a restart', () => {
  test('hello-then-exit: the target starts, and every case fails', async () => {
    const target = await startMode('hello-then-exit');
    await pause(500);
    const failure = failureIn(await target.run(CASE));
    expect(failure.kind).toBe('crash');
    expect(failure.message).toContain('ended with exit code 0');
  });

  test('hello-changes: a different hello after a restart is refused', async () => {
    const target = await startMode('hello-changes');
    await target.restart();
    const failure = failureIn(await target.run(CASE));
    expect(failure).toMatchObject({ kind: 'start' });
    expect(failure.message).toContain('a different hello');
  });
});

describe('the end', () => {
  test('a case in progress ends when the target is closed', async () => {
    const target = await startMode('hang');
    await target.run(CASE);
    const run = target.run(CASE);
    await pause(50);
    await target.close();
    expect(failureIn(await run).kind).toBe('refused');
    await expect(target.run(CASE)).rejects.toThrow('closed');
  });

  test('a second concurrent case is refused', async () => {
    const target = await startMode('well');
    const first = target.run(CASE);
    await expect(target.run(CASE)).rejects.toThrow('is running another case');
    expect(resultsOf(await first)).toEqual(ANSWERED);
  });

  test('a case of an undeclared profile is refused', async () => {
    const target = await startMode('well');
    const failure = failureIn(await target.run({ ...CASE, profile: 'linux-6.1' }));
    expect(failure).toMatchObject({ kind: 'refused' });
  });
});

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** True if the process runs. A zombie is listed until it is reaped. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
