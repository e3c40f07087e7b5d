import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { z } from 'zod';
import { oneLine, reasonOf } from '../corpus/printable.ts';
import { Baseline, baselineOf, baselineText, compareWithBaseline } from '../report/baseline.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { amount } from '../report/figures.ts';
import { JsonReport } from '../report/json-report.ts';
import { type Io, paintFor, UserError } from './io.ts';
import { prepareOutput, writeOutput } from './report-writer.ts';
import { readText } from '../corpus/read-text.ts';

const EXAMPLES = `
Examples:
  zdc run --target "stdio:python3 adapter.py" --report json=report.json
  zdc baseline write known.json report.json --reason "frames leak at exit" --link https://example.org/17
  zdc run --target "stdio:python3 adapter.py" --baseline known.json
  zdc baseline check known.json report.json

A failure that the file does not contain and a known failure that passes are both reported. "write" keeps the reasons and
links of an existing file, adds new failures, and removes those that pass. Set "flaky": true for a failure that does not
occur in every run.

Exit codes: 0 only known failures; 1 an unexpected failure or pass; 2 usage; 78 a file cannot be read or written.`;

interface WriteFlags {
  readonly reason: string;
  readonly link?: string;
}

/** Defines the verb for lists of known failures. */
export function defineBaseline(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description('Keeps a list of known failures, against which "zdc run --baseline" compares.')
    .addHelpText('after', EXAMPLES);
  verb
    .command('write')
    .description('Writes the failures of a report (--report json=PATH) as known failures.')
    .argument('<file>', 'the list of known failures; an existing one is updated')
    .argument('<report>', 'a JSON report of "zdc run"')
    .option('--reason <text>', 'the reason of new entries', 'not stated')
    .option('--link <url>', 'the link of new entries: a bug report')
    .action(async (file: string, report: string, flags: WriteFlags) => {
      done(await writeBaseline(file, report, flags, io));
    });
  verb
    .command('check')
    .description('Compares a report (--report json=PATH) with the known failures.')
    .argument('<file>', 'the list of known failures')
    .argument('<report>', 'a JSON report of "zdc run"')
    .action(async (file: string, report: string) => {
      const known = await readBaseline(file, io.cwd);
      const result = compareWithBaseline(file, known, await readReport(report, io.cwd));
      io.stdout.write(baselineText(result, paintFor(io)));
      done(result.failures.length + result.passes.length > 0 ? EXIT.violates : EXIT.conforms);
    });
}

async function writeBaseline(file: string, report: string, flags: WriteFlags, io: Io): Promise<ExitCode> {
  await prepareOutput('baseline', file, io.cwd, report);
  const before = await readJson('baseline', file, io.cwd, Baseline, true);
  const after = baselineOf(await readReport(report, io.cwd), before, flags);
  await writeOutput('baseline', file, `${JSON.stringify(after, null, 2)}\n`, io);
  io.stderr.write(`${oneLine(file)}: ${amount(after.known.length, 'known failure')}.\n`);
  return EXIT.conforms;
}

/** Reads a list of known failures. */
export const readBaseline = (path: string, cwd: string): Promise<Baseline> =>
  readJson('baseline', path, cwd, Baseline);

/** Reads a report that `zdc run --report json=PATH` wrote. */
export const readReport = (path: string, cwd: string): Promise<JsonReport> =>
  readJson('JSON report', path, cwd, JsonReport);

function readJson<S extends z.ZodType>(
  name: string,
  path: string,
  cwd: string,
  schema: S,
): Promise<z.infer<S>>;
function readJson<S extends z.ZodType>(
  name: string,
  path: string,
  cwd: string,
  schema: S,
  optional: true,
): Promise<z.infer<S> | undefined>;
async function readJson(
  name: string,
  path: string,
  cwd: string,
  schema: z.ZodType,
  optional = false,
): Promise<unknown> {
  const refuse = (why: string): UserError =>
    new UserError(EXIT.configuration, `The ${name} ${oneLine(path)} cannot be read: ${oneLine(why)}.`);
  const whole = resolve(cwd, path);
  let text = '';
  try {
    text = await readText(whole);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (optional && code === 'ENOENT') return undefined;
    throw refuse(reasonOf(error));
  }
  // An output that was prepared exists and is empty.
  if (optional && text === '') return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(`it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
