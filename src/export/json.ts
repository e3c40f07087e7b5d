import { exportedData } from './exported-data.ts';
import type { ExpectedStep } from './expectation.ts';
import { laidOut, type Notation } from './laid-out.ts';
import { type Subject, titleOf } from './subject.ts';

/** What an exported case calls itself, and the version of its form: FORMAT.md. */
const FORMAT = 'zdc-expectation';
const FORMAT_VERSION = 1;

const NOTATION: Notation = { scalar: JSON.stringify, key: JSON.stringify, pad: ' ' };

/** The case with all that is allowed at each step, for any harness. */
export function jsonExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  const { file } = subject;
  const { suite, needs, counts, case: testCase, steps: rows } = exportedData(subject, steps);
  const content = {
    format: FORMAT,
    version: FORMAT_VERSION,
    suite,
    title: titleOf(subject),
    ...(file !== undefined && {
      broken: {
        requirement: file.requirement,
        clause: file.clause,
        step: file.step + 1,
        expected: file.expected,
        observed: file.observed,
        target: { spec: file.target.spec, name: file.target.name },
      },
    }),
    needs,
    counts,
    case: testCase,
    steps: rows,
  };
  return `${laidOut(content, NOTATION)}\n`;
}
