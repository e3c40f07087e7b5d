import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run/run.ts';
import { exitCodeOf, FAILURES } from '../report/exit-code.ts';
import { StdioTarget } from '../targets/stdio.ts';
import { MARK } from '../targets/process-groups.ts';
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

const [CONFORMS, VIOLATES, UNDECIDED, NO_START, PROTOCOL] = [0, 1, 3, 69, 76];

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
  ['hello-half', NO_START, 'answered hello with half a line', DEAF],
  ['hello-half-and-exit', NO_START, 'in the middle of a line'],
  ['hello-killed', NO_START, 'was killed by SIGKILL'],
  ['hello-echoed', NO_START, 'a hello of the wrong form (name: '],
  ['hello-empty-line', NO_START, 'an empty line'],
  ['hello-pretty', NO_START, 'a line that is not JSON: "{"'],
  ['hello-with-mark', NO_START, 'a line that is not JSON: "\\ufeff{'],
  ['hello-of-another-charset', NO_START, 'a line that is not JSON: "{\\u0000'],
  ['hello-version-in-words', NO_START, 'protocol "1"; this suite speaks protocol 1, as a number'],
  ['hello-without-name', NO_START, 'a hello of the wrong form (name: '],
  ['hello-without-profiles', NO_START, 'no profile that this suite knows among []'],
  ['hello-nested', NO_START, 'a line that is not JSON'],
  ['hello-and-answer', NO_START, 'The target wrote when nothing was asked: "{\\"type\\":\\"observations'],
  ['hello-of-windows', CONFORMS, ''],
  ['hello-by-bytes', CONFORMS, ''],
  ['hello-with-bad-bytes', CONFORMS, ''],
  ['hello-with-more', CONFORMS, ''],
  ['hello-then-exit', VIOLATES, 'robust.no-crash'],
  ['hello-then-deaf', VIOLATES, 'robust.no-crash'],
  ['hello-with-daemon', CONFORMS, ''],
  ['hello-changes', NO_START, 'returned a different hello than at its first start'],
  ['hello-once', NO_START, 'exit code 3 before it answered hello'],
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
  ['lines-of-old-macs', VIOLATES, 'robust.terminates', SILENT],
  ['stopped', VIOLATES, 'robust.terminates', SILENT],
  ['deaf', VIOLATES, 'robust.terminates', SILENT],
  ['many-children', VIOLATES, 'robust.no-crash'],
  ['crash-after-much-stderr', VIOLATES, 'robust.no-crash'],
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
  ['echoed', PROTOCOL, 'an answer of type "case" where'],
  ['hello-again', PROTOCOL, 'an answer of type "hello" where'],
  ['pretty', PROTOCOL, 'a line that is not JSON: "{"'],
  ['line-for-each-command', PROTOCOL, 'an answer of type nothing where'],
  ['twice', PROTOCOL, 'The target'],
  ['next-answer-too', PROTOCOL, 'The target'],
  ['answer-before', PROTOCOL, 'was due'],
  ['id-in-words', PROTOCOL, 'was due'],
  ['without-id', PROTOCOL, 'an answer to case nothing where'],
  ['without-type', PROTOCOL, 'an answer of type nothing where'],
  ['without-observations', PROTOCOL, 'observations: nothing where a list was expected'],
  ['without-result', PROTOCOL, 'result: nothing where'],
  ['object-for-list', PROTOCOL, 'where a list was expected'],
  ['null-observation', PROTOCOL, 'null is not an object'],
  ['null-result', PROTOCOL, 'result: null where'],
  ['nested-result', PROTOCOL, 'result: {"result":"ok"} where'],
  ['not-a-number', PROTOCOL, 'a line that is not JSON'],
  ['number-too-large', PROTOCOL, 'result: Infinity where'],
  ['negative-number', PROTOCOL, 'result: -1 where'],
  ['fraction', PROTOCOL, 'result: 0.5 where'],
  ['number-in-words', PROTOCOL, 'result: "7" where'],
  ['word-for-vector', PROTOCOL, 'result: "moved" where a vector'],
  ['short-vector', PROTOCOL, 'result: a vector of 0, the range has'],
  ['with-mark', PROTOCOL, 'a line that is not JSON: "\\ufeff{'],
  ['with-nul', PROTOCOL, 'a line that is not JSON: "\\u0000{'],
  ['bad-bytes', PROTOCOL, 'for'],
  ['shows-no-state', PROTOCOL, 'state is missing'],
  ['declares-what-it-lacks', PROTOCOL, 'result: "unsupported", but the target declared'],
  // It says that it cannot.
  ['error', UNDECIDED, 'out of file descriptors'],
  ['error-of-a-megabyte', UNDECIDED, '(1000000 characters)'],
  ['error-of-another-case', PROTOCOL, 'was due'],
  ['error-without-message', PROTOCOL, 'an "error" answer of the wrong form: message: '],
  ['error-for-any-case', UNDECIDED, 'I cannot read this'],
  // It is unusual but correct.
  ['slow', CONFORMS, ''],
  ['slow-chatter', CONFORMS, ''],
  ['slow-after-each-start', CONFORMS, '', SILENT],
  ['much-on-stderr', CONFORMS, ''],
  ['lines-of-windows', CONFORMS, ''],
  ['with-blanks', CONFORMS, ''],
  ['with-escapes', CONFORMS, ''],
  ['with-more', CONFORMS, ''],
  ['by-bytes', CONFORMS, ''],
  ['endless-stderr', CONFORMS, ''],
  ['closed-stderr', CONFORMS, ''],
  ['stays-at-the-end', CONFORMS, ''],
  ['speaks-at-the-end', CONFORMS, ''],
  ['floods-at-the-end', CONFORMS, ''],
  ['crashes-at-the-end', CONFORMS, ''],
  ['daemon-at-the-end', CONFORMS, ''],
  // Its memory is wrong.
  ['wrong-values', VIOLATES, 'at load'],
  ['lies-at-inspect', VIOLATES, 'at load'],
];

/** The processes of all adapters: their marks begin with the number of this process. */
const OF_ADAPTERS = `${MARK}=${process.pid}.`;

/** How many adapters are tried at a time: most of them wait. */
const AT_A_TIME = 8;
const folder = mkdtempSync(join(tmpdir(), 'zdc-misbehaving-'));
/** For the files that an adapter keeps from one start to the next. */
const kept = mkdtempSync(join(tmpdir(), 'zdc-misbehaving-kept-'));
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
  for (const one of [folder, kept]) rmSync(one, { recursive: true, force: true });
});

async function verdictOn([mode, , , limits = {}]: Row): Promise<Verdict> {
  const tag = join(kept, mode);
  const outcome = await runOf(`'${process.execPath}' '${SCRIPT}' ${mode} ${VALUE} '${tag}'`, {
    ...PATIENT,
    ...limits,
  });
  return { ...outcome, left: processesWith('cmdline', `${tag}\0`) };
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

/** The running processes with these words in their command line or environment. */
const processesWith = (file: 'cmdline' | 'environ', words: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isOne = readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(words);
        return isOne ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : [];
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

test('each row is a distinct kind of failure', () => {
  expect(new Set(ROWS.map(([mode]) => mode)).size).toBe(ROWS.length);
});

test('adapters that misbehave leave no processes behind, under any name', () => {
  expect(processesWith('environ', OF_ADAPTERS)).toEqual([]);
});

test('adapters that misbehave leave no files behind', () => {
  expect(readdirSync(folder)).toEqual([]);
});
