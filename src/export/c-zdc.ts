import { profilesFrom } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { CommandOf } from '../../spec/vocabulary/command.ts';
import { framesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { inexpressibleOnDriver } from './c-expressible.ts';
import {
  cProgram,
  firstRefused,
  labelsOf,
  macrosOf,
  repertoireOf,
  cArray,
  cSizes,
  orderColumns,
  commandText,
  type Repertoire,
  otherName,
  resultName,
} from './c-program.ts';
import type { Amalgamation } from './c-sources.ts';
import {
  type AllowedState,
  expectationOf,
  type ExpectedStep,
  type EntryShown,
  isFrame,
} from './expectation.ts';
import { frameCountsOf, type FrameCounts } from './exported-table.ts';
import { frameNumber } from './frame-names.ts';
import { isSubjectOfShould, type Subject } from './subject.ts';

const HEAD = [
  'A program for Linux 6.1 or newer with the driver zdc.ko of the suite, in one file:',
  '',
  '    zdc linux exec THIS_FILE [--kernel VERSION] [--mutant ID]',
  '',
  'It prints TAP. The exit code is 0 if everything observed is allowed, 1 if not, 77 if there is no /dev/zdc.',
  'It contains the interface of the driver, which may differ in another version.',
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
    has: new Set([
      ...macrosOf(repertoire),
      'HAS_FINAL_CHECK',
      ...(testCase.scope.block === undefined ? [] : ['HAS_BLOCKS']),
    ]),
    labels: labelsOf(repertoire),
    generated: {
      'sizes.h': cZdcSizes(testCase.scope, frameCountsOf(testCase)),
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
  'split-callbacks',
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
  'race-blocks',
  'devices',
  'close',
  'hot-add',
  'large-folios',
  'inject-no-large-frame',
  'inject-no-large-page',
  'inject-no-split',
  'evict-range',
  'collapse',
  'split',
]);

const DRIVER_NAME = 'the driver of this suite';

/** The agent does not declare `race-extended`. */
const NOT_BASIC = 'the exported program races commands only that a target without race-extended is sent';

/** The number of frames whose names fit into the bits of a mask. */
const MAX_FRAMES = 31;

/** In worlds with blocks, the number of pages for which a result has two bits each. */
const MAX_PAGES_WITH_BLOCKS = 15;

/** The allowed outcomes of a case with the driver of this suite, or the reason why no program can be written. */
export function driverSteps(subject: Subject): readonly ExpectedStep[] | string {
  const { case: testCase, capabilities } = subject;
  const basic = new Admission(
    testCase.scope,
    testCase.profile,
    new Set([...capabilities].filter((one) => one !== 'race-extended')),
  );
  const refused = firstRefused(
    subject,
    DRIVER_NAME,
    (command) =>
      inexpressibleOnDriver(command) ?? (basic.admit(command) === undefined ? undefined : NOT_BASIC),
  );
  if (refused !== undefined) return refused;
  if (!profilesFrom('linux-6.1').includes(testCase.profile)) {
    return `${DRIVER_NAME} supports Linux 6.1 and newer, not ${testCase.profile}`;
  }
  if (framesIn(testCase.scope) > MAX_FRAMES) return `it has more than ${MAX_FRAMES} frames`;
  const { block, pages } = testCase.scope;
  if (block !== undefined && pages > MAX_PAGES_WITH_BLOCKS)
    return `it has more than ${MAX_PAGES_WITH_BLOCKS} pages`;
  if (block !== undefined && 512 % block !== 0)
    return `its blocks of ${block} pages do not divide a large folio of 512 base pages`;
  // The program sends only the commands that the target was sent.
  const offered = [...DRIVER].filter((one) => capabilities.has(one) || SHOWN.includes(one));
  const expectation = expectationOf(testCase, new Set(offered), isSubjectOfShould(subject));
  if (expectation.kind === 'too-many')
    return `too much is allowed at step ${expectation.step} to write it down`;
  return expectation.steps;
}

/** The base pages of a large folio of Linux. */
const BASE_PAGES = 512;

/** The numbers of a case. */
function cZdcSizes(scope: Scope, counts: FrameCounts): string {
  const { processes, pages, frames, slots, devices = 1, block = 1 } = scope;
  const run = scope.block === undefined ? 1 : BASE_PAGES / block;
  const fields = { processes, pages, frames, slots, devices, block, run };
  const columns = Object.entries(fields).map(([name, value]) => `.${name} = ${value}`);
  return `\
${cSizes(scope)}
/* The pages of a large folio. */
#define BLOCK ${block}
/* The frames of all devices, and of each. */
#define FRAMES ${framesIn(scope)}
#define DEVICE_FRAMES ${Math.max(scope.frames, 1)}
/* At least one, since no array may be empty. */
#define NAMES ${Math.max(framesIn(scope), 1)}

struct scope scope = { ${columns.join(', ')} };

/* The reference count of a frame by the number of entries that name it, and inside page_free. */
static const int REFERENCES[] = { ${counts.references.join(', ')} };
#define REFERENCES_IN_FREE ${counts.inFree}
`;
}

function entryName(entry: EntryShown): string {
  if (isFrame(entry)) return `ON(${frameNumber(entry.frame)}, ${Number(entry.write)})`;
  // Whether a page of a file was read cannot be observed.
  return typeof entry === 'object' ? 'HOLE_OR_PRESENT' : entry.toUpperCase();
}

/** The tables of a program for the driver of this suite. */
function cZdcTable(steps: readonly ExpectedStep[], scope: Scope, { ops }: Repertoire): string {
  const outcomes: string[] = [];
  const states: string[] = [];
  const accounts: string[] = [];
  const folios: string[] = [];
  const rows: string[] = [];
  const races: CommandOf<'race'>[] = [];
  const places: string[] = [];
  for (const step of steps) {
    const columns = orderColumns(step, 1 + 2 * races.length);
    if (step.command.op === 'race') races.push(step.command);
    rows.push(`{ ${columns}, ${outcomes.length}, ${step.outcomes.length}, ${states.length} }`);
    outcomes.push(
      ...step.outcomes.map((outcome) => outcomeRow(outcome, ops.has('race') ? places : undefined, scope)),
    );
    states.push(
      ...step.states.map(({ entries }) => `{ ${entries?.flat().map(entryName).join(', ') ?? 'UNMAPPED'} }`),
    );
    accounts.push(...step.states.map((state) => accountsRow(state, scope)));
    folios.push(...step.states.map((state) => foliosRow(state, scope)));
  }
  return [
    cArray('static const struct step STEPS[]', rows),
    ...(races.length === 0 ? [] : raceTables(races, places)),
    cArray('static const struct outcome OUTCOMES[]', outcomes),
    cArray('static const unsigned char STATES[][PROCESSES * PAGES]', states),
    cArray('static const struct accounts ACCOUNTS[]', accounts),
    ...(scope.block === undefined ? [] : [cArray('static const struct folios FOLIOS[]', folios)]),
  ].join('\n');
}

function accountsRow({ rss = [], charged = 0, uncharged = 0 }: AllowedState, { block }: Scope): string {
  const columns = [charged, ...(block === undefined ? [] : [uncharged])].join(', ');
  return `{ ${columns}, { ${rss.join(', ') || '0'} } }`;
}

/** The parts of whole entries, and for each name of a frame the first name of its large folio and its position there. */
function foliosRow({ whole = [], folios = [] }: AllowedState, scope: Scope): string {
  const names = Array.from({ length: Math.max(framesIn(scope), 1) }, (_, name) => {
    const folio = folios.find((frames) => frames.some((frame) => frameNumber(frame) === name));
    if (folio === undefined) return '{ -1, 0 }';
    return `{ ${frameNumber(folio[0])}, ${folio.findIndex((frame) => frameNumber(frame) === name)} }`;
  });
  return `{ { ${whole.flat().map(Number).join(', ') || '0'} }, { ${names.join(', ')} } }`;
}

/** The sides of races, and the pages for which they may call page_fault. */
const raceTables = (races: readonly CommandOf<'race'>[], places: readonly string[]): readonly string[] => [
  cArray(
    'static const struct command SIDES[]',
    races.flatMap(({ left, right }) => [commandText(left), commandText(right)]),
  ),
  cArray('static const struct place PLACES[]', places.length === 0 ? [NOWHERE] : places),
];

const NOWHERE = '{ .frame = -1 }';

/** The columns of an outcome for a race; adds its places to their table. */
function raceColumns(
  { result, calls }: ExpectedStep['outcomes'][number],
  places: string[],
  { block }: Scope,
): readonly (string | number)[] {
  const own = (calls?.places ?? []).map(
    ({ process, page, frame, head }) =>
      `{ ${[process, page, frameNumber(frame), ...(block === undefined ? [] : [frameNumber(head)])].join(', ')} }`,
  );
  const first = placesFrom(own, places);
  return [otherName(result), first, own.length, calls?.atMost ?? -1];
}

/** The index of places in their table; adds them at its end if they are not in it. */
function placesFrom(own: readonly string[], places: string[]): number {
  for (let at = 0; at + own.length <= places.length; at++) {
    if (own.every((place, index) => places[at + index] === place)) return at;
  }
  return places.push(...own) - own.length;
}

/** The columns of the large folios of an outcome. */
function folioColumns({
  releasesLarge = [],
  splits = [],
  allocatesLarge = [],
  inRange,
}: ExpectedStep['outcomes'][number]): readonly (string | number)[] {
  const devices = allocatesLarge.reduce((mask, device) => mask | (1 << device), 0);
  const range = inRange === undefined ? 'NO_RANGE' : maskOf(inRange);
  return [maskOf(releasesLarge), splits.length, maskOf(splits), `0x${devices.toString(16)}`, range];
}

/** A mask of the frames that have a name. */
function maskOf(names: readonly (string | null)[]): string {
  const bits = names.reduce((mask, name) => (name === null ? mask : mask | (1 << frameNumber(name))), 0);
  return `0x${bits.toString(16)}`;
}

function outcomeRow(
  outcome: ExpectedStep['outcomes'][number],
  places: string[] | undefined,
  scope: Scope,
): string {
  const { from, to, result, faults, calls, releases = [], allocates = 0, allocatesFrame } = outcome;
  const times = calls?.atLeast ?? faults?.times ?? 0;
  const called = [times, faults?.process ?? 0, faults?.page ?? 0, frameNumber(faults?.frame)];
  const moved = [releases.length, maskOf(releases), allocates, frameNumber(allocatesFrame)];
  const raced = places === undefined ? [] : raceColumns(outcome, places, scope);
  const head = scope.block === undefined ? [] : [frameNumber(faults?.head)];
  const folios = scope.block === undefined ? [] : folioColumns(outcome);
  const columns = [from, to, resultName(result), ...called, ...head, ...moved, ...folios, ...raced];
  return `{ ${columns.join(', ')} }`;
}
