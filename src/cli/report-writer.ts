import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { match } from 'ts-pattern';
import type { RunOutcome } from '../campaign/outcome.ts';
import { EXIT } from '../report/exit-code.ts';
import { htmlPage } from '../report/html/html-page.ts';
import { runPage } from '../report/html/run-page.ts';
import { junitReport } from '../report/junit-report.ts';
import { oneLine } from '../corpus/printable.ts';
import { writeWhole } from '../corpus/write-whole.ts';
import { type Judgement, jsonReport } from '../report/write-json-report.ts';
import { Complaint } from './complaint.ts';
import type { ReportKind, ReportRequest } from './report-option.ts';

/**
 * Makes sure that the reports can be written, and makes their folders: before the run, because nobody wants to hear
 * of a mistyped path when the run is over.
 */
export async function prepareReports(requests: readonly ReportRequest[], cwd: string): Promise<void> {
  for (const { kind, path } of requests) await prepareReport(kind, path, cwd);
}

/** Makes sure that one report can be written. */
export async function prepareReport(kind: ReportKind, path: string, cwd: string): Promise<void> {
  const whole = resolve(cwd, path);
  try {
    await mkdir(dirname(whole), { recursive: true });
    await access(dirname(whole), constants.W_OK);
    const existing = await stat(whole).catch(() => undefined);
    if (existing?.isDirectory() === true) throw new Error('it is a folder');
    if (existing !== undefined) await access(whole, constants.W_OK);
  } catch (error) {
    throw unwritable(kind, path, error);
  }
}

/** Writes the reports that were asked for. */
export async function writeReports(
  requests: readonly ReportRequest[],
  outcome: RunOutcome,
  judgement: Judgement,
  cwd: string,
): Promise<void> {
  for (const { kind, path } of requests) {
    const text = match(kind)
      .with('json', () => `${JSON.stringify(jsonReport(outcome, judgement), null, 2)}\n`)
      .with('junit', () => junitReport(outcome, { strict: judgement.strict, cwd }))
      .with('html', () => htmlPage(runPage(outcome, cwd)))
      .exhaustive();
    await writeReport(kind, path, text, cwd);
  }
}

/** Writes one report. */
export async function writeReport(kind: ReportKind, path: string, text: string, cwd: string): Promise<void> {
  const whole = resolve(cwd, path);
  try {
    await writeWhole(whole, text, dirname(whole));
  } catch (error) {
    throw unwritable(kind, path, error);
  }
}

const unwritable = (kind: string, path: string, error: unknown): Complaint =>
  new Complaint(
    EXIT.configuration,
    `The ${kind} report cannot be written to ${oneLine(path)}: ${error instanceof Error ? error.message : String(error)}.`,
  );
