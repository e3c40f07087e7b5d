import { InvalidArgumentError } from 'commander';
import { REPORT_KINDS, REPORTERS, type ReportKind } from '../report/reporters.ts';
import { didYouMean } from './nearest.ts';

/** A requested report. */
export interface ReportRequest {
  readonly kind: ReportKind;
  readonly path: string;
}

/** The formats, for `--help`: a line for each, with its file. */
export const REPORT_HELP = `
Formats of reports (--report FORMAT=PATH; "-" is standard output; without =PATH the file named here):
${REPORT_KINDS.map((kind) => `  ${kind.padEnd(10)} ${REPORTERS[kind].file.padEnd(17)} ${REPORTERS[kind].summary}`).join('\n')}
`;

/** Parses FORMAT=PATH or FORMAT and appends it to the preceding requests. */
export function collectReport(text: string, before: readonly ReportRequest[] = []): readonly ReportRequest[] {
  const split = text.indexOf('=');
  const name = split < 0 ? text : text.slice(0, split);
  const kind = REPORT_KINDS.find((one) => one === name);
  if (kind === undefined) {
    throw new InvalidArgumentError(
      `The formats of reports are ${REPORT_KINDS.slice(0, -1).join(', ')} and ${REPORT_KINDS.at(-1)}.` +
        didYouMean(name, REPORT_KINDS),
    );
  }
  const path = split < 0 ? REPORTERS[kind].file : text.slice(split + 1);
  if (path === '') throw new InvalidArgumentError(`Expected ${kind}=PATH.`);
  if (before.some((one) => one.path === path)) {
    throw new InvalidArgumentError(`Two reports cannot be written to ${path}.`);
  }
  return [...before, { kind, path }];
}
