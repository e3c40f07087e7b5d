import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import { C_DEVICE } from './c-device.ts';
import { inexpressible, isShown } from './c-expressible.ts';
import { C_MEMORY } from './c-memory.ts';
import { C_PROCESSES } from './c-processes.ts';
import { seesTheBug } from './c-sight.ts';
import { cTable } from './c-table.ts';
import { cComment } from './c-text.ts';
import { C_WALK } from './c-walk.ts';
import { expectationOf, type ExpectedStep } from './expectation.ts';
import { remarks } from './remarks.ts';
import type { Subject } from './subject.ts';

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

/** What is allowed to the kernel in a case; or, in a sentence, why no program can be written for it. */
export function kernelSteps({
  case: testCase,
  capabilities,
  file,
}: Subject): readonly ExpectedStep[] | string {
  const admission = new Admission(testCase.scope, testCase.profile, capabilities);
  for (const [index, command] of testCase.commands.entries()) {
    const why = admission.admit(command) === undefined ? inexpressible(command) : undefined;
    if (why !== undefined) {
      return `step ${index + 1} (${command.op}) cannot be done with the kernel's test device: ${why}`;
    }
  }
  if (file !== undefined && !isShown(file.clause)) {
    return `it breaks in its ${file.clause}, which the kernel's test device does not show`;
  }
  const { processes, pages } = testCase.scope;
  // The test device has frames enough for everybody.
  const scope = { ...testCase.scope, frames: processes * pages + 1 };
  const expectation = expectationOf({ ...testCase, scope }, KERNEL);
  if (expectation.kind === 'too-many')
    return `too much is allowed at step ${expectation.step} to write it down`;
  if (file?.observations !== undefined && !seesTheBug(expectation.steps, file.observations)) {
    return "what was observed would be allowed on the kernel's test device, which has more frames and does not name them";
  }
  return expectation.steps;
}

/** A stand-alone program against the kernel's HMM test device. */
export function cExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  const head = [
    ...remarks(subject),
    '',
    "A program against the kernel's HMM test device (modprobe test_hmm), in one file:",
    '',
    '    gcc -Wall -Wextra -O2 -o conformance THIS_FILE && ./conformance',
    '',
    'It prints TAP. Its exit is 0 where the kernel does what is allowed, 1 where it does not, 77 where there is no',
    'test device. With -DZDC_SIMULATE it must be linked with a simulation of the device: the functions named below.',
  ];
  return `${cComment(head)}

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
${cTable(steps, subject.case.scope)}${C_DEVICE}${C_MEMORY}${C_PROCESSES}${C_WALK}`;
}
