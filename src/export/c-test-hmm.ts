import type { WireEntry, WireObservation } from '../../spec/protocol/wire.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Op } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { inexpressible, isShown } from './c-expressible.ts';
import {
  cArray,
  cProgram,
  firstRefused,
  cSizes,
  labelsOf,
  macrosOf,
  orderColumns,
  resultName,
} from './c-program.ts';
import type { Amalgamation } from './c-sources.ts';
import { expectationOf, type ExpectedStep, type EntryShown, isFrame } from './expectation.ts';
import { isSubjectOfShould, type Subject } from './subject.ts';

/** The capabilities of a kernel with its HMM test device. */
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

/** The allowed outcomes of a case on the test device, or the reason why no program can be written. */
export function kernelSteps(subject: Subject): readonly ExpectedStep[] | string {
  const { case: testCase, file } = subject;
  const refused = firstRefused(subject, DEVICE, inexpressible);
  if (refused !== undefined) return refused;
  if (file !== undefined && !isShown(file.clause)) {
    return `it breaks in its ${file.clause}, which ${DEVICE} does not show`;
  }
  const { processes, pages } = testCase.scope;
  // The test device has enough frames for all pages.
  const scope = { ...ofBasePages(testCase.scope), frames: processes * pages + 1 };
  const expectation = expectationOf({ ...testCase, scope }, KERNEL, isSubjectOfShould(subject));
  if (expectation.kind === 'too-many')
    return `too much is allowed at step ${expectation.step} to write it down`;
  if (file?.observations !== undefined && !seesTheBug(expectation.steps, file.observations)) {
    return `what was observed would be allowed on ${DEVICE}, which has more frames and does not name them`;
  }
  return expectation.steps;
}

/** The world of a case without large folios: with blocks or without, its pages are base pages. */
const ofBasePages = ({ processes, pages, frames, slots, devices }: Scope): Scope => ({
  processes,
  pages,
  frames,
  slots,
  ...(devices !== undefined && { devices }),
});

const HEAD = [
  "A program against the kernel's HMM test device (modprobe test_hmm), in one file:",
  '',
  '    gcc -Wall -Wextra -O2 -o conformance THIS_FILE && ./conformance',
  '',
  'It prints TAP. The exit code is 0 if everything observed is allowed, 1 if not, 77 if there is no test device.',
  'With -DZDC_SIMULATE it is linked with a simulation of the device: the functions declared below.',
];

/** The commands that a program executes with the test device. */
const KNOWN: ReadonlySet<Op> = new Set<Op>([
  'map',
  'unmap',
  'discard',
  'protect',
  'load',
  'store',
  'migrate-to-device',
  'migrate-to-system',
  'device-load',
  'device-store',
]);

/** With the test device, the entry of a page is the result of this command, which no case for it contains. */
const LOOK: Op = 'page-map';

/** The sources of a program for the kernel's HMM test device. */
export const testHmmSources = (
  { case: { scope } }: Subject,
  steps: readonly ExpectedStep[],
): Amalgamation => ({
  root: 'test-hmm/program.c',
  has: new Set([...macrosOf({ ops: KNOWN, memories: new Set() }), 'HAS_TEST_DEVICE']),
  labels: labelsOf({ ops: new Set([...KNOWN, LOOK]), memories: new Set() }),
  generated: {
    'sizes.h': cSizes(scope),
    'table.h': table(steps),
  },
});

/** A stand-alone program for the kernel's HMM test device. */
export const testHmmExport = (subject: Subject, steps: readonly ExpectedStep[]): string =>
  cProgram(subject, HEAD, testHmmSources(subject, steps));

/** Entries, as c/test-hmm/types.h names them. */
const ENTRIES: { readonly [word: string]: string } = {
  unmapped: 'UNMAPPED',
  hole: 'HOLE',
  present: 'PRESENT',
};

const entryName = (entry: EntryShown): string => {
  if (isFrame(entry)) return entry.write ? 'DEVICE_WRITE' : 'DEVICE_READ';
  return (typeof entry === 'string' ? ENTRIES[entry] : undefined) ?? 'NOT_SEEN';
};

function table(steps: readonly ExpectedStep[]): string {
  const outcomes: string[] = [];
  const states: string[] = [];
  const rows: string[] = [];
  for (const step of steps) {
    // Without names of frames, several outcomes may be the same.
    const own = new Set(
      step.outcomes.map(({ from, to, result }) => `{ ${from}, ${to}, ${resultName(result)} }`),
    );
    rows.push(`{ ${orderColumns(step)}, ${outcomes.length}, ${own.size}, ${states.length} }`);
    outcomes.push(...own);
    states.push(
      ...step.states.map(({ entries }) => `{ ${entries?.flat().map(entryName).join(', ') ?? 'NOT_SEEN'} }`),
    );
  }
  return [
    `#define MOST_STATES ${Math.max(...steps.map(({ states: after }) => after.length), 1)}\n`,
    cArray('static const struct step STEPS[]', rows),
    cArray('static const struct outcome OUTCOMES[]', outcomes),
    cArray('static const unsigned char STATES[][PROCESSES * PAGES]', states),
  ].join('\n');
}

/** An entry as a C program observes it: on the device or not, without the frame. */
const seen = (entry: WireEntry | undefined): string =>
  typeof entry === 'object' ? (entry.write ? 'WRITE' : 'READ') : (entry ?? 'unmapped');

const fits = (wanted: EntryShown, entry: WireEntry | undefined): boolean =>
  isFrame(wanted)
    ? seen({ frame: 0, write: wanted.write }) === seen(entry)
    : [wanted].flat().some((word) => word === seen(entry));

/**
 * Whether a C program would reject what was recorded. It observes neither callbacks nor counts nor numbers of frames,
 * and the test device has more frames than a case: without this check, it could pass without testing anything.
 */
function seesTheBug(steps: readonly ExpectedStep[], recorded: readonly (WireObservation | null)[]): boolean {
  let possible: ReadonlySet<number> = new Set([0]);
  for (const { step, outcomes, states, snapshot } of steps) {
    const observation = recorded[step - 1];
    const rows = observation?.state?.entries;
    const looked = snapshot && rows !== undefined;
    const following = outcomes.filter(({ from, to, result }) => {
      if (!possible.has(from) || JSON.stringify(result) !== JSON.stringify(observation?.result)) return false;
      const entries = looked ? (states[to]?.entries ?? []) : [];
      return entries.every((row, process) =>
        row.every((entry, page) => fits(entry, rows?.[process]?.[page])),
      );
    });
    if (following.length === 0) return true;
    possible = new Set(following.map(({ to }) => to));
  }
  return false;
}
