import { PROFILES, referencesInFree, referencesOf } from '../../spec/profiles/profile.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { formattedJson } from '../corpus/printable.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { commandInWords } from '../report/steps-text.ts';
import type { ExpectedStep } from './expectation.ts';
import { needsOf, type Subject, titleOf } from './subject.ts';

/** The name of the format of exported cases, and its version: see FORMAT.md. */
export const TABLE_FORMAT = 'zdc-expectation';
export const TABLE_FORMAT_VERSION = 3;

/** The counts that a frame must have, by the profile of the case. */
export interface FrameCounts {
  /** The reference count of a frame by the number of entries that name it. */
  readonly references: readonly number[];
  /** The reference count inside `page_free`. If it is not 0, a count is never 0. */
  readonly inFree: number;
}

/** A step with its command in words. */
export interface ExportedStep extends ExpectedStep {
  readonly text: string;
}

/** An exported case: FORMAT.md describes each field. The walkers in walker/ read it. */
export interface ExportedTable {
  readonly format: typeof TABLE_FORMAT;
  readonly version: typeof TABLE_FORMAT_VERSION;
  readonly suite: string;
  readonly title: string;
  readonly needs: readonly Capability[];
  readonly counts: FrameCounts;
  /** Contains only the commands that are sent. */
  readonly case: Case;
  readonly steps: readonly ExportedStep[];
}

export const exportedTable = (subject: Subject, steps: readonly ExpectedStep[]): ExportedTable => ({
  format: TABLE_FORMAT,
  version: TABLE_FORMAT_VERSION,
  suite: SUITE_AND_VERSION,
  title: titleOf(subject),
  needs: needsOf(subject),
  counts: frameCountsOf(subject.case),
  case: { ...subject.case, commands: steps.map(({ command }) => command) },
  steps: steps.map(({ step, ...rest }) => ({ step, text: commandInWords(rest.command), ...rest })),
});

/** A case whose outcomes are not written, with the reason. */
export const omittedTable = (
  { profile, scope, observe, commands }: Case,
  title: string,
  omitted: string,
): Pick<ExportedTable, 'format' | 'version' | 'suite' | 'title' | 'case'> & { readonly omitted: string } => ({
  format: TABLE_FORMAT,
  version: TABLE_FORMAT_VERSION,
  suite: SUITE_AND_VERSION,
  title,
  omitted,
  case: { profile, scope, observe, commands },
});

/** The table as a JSON file, with the violation that a counterexample shows. */
export function jsonExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  const { file } = subject;
  const { format, version, suite, title, ...rest } = exportedTable(subject, steps);
  const broken = file && {
    requirement: file.requirement,
    clause: file.clause,
    step: file.step + 1,
    expected: file.expected,
    observed: file.observed,
    target: { spec: file.target.spec, name: file.target.name },
  };
  return `${formattedJson({ format, version, suite, title, broken, ...rest })}\n`;
}

export function frameCountsOf({ profile, scope }: Case): FrameCounts {
  const maxEntries = scope.processes * scope.pages;
  const rules = PROFILES[profile];
  return {
    references: Array.from({ length: maxEntries + 1 }, (_, entries) => referencesOf(rules, entries)),
    inFree: referencesInFree(rules),
  };
}
