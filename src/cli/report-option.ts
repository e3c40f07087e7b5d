import { InvalidArgumentError } from 'commander';
import { didYouMean } from './nearest.ts';

const KINDS = ['json', 'junit', 'html'] as const;
type ReportKind = (typeof KINDS)[number];

/** A requested report. */
export interface ReportRequest {
  readonly kind: ReportKind;
  readonly path: string;
}

/** Parses KIND=PATH and appends it to the preceding requests. */
export function collectReport(text: string, before: readonly ReportRequest[] = []): readonly ReportRequest[] {
  const split = text.indexOf('=');
  const name = split < 0 ? text : text.slice(0, split);
  const kind = KINDS.find((one) => one === name);
  if (kind === undefined) {
    throw new InvalidArgumentError(
      `The kinds of report are ${KINDS.slice(0, -1).join(', ')} and ${KINDS.at(-1)}.${didYouMean(name, KINDS)}`,
    );
  }
  const path = text.slice(split + 1);
  if (split < 0 || path === '') throw new InvalidArgumentError(`Expected ${kind}=PATH.`);
  if (before.some((one) => one.path === path)) {
    throw new InvalidArgumentError(`Two reports cannot be written to ${path}.`);
  }
  return [...before, { kind, path }];
}
