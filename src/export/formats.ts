import { match } from 'ts-pattern';
import { pythonExport, vitestExport } from './adapter-tests.ts';
import { kernelSteps, testHmmExport } from './c-test-hmm.ts';
import { cZdcExport, driverSteps } from './c-zdc.ts';
import { expectationOf } from './expectation.ts';
import { jsonExport } from './exported-table.ts';
import { isSubjectOfShould, type Subject } from './subject.ts';

/** The formats of an exported case. */
export const FORMATS = ['vitest', 'python', 'json', 'c'] as const;
export type Format = (typeof FORMATS)[number];

/** The driver that a C program uses: the kernel's HMM test driver, or the driver of this suite. */
export const C_DEVICES = ['test_hmm', 'zdc'] as const;
export type CDevice = (typeof C_DEVICES)[number];

/** An exported file, or the reason why there is none. */
export type Exported =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'refused'; readonly why: string };

const text = (written: string): Exported => ({ kind: 'text', text: written });
const refused = (why: string): Exported => ({ kind: 'refused', why });

/** Exports a case. */
export function exportAs(format: Format, subject: Subject, device: CDevice = 'test_hmm'): Exported {
  if (format === 'c') {
    const [steps, write] =
      device === 'zdc'
        ? ([driverSteps(subject), cZdcExport] as const)
        : ([kernelSteps(subject), testHmmExport] as const);
    return typeof steps === 'string' ? refused(steps) : text(write(subject, steps));
  }
  const expectation = expectationOf(subject.case, subject.capabilities, isSubjectOfShould(subject));
  if (expectation.kind === 'too-many') {
    return refused(`too much is allowed at step ${expectation.step} to write it down; is the case reduced?`);
  }
  const { steps } = expectation;
  return match(format)
    .with('json', () => text(jsonExport(subject, steps)))
    .with('vitest', () => text(vitestExport(subject, steps)))
    .with('python', () => text(pythonExport(subject, steps)))
    .exhaustive();
}
