import type { Capability } from '../../spec/vocabulary/capability.ts';
import { C_DEVICE } from './c-device.ts';
import { inexpressible, isShown } from './c-expressible.ts';
import { C_MEMORY } from './c-memory.ts';
import { cMain } from './c-main.ts';
import { cProcesses } from './c-processes.ts';
import { cProgram, firstRefused } from './c-program.ts';
import { seesTheBug } from './c-snapshot.ts';
import { cTable } from './c-table.ts';
import { C_WALK } from './c-walk.ts';
import { expectationOf, type ExpectedStep } from './expectation.ts';
import { isSubjectOfShould, type Subject } from './subject.ts';

/** What the kernel does with its test device, in the words of a target. */
const KERNEL: ReadonlySet<Capability> = new Set<Capability>([
  'fork',
  'discard',
  'protect',
  'device-load',
  'device-store',
  'device-copy-on-write',
  'entries',
  'every-step',
]);

const DEVICE = "the kernel's test device";

/** What is allowed to the kernel in a case; or, in a sentence, why no program can be written for it. */
export function kernelSteps(subject: Subject): readonly ExpectedStep[] | string {
  const { case: testCase, file } = subject;
  const refused = firstRefused(subject, DEVICE, inexpressible);
  if (refused !== undefined) return refused;
  if (file !== undefined && !isShown(file.clause)) {
    return `it breaks in its ${file.clause}, which ${DEVICE} does not show`;
  }
  const { processes, pages } = testCase.scope;
  // The test device has frames enough for everybody.
  const scope = { ...testCase.scope, frames: processes * pages + 1 };
  const expectation = expectationOf({ ...testCase, scope }, KERNEL, isSubjectOfShould(subject));
  if (expectation.kind === 'too-many')
    return `too much is allowed at step ${expectation.step} to write it down`;
  if (file?.observations !== undefined && !seesTheBug(expectation.steps, file.observations)) {
    return `what was observed would be allowed on ${DEVICE}, which has more frames and does not name them`;
  }
  return expectation.steps;
}

const HEAD = [
  "A program against the kernel's HMM test device (modprobe test_hmm), in one file:",
  '',
  '    gcc -Wall -Wextra -O2 -o conformance THIS_FILE && ./conformance',
  '',
  'It prints TAP. Its exit is 0 where the kernel does what is allowed, 1 where it does not, 77 where there is no',
  'test device. With -DZDC_SIMULATE it must be linked with a simulation of the device: the functions named below.',
];

/** A stand-alone program against the kernel's HMM test device. */
export const cExport = (subject: Subject, steps: readonly ExpectedStep[]): string =>
  cProgram(
    subject,
    HEAD,
    [
      cTable(steps, subject.case.scope),
      C_DEVICE,
      C_MEMORY,
      cProcesses('zdc_fork'),
      C_WALK,
      cMain({ accesses: true, closingSteps: 0, rounds: false }),
    ].join(''),
  );
