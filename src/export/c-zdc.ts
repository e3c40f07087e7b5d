import type { Capability } from '../../spec/vocabulary/capability.ts';
import { framesIn } from '../../spec/vocabulary/scope.ts';
import { inexpressibleOnDriver } from './c-expressible.ts';
import { macrosOf, repertoireOf } from './c-order.ts';
import { cProgram, firstRefused } from './c-program.ts';
import type { Amalgamation } from './c-sources.ts';
import { cZdcSizes, cZdcTable } from './c-zdc-table.ts';
import { expectationOf, type ExpectedStep } from './expectation.ts';
import { frameCountsOf } from './exported-table.ts';
import { isSubjectOfShould, type Subject } from './subject.ts';

const HEAD = [
  'A program for Linux 6.1 or 6.12 with the driver zdc.ko of the suite, in one file:',
  '',
  '    zdc linux exec THIS_FILE [--kernel 6.1] [--mutant ID]',
  '',
  'It prints TAP. The exit code is 0 if everything observed is allowed, 1 if not, 77 if there is no /dev/zdc.',
  'The interface of the driver (zdc_uapi.h, GPL-2.0) is included below; it may differ in another version.',
];

/** Added to the comment of a program in which commands race. */
const ROUNDS = [
  '',
  'The schedule of a race is not determined, so all steps are executed several times: the sides begin in turn, and the',
  'driver pauses more or less often, and longer or shorter. Each time, the results of one of the two orders are allowed.',
];

/** The sources of a program that executes these steps. */
export function zdcSources({ case: testCase }: Subject, steps: readonly ExpectedStep[]): Amalgamation {
  const repertoire = repertoireOf(steps);
  return {
    root: 'zdc/program.c',
    has: new Set([...macrosOf(repertoire), 'HAS_FINAL_CHECK']),
    generated: {
      'sizes.h': cZdcSizes(testCase.scope, frameCountsOf(testCase), repertoire),
      'table.h': cZdcTable(steps, testCase.scope, repertoire),
    },
  };
}

/** A stand-alone program for the driver of this suite. */
export function cZdcExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  const sources = zdcSources(subject, steps);
  return cProgram(subject, [...HEAD, ...(sources.has.has('HAS_RACE') ? ROUNDS : [])], sources);
}

/** Capabilities of the driver that show state or change rules, whether or not the target declared them. */
const SHOWN: readonly Capability[] = [
  'device-copy-on-write',
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'accounting',
  'every-step',
];

/** The capabilities of a program with the driver of this suite. */
export const DRIVER: ReadonlySet<Capability> = new Set<Capability>([
  ...SHOWN,
  'fork',
  'discard',
  'protect',
  'host',
  'device-load',
  'device-store',
  'pin',
  'evict',
  'attach',
  'move',
  'move-keep',
  'populate',
  'peek',
  'query',
  'inject-sigbus',
  'inject-oom',
  'inject-no-frame',
  'inject-no-copy',
  'swap-on',
  'shared',
  'file',
  'lock',
  'advise',
  'kernel-access',
  'watch-missing',
  'watch-write',
  'soft-dirty',
  'evict-all',
  'exclusive',
  'race',
  'devices',
  'close',
  'hot-add',
]);

const DRIVER_NAME = 'the driver of this suite';

/** The number of frames whose names fit into the bits of a mask. */
const MAX_FRAMES = 31;

/** The allowed outcomes of a case with the driver of this suite, or the reason why no program can be written. */
export function driverSteps(subject: Subject): readonly ExpectedStep[] | string {
  const { case: testCase } = subject;
  const refused = firstRefused(subject, DRIVER_NAME, inexpressibleOnDriver);
  if (refused !== undefined) return refused;
  if (testCase.profile !== 'linux-6.1' && testCase.profile !== 'linux-6.12') {
    return `${DRIVER_NAME} supports Linux 6.1 and 6.12, not ${testCase.profile}`;
  }
  if (framesIn(testCase.scope) > MAX_FRAMES) return `it has more than ${MAX_FRAMES} frames`;
  // The program sends only the commands that the target was sent.
  const offered = [...DRIVER].filter((one) => subject.capabilities.has(one) || SHOWN.includes(one));
  const expectation = expectationOf(testCase, new Set(offered), isSubjectOfShould(subject));
  if (expectation.kind === 'too-many')
    return `too much is allowed at step ${expectation.step} to write it down`;
  return expectation.steps;
}
