import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run/run.ts';
import { exitCodeOf, FAILURES } from '../report/exit-code.ts';
import { StdioTarget } from '../targets/stdio.ts';
import type { LaunchLimits } from '../targets/stdio-launch.ts';

// Misbehaving adapters of all kinds: each must get the right verdict, and no process of it may remain.

/** The expected result of a run: exit code, and the violated requirement or a part of the output. */
type Row = readonly [mode: string, exitCode: number, said: string, limits?: Partial<LaunchLimits>];

const SCRIPT = fileURLToPath(new URL('../targets/misbehaving.mjs', import.meta.url));
/** The cases that store this value go wrong: most of them. */
const VALUE = '1';
const RUNS = 3;
/** No adapter here takes this long. */
const PATIENT = { startupTimeout: 60_000, caseTimeout: 60_000 };
/** Waited for where a target is silent, in milliseconds; the first case after a start may take a start's time besides. */
const SILENT = { caseTimeout: 1500, startupTimeout: 6000 };
const DEAF = { startupTimeout: 1000 };

const [CONFORMS, VIOLATES, NO_START, PROTOCOL] = [0, 1, 69, 76];

const ROWS: readonly Row[] = [
  ['well', CONFORMS, ''],
  // The hello.
  ['hello-never', NO_START, 'did not answer hello within 1 s', DEAF],
  ['hello-late', CONFORMS, ''],
  ['hello-garbage', NO_START, 'a line that is not JSON: "Starting up ..."'],
  ['hello-flood', NO_START, 'a line that is not JSON'],
  ['hello-endless', NO_START, 'a line of over 65536 bytes'],
  ['hello-of-ten-megabytes', NO_START, 'a line of over 65536 bytes'],
  ['hello-with-long-names', CONFORMS, ''],
  ['hello-with-many-mistakes', NO_START, 'and 19995 more'],
  ['hello-version', NO_START, 'protocol 2; this suite speaks protocol 1'],
  ['hello-profiles', NO_START, 'no profile that this suite knows'],
  ['hello-form', NO_START, 'a hello of the wrong form'],
  ['hello-needs', NO_START, 'the capability "frames" without "entries"'],
  ['hello-error', NO_START, 'an error: "no device"'],
  ['hello-other', NO_START, 'an answer of type "observations" where "hello" was expected'],
  ['hello-twice', NO_START, 'The target wrote when nothing was asked'],
  ['hello-exit', NO_START, 'exit code 3'],
  ['hello-then-exit', VIOLATES, 'robust.no-crash'],
  ['hello-then-deaf', VIOLATES, 'robust.no-crash'],
  ['hello-with-daemon', CONFORMS, ''],
  // It exits or does not respond.
  ['exit', VIOLATES, 'robust.no-crash'],
  ['crash', VIOLATES, 'robust.no-crash'],
  ['killed', VIOLATES, 'robust.no-crash'],
  ['crash-with-child', VIOLATES, 'robust.no-crash'],
  ['daemon-and-crash', VIOLATES, 'robust.no-crash'],
  ['half-and-exit', VIOLATES, 'robust.no-crash'],
  ['full-stdout', VIOLATES, 'robust.no-crash'],
  ['closes-stdout', VIOLATES, 'robust.no-crash'],
  ['hang', VIOLATES, 'robust.terminates', SILENT],
  ['hang-with-child', VIOLATES, 'robust.terminates', SILENT],
  ['half-and-stall', VIOLATES, 'robust.terminates', SILENT],
  ['reports-hang', VIOLATES, 'robust.terminates at store', SILENT],
  ['reports-crash', VIOLATES, 'robust.no-crash at store'],
  ['reports-crash-at-the-end', VIOLATES, 'robust.no-crash'],
  // Malformed responses.
  ['garbage', PROTOCOL, 'a line that is not JSON: "segmentation fault?"'],
  ['empty-line', PROTOCOL, 'an empty line'],
  ['not-an-object', PROTOCOL, 'where a JSON object was expected'],
  ['no-text', PROTOCOL, 'a line that is not JSON'],
  ['deep-answer', PROTOCOL, 'The line that was sent: {"type":"case"'],
  ['long-line', PROTOCOL, 'a line of over'],
  ['answer-of-ten-megabytes', PROTOCOL, 'a line of over'],
  ['wrong-id', PROTOCOL, 'was due'],
  ['wrong-type', PROTOCOL, 'an answer of type "answer"'],
  // Which of its lines is met first depends on how they are cut.
  ['flood-after', PROTOCOL, 'The target'],
  ['twice-at-once', PROTOCOL, 'The target wrote when nothing was asked'],
  ['too-few', PROTOCOL, 'each command is answered by one observation'],
  ['too-many', PROTOCOL, 'each command is answered by one observation'],
  ['wrong-result', PROTOCOL, 'result: true where'],
  ['wrong-word', PROTOCOL, 'result: "OK" where'],
  ['long-word', PROTOCOL, '(900000 characters)'],
  ['huge-value', PROTOCOL, 'result: 1000000000 where'],
  ['unsupported', PROTOCOL, 'result: "unsupported"'],
  ['progress-unasked', PROTOCOL, 'though no progress was asked for'],
  ['reports-nothing', PROTOCOL, 'is missing'],
  ['reports-a-step-twice', PROTOCOL, 'steps are counted from 0'],
  ['reports-too-much', PROTOCOL, 'steps are counted from 0'],
  // It says that it cannot.
  ['error', PROTOCOL, 'out of file descriptors'],
  ['error-of-a-megabyte', PROTOCOL, '(1000000 characters)'],
  // It is unusual but correct.
  ['slow', CONFORMS, ''],
  ['slow-chatter', CONFORMS, ''],
  ['slow-after-each-start', CONFORMS, '', SILENT],
  ['much-on-stderr', CONFORMS, ''],
  ['lines-of-windows', CONFORMS, ''],
  // Its memory is wrong.
  ['wrong-values', VIOLATES, 'at load'],
  ['lies-at-inspect', VIOLATES, 'at load'],
];

