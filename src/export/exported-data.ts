import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { commandInWords } from '../report/command-text.ts';
import type { ExpectedStep } from './expectation.ts';
import { type FrameCounts, frameCountsOf } from './frame-counts.ts';
import { needsOf, type Subject } from './subject.ts';

/** A step as it is written into exports: with its command in words beside it. */
interface ExportedStep extends ExpectedStep {
  readonly text: string;
}

/** What every export for a harness holds; FORMAT.md says what each part means. */
export interface ExportedData {
  readonly suite: string;
  readonly needs: readonly Capability[];
  readonly counts: FrameCounts;
  /** Only the commands that are sent. */
  readonly case: Case;
  readonly steps: readonly ExportedStep[];
}

/** The data of a case with what is allowed in it. */
export const exportedData = (subject: Subject, steps: readonly ExpectedStep[]): ExportedData => ({
  suite: SUITE_AND_VERSION,
  needs: needsOf(subject),
  counts: frameCountsOf(subject.case),
  case: { ...subject.case, commands: steps.map(({ command }) => command) },
  steps: steps.map(({ step, ...rest }) => ({ step, text: commandInWords(rest.command), ...rest })),
});
