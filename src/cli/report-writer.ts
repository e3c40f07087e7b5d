import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { oneLine } from '../corpus/printable.ts';
import { tryWriting, writeWhole } from '../corpus/write-whole.ts';
import type { ReportSetting } from '../report/checks.ts';
import { EXIT } from '../report/exit-code.ts';
import { type Reporter, REPORTERS } from '../report/reporters.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { UserError, type Io } from './io.ts';
import type { ReportRequest } from './report-option.ts';

/** The path that stands for standard output. */
const STANDARD_OUTPUT = '-';

/**
 * Checks that the reports can be written and creates their folders. This is done before the run, so that a mistyped path
 * is reported early.
 */
export async function prepareReports(requests: readonly ReportRequest[], cwd: string): Promise<void> {
  const paths = new Set<string>();
  for (const { kind, path } of requests) {
    if (paths.has(resolve(cwd, path))) {
      throw new UserError(EXIT.usage, `Two reports cannot be written to ${oneLine(path)}.`);
    }
    paths.add(resolve(cwd, path));
    await prepareOutput(`${kind} report`, path, cwd);
  }
}

/** Checks that an output can be written and does not overwrite the input of the command. */
export async function prepareOutput(name: string, path: string, cwd: string, read?: string): Promise<void> {
  if (path === STANDARD_OUTPUT) return;
  const whole = resolve(cwd, path);
  if (read !== undefined && resolve(cwd, read) === whole) {
    throw new UserError(
      EXIT.usage,
      `The ${name} would overwrite ${oneLine(path)}, which this command reads.`,
    );
  }
  await tryWriting(whole).catch((error: unknown) => {
    throw unwritable(name, path, error);
  });
}

/** Writes the requested reports. If one cannot be written, prints the reason and returns false. */
export async function writeReports(
  requests: readonly ReportRequest[],
  outcome: RunOutcome,
  setting: ReportSetting,
  io: Io,
): Promise<boolean> {
  let isWhole = true;
  for (const { kind, path } of requests) {
    const { load, append }: Reporter = REPORTERS[kind];
    const text = (await load())(outcome, setting);
    if (!(await succeeds(writeOutput(`${kind} report`, path, text, io), io))) isWhole = false;
    const added = append === undefined ? undefined : io.env[append.variable];
    if (append === undefined || added === undefined || added === '') continue;
    const more = (await append.load())(outcome, setting);
    const adding = appendFile(added, more).catch((error: unknown) => {
      throw unwritable(append.variable, added, error);
    });
    if (!(await succeeds(adding, io))) isWhole = false;
  }
  return isWhole;
}

/** True if an output was written; otherwise the reason is printed and the command continues. */
export const succeeds = (writing: Promise<void>, io: Io): Promise<boolean> =>
  writing.then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      io.stderr.write(`error: ${error.message}\n`);
      return false;
    },
  );

/** Writes an output to a file, or to standard output if the path is "-". */
export async function writeOutput(name: string, path: string, text: string, io: Io): Promise<void> {
  if (path === STANDARD_OUTPUT) {
    io.stdout.write(text);
    return;
  }
  await writeWhole(resolve(io.cwd, path), text).catch((error: unknown) => {
    throw unwritable(name, path, error);
  });
}

/** The environment with texts on standard error, if an output is written to standard output. */
export const besideOutputs = (paths: readonly (string | undefined)[], io: Io): Io =>
  paths.includes(STANDARD_OUTPUT) ? { ...io, stdout: io.stderr } : io;

const unwritable = (name: string, path: string, error: unknown): UserError =>
  new UserError(
    EXIT.configuration,
    `The ${name} cannot be written to ${oneLine(path)}: ${oneLine(error instanceof Error ? error.message : String(error))}.`,
  );
