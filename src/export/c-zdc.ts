import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../corpus/suite.ts';
import { linked } from './c-linked.ts';
import { cMain } from './c-main.ts';
import { cProcesses } from './c-processes.ts';
import { cProgram } from './c-program.ts';
import { repertoireOf } from './c-repertoire.ts';
import { cZdcCommands } from './c-zdc-commands.ts';
import { cZdcDevice, C_ZDC_OPENED } from './c-zdc-device.ts';
import { cZdcMapping } from './c-zdc-mapping.ts';
import { cZdcMatch } from './c-zdc-match.ts';
import { cZdcMemories } from './c-zdc-memories.ts';
import { cZdcPage } from './c-zdc-page.ts';
import { cZdcQuery } from './c-zdc-query.ts';
import { C_ZDC_RACE, C_ZDC_STARTING } from './c-zdc-race.ts';
import { cZdcSaid } from './c-zdc-said.ts';
import { cZdcSight } from './c-zdc-snapshot.ts';
import { C_ZDC_SWAP } from './c-zdc-swap.ts';
import { cZdcTable } from './c-zdc-table.ts';
import { cZdcTakingPart } from './c-zdc-taking-part.ts';
import { cZdcAccess } from './c-zdc-access.ts';
import { C_ZDC_WALK, cZdcEnd } from './c-zdc-walk.ts';
import { cZdcWatch } from './c-zdc-watch.ts';
import type { ExpectedStep } from './expectation.ts';
import { frameCountsOf } from './exported-table.ts';
import type { Subject } from './subject.ts';

const HEAD = [
  'A program for a Linux 6.1 or 6.12 with the driver zdc.ko of the suite, in one file:',
  '',
  '    zdc linux exec THIS_FILE [--kernel 6.1] [--mutant ID]',
  '',
  'It prints TAP. Its exit is 0 where all that is seen is allowed, 1 where it is not, 77 where there is no /dev/zdc.',
  "Below stands the driver's own interface (zdc_uapi.h, GPL-2.0); another version of the driver may have another one.",
];

/** What is told of a program in which commands race. */
const ROUNDS = [
  '',
  'Two commands at once may go in several ways, so all steps are gone through several times: now one of them begins, now',
  'the other, and the driver stops on its way more or less often, and for longer or shorter. Each time that is allowed',
  'which one order of the two allows.',
];

/** A stand-alone program for our own driver. */
export function cZdcExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  const repertoire = repertoireOf(steps);
  const { scope } = subject.case;
  const races = repertoire.ops.has('race');
  const accesses = repertoire.ops.has('load') || repertoire.ops.has('store');
  const atOnce = { takingPart: cZdcTakingPart(repertoire), starting: C_ZDC_STARTING };
  const program = linked(
    [
      cZdcMemories(repertoire),
      C_ZDC_SWAP,
      cZdcPage(repertoire),
      cZdcWatch(repertoire),
      C_ZDC_RACE,
      cZdcDevice(repertoire),
      cZdcAccess(repertoire),
      cZdcMapping(repertoire),
      cZdcQuery(repertoire),
      cZdcCommands(repertoire),
    ],
    [
      cProcesses('fork', races ? atOnce : undefined),
      cZdcSight(repertoire),
      cZdcMatch(repertoire),
      cZdcSaid(repertoire),
      C_ZDC_WALK,
      cZdcEnd(repertoire),
      cMain({ accesses, closingSteps: 1, rounds: races }),
    ].join(''),
  );
  return cProgram(
    subject,
    [...HEAD, ...(races ? ROUNDS : [])],
    [
      `\n/* ---- The interface of the driver ---- */\n\n${driverInterface()}`,
      cZdcTable(steps, scope, frameCountsOf(subject.case), repertoire),
      C_ZDC_OPENED,
      program,
    ].join(''),
  );
}

export function driverInterface(): string {
  if (PACKAGE_FOLDER === undefined) throw new Error('The package.json of this suite is gone.');
  return readFileSync(join(PACKAGE_FOLDER, 'src/targets/linux/module/zdc_uapi.h'), 'utf8');
}
