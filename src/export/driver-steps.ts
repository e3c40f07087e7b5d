import type { Capability } from '../../spec/vocabulary/capability.ts';
import { framesIn } from '../../spec/vocabulary/scope.ts';
import { firstRefused } from './c-program.ts';
import { inexpressibleOnDriver } from './c-zdc-expressible.ts';
import { expectationOf, type ExpectedStep } from './expectation.ts';
import { isSubjectOfShould, type Subject } from './subject.ts';

/** How our driver behaves, and what a program with it shows. */
const SHOWN: readonly Capability[] = [
  'device-copy-on-write',
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'accounting',
  'every-step',
];

/** What a program with our driver can do and shows. */
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

/** Frames that a name can be told of, in the bits of a number. */
const MAX_FRAMES = 31;

/** What is allowed with our driver in a case; or, in a sentence, why no program can be written for it. */
export function driverSteps(subject: Subject): readonly ExpectedStep[] | string {
  const { case: testCase } = subject;
  const refused = firstRefused(subject, 'our driver', inexpressibleOnDriver);
  if (refused !== undefined) return refused;
  if (testCase.profile !== 'linux-6.1' && testCase.profile !== 'linux-6.12') {
    return `our driver is for Linux 6.1 and 6.12, and not for ${testCase.profile}`;
  }
  if (framesIn(testCase.scope) > MAX_FRAMES) return `it has more than ${MAX_FRAMES} frames`;
  // What was never sent is not sent by the program.
  const offered = [...DRIVER].filter((one) => subject.capabilities.has(one) || SHOWN.includes(one));
  const expectation = expectationOf(testCase, new Set(offered), isSubjectOfShould(subject));
  if (expectation.kind === 'too-many')
    return `too much is allowed at step ${expectation.step} to write it down`;
  return expectation.steps;
}
