import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { DirectedCase } from '../generate/directed-suite.ts';
import { expectationOf } from './expectation.ts';
import { exportedTable, omittedTable } from './exported-table.ts';
import { notExportable, type Subject } from './subject.ts';

/** Maximum length of a case with its allowed outcomes, in characters, so that a file can be read line by line. */
const MAX_LENGTH = 200_000;

/** A suite with the allowed outcomes of each case, one per line: FORMAT.md describes it. */
export interface SuiteExport {
  readonly lines: readonly string[];
  /** The number of lines that name a case without its outcomes, with the reason. */
  readonly omitted: number;
}

/** Writes cases with their allowed outcomes. */
export function suiteExport(
  cases: readonly DirectedCase[],
  capabilities: ReadonlySet<Capability>,
): SuiteExport {
  const lines: string[] = [];
  let omitted = 0;
  for (const one of cases) {
    const title = `${one.name} (${one.case.profile})`;
    const written = withOutcomes({ case: one.case, capabilities, file: undefined }, title);
    if (written.isOmitted) omitted++;
    lines.push(`${written.text}\n`);
  }
  return { lines, omitted };
}

function withOutcomes(
  subject: Subject,
  title: string,
): { readonly text: string; readonly isOmitted: boolean } {
  const omit = (why: string): { readonly text: string; readonly isOmitted: true } => ({
    text: JSON.stringify(omittedTable(subject.case, title, why)),
    isOmitted: true,
  });
  const why = notExportable(subject);
  if (why !== undefined) return omit(why);
  const expectation = expectationOf(subject.case, subject.capabilities);
  if (expectation.kind === 'too-many')
    return omit(`too many outcomes are allowed at step ${expectation.step}`);
  const text = JSON.stringify({ ...exportedTable(subject, expectation.steps), title });
  return text.length > MAX_LENGTH
    ? omit(`the outcomes take more than ${MAX_LENGTH} characters`)
    : { text, isOmitted: false };
}
