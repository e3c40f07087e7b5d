import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import { PACKAGE_FOLDER } from '../corpus/suite.ts';
import { cProcesses } from './c-processes.ts';
import { cProgram, firstRefused } from './c-program.ts';
import { C_ZDC_COMMANDS } from './c-zdc-commands.ts';
import { C_ZDC_DEVICE } from './c-zdc-device.ts';
import { inexpressible } from './c-zdc-expressible.ts';
import { C_ZDC_MAPPING } from './c-zdc-mapping.ts';
import { C_ZDC_MATCH } from './c-zdc-match.ts';
import { C_ZDC_SAID } from './c-zdc-said.ts';
import { C_ZDC_SIGHT } from './c-zdc-sight.ts';
import { cZdcTable } from './c-zdc-table.ts';
import { C_ZDC_WALK } from './c-zdc-walk.ts';
import { expectationOf, type ExpectedStep } from './expectation.ts';
import { frameCountsOf } from './frame-counts.ts';
import type { Subject } from './subject.ts';

/** What a program with our driver can do and shows. */
export const DRIVER: ReadonlySet<Capability> = new Set<Capability>([
  'fork',
  'discard',
  'protect',
  'host',
  'device-load',
  'device-store',
  'device-copy-on-write',
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
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'accounting',
  'every-step',
]);

/** Frames that a name can be told of, in the bits of a number. */
const MOST_FRAMES = 31;

/** What is allowed with our driver in a case; or, in a sentence, why no program can be written for it. */
export function driverSteps(subject: Subject): readonly ExpectedStep[] | string {
  const { case: testCase } = subject;
  const refused = firstRefused(subject, 'our driver', inexpressible);
  if (refused !== undefined) return refused;
  if (testCase.profile !== 'linux-6.1' && testCase.profile !== 'linux-6.12') {
    return `our driver is for Linux 6.1 and 6.12, and not for ${testCase.profile}`;
  }
  if (testCase.scope.frames > MOST_FRAMES) return `it has more than ${MOST_FRAMES} frames`;
  const expectation = expectationOf({ ...testCase, scope: { ...testCase.scope, devices: 1 } }, DRIVER);
  if (expectation.kind === 'too-many')
    return `too much is allowed at step ${expectation.step} to write it down`;
  return expectation.steps;
}

const HEAD = [
  'A program for a Linux 6.1 or 6.12 with the driver zdc.ko of the suite, in one file:',
  '',
  '    zdc linux exec THIS_FILE [--kernel 6.1] [--mutant ID]',
  '',
  'It prints TAP. Its exit is 0 where all that is seen is allowed, 1 where it is not, 77 where there is no /dev/zdc.',
  "Below stands the driver's own interface (zdc_uapi.h, GPL-2.0); another version of the driver may have another one.",
];

/** A stand-alone program for our own driver. */
export function cZdcExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  const scope = { ...subject.case.scope, devices: 1 };
  return cProgram(subject, HEAD, [
    `\n/* ---- The interface of the driver ---- */\n\n${driverInterface()}`,
    cZdcTable(steps, scope, frameCountsOf(subject.case)),
    C_ZDC_DEVICE,
    C_ZDC_MAPPING,
    C_ZDC_COMMANDS,
    cProcesses('fork'),
    C_ZDC_SIGHT,
    C_ZDC_MATCH,
    C_ZDC_SAID,
    C_ZDC_WALK,
  ]);
}

export function driverInterface(): string {
  if (PACKAGE_FOLDER === undefined) throw new Error('The package.json of this suite is gone.');
  return readFileSync(join(PACKAGE_FOLDER, 'src/targets/linux/module/zdc_uapi.h'), 'utf8');
}