/** How many adapters are tried at a time: most of them wait. */
const AT_A_TIME = 8;
const folder = mkdtempSync(join(tmpdir(), 'zdc-misbehaving-'));
const before = process.env['TMPDIR'];

interface Verdict {
  readonly exitCode: number;
  readonly said: string;
  /** The processes that are left. */
  readonly left: readonly string[];
}
const verdicts = new Map<string, Verdict>();

beforeAll(async () => {
  process.env['TMPDIR'] = folder;
  // Those that are waited for begin first.
  const rows = ROWS.toSorted((a, b) => Number(b[3] === SILENT) - Number(a[3] === SILENT));
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (let row = rows.shift(); row !== undefined; row = rows.shift())
        verdicts.set(row[0], await verdictOn(row));
    }),
  );
}, 600_000);

afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(folder, { recursive: true, force: true });
});

async function verdictOn([mode, , , limits = {}]: Row): Promise<Verdict> {
  const tag = `tag-of-${mode}-${process.pid}`;
  const outcome = await runOf(`'${process.execPath}' '${SCRIPT}' ${mode} ${VALUE} ${tag}`, {
    ...PATIENT,
    ...limits,
  });
  return { ...outcome, left: processesWith(tag) };
}

async function runOf(
  commandLine: string,
  limits: Partial<LaunchLimits>,
): Promise<{ readonly exitCode: number; readonly said: string }> {
  const started = await StdioTarget.start(commandLine, limits);
  if (started.kind === 'failure') {
    const { kind, message } = started.failure;
    return { exitCode: FAILURES[kind], said: message };
  }
  const { target } = started;
  try {
    const outcome = await run({
      target,
      targetSpec: `stdio:${commandLine}`,
      profiles: ['origin'],
      seed: 1,
      budget: { runs: RUNS },
      // Expensive failures are not shrunk, and none ends the run.
      totalTimeout: 2000,
      focus: ['robust.no-crash', 'robust.terminates'],
    });
    const said = outcome.profiles.flatMap(({ findings, protocolErrors, inconclusiveReason }) => [
      ...findings.map(({ counterexample: { violation } }) => `${violation.requirement} at ${violation.op}`),
      ...protocolErrors.map(({ failure }) => failure.message),
      ...(inconclusiveReason === undefined ? [] : [inconclusiveReason]),
    ]);
    return { exitCode: exitCodeOf(outcome, { strict: false, timedOut: false }), said: said.join('\n') };
  } finally {
    await target.close();
  }
}

/** The processes that were started with a word, as long as they run. */
const processesWith = (word: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes(word) ? [line.replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });

describe('an adapter that misbehaves', () => {
  test.for(ROWS)('%s', ([mode, exitCode, said]) => {
    const verdict = verdicts.get(mode);
    expect(verdict?.said.length).toBeLessThan(20_000);
    expect(verdict).toMatchObject({ exitCode, left: [] });
    expect(verdict?.said).toContain(said);
  });
});

test('there are sixty of them at least', () => {
  expect(new Set(ROWS.map(([mode]) => mode)).size).toBeGreaterThan(60);
});

test('they leave no file behind', () => {
  expect(readdirSync(folder)).toEqual([]);
});
