import type { CommandOf } from '../../spec/vocabulary/command.ts';
import { fileValue, framesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { type EntryShown, frameNumber, isFrame } from './allowed-state.ts';
import { otherName, resultName } from './c-answer.ts';
import { cSizes, orderColumns, orderText, type Repertoire } from './c-order.ts';
import { cArray } from './c-program.ts';
import type { ExpectedStep } from './expectation.ts';
import type { FrameCounts } from './exported-table.ts';

/** The numbers of a case. */
export const cZdcSizes = (scope: Scope, counts: FrameCounts, { ops, memories }: Repertoire): string => `\
${cSizes(scope, ops)}
/* The frames of all devices, and of each. */
#define FRAMES ${framesIn(scope)}
#define DEVICE_FRAMES ${Math.max(scope.frames, 1)}
/* At least one, since no array may be empty. */
#define NAMES ${Math.max(framesIn(scope), 1)}
/* The reference count of a frame by the number of entries that name it, and inside page_free. */
static const int REFERENCES[] = { ${counts.references.join(', ')} };
#define REFERENCES_IN_FREE ${counts.inFree}
${memories.has('file') ? `#define FIRST_FILE_VALUE ${fileValue(0)}\n` : ''}`;

function entryName(entry: EntryShown): string {
  if (isFrame(entry)) return `ON(${frameNumber(entry.frame)}, ${Number(entry.write)})`;
  // Whether a page of a file was read cannot be observed.
  return typeof entry === 'object' ? 'HOLE_OR_PRESENT' : entry.toUpperCase();
}

/** The tables of a program for the driver of this suite. */
export function cZdcTable(steps: readonly ExpectedStep[], scope: Scope, { ops }: Repertoire): string {
  const outcomes: string[] = [];
  const states: string[] = [];
  const accounts: string[] = [];
  const rows: string[] = [];
  const races: CommandOf<'race'>[] = [];
  const places: string[] = [];
  for (const step of steps) {
    const columns = orderColumns(step, scope, races.length);
    if (step.command.op === 'race') races.push(step.command);
    rows.push(`{ ${columns}, ${outcomes.length}, ${step.outcomes.length}, ${states.length} }`);
    outcomes.push(
      ...step.outcomes.map((outcome) => outcomeRow(outcome, ops.has('race') ? places : undefined)),
    );
    states.push(
      ...step.states.map(({ entries }) => `{ ${entries?.flat().map(entryName).join(', ') ?? 'UNMAPPED'} }`),
    );
    accounts.push(
      ...step.states.map(({ rss = [], charged = 0 }) => `{ ${charged}, { ${rss.join(', ') || '0'} } }`),
    );
  }
  return [
    cArray('static const struct step STEPS[]', rows),
    ...(races.length === 0 ? [] : raceTables(races, places, scope)),
    cArray('static const struct outcome OUTCOMES[]', outcomes),
    cArray('static const unsigned char STATES[][PROCESSES * PAGES]', states),
    cArray('static const struct accounts ACCOUNTS[]', accounts),
  ].join('\n');
}

/** The orders of races, and the pages for which they may call page_fault. */
const raceTables = (
  races: readonly CommandOf<'race'>[],
  places: readonly string[],
  scope: Scope,
): readonly string[] => [
  cArray(
    'static const struct race RACES[]',
    races.map((race) => raceRow(race, scope)),
  ),
  cArray('static const struct place PLACES[]', places.length === 0 ? [NOWHERE] : places),
];

const NOWHERE = '{ -1, -1, -1 }';

function raceRow({ left, right }: CommandOf<'race'>, scope: Scope): string {
  const [one, other] = [orderText(left, scope), orderText(right, scope)];
  return `{ { ${one.process}, ${other.process} }, { ${one.order}, ${other.order} } }`;
}

/** The columns of an outcome for a race; adds its places to their table. */
function raceColumns(
  { result, calls }: ExpectedStep['outcomes'][number],
  places: string[],
): readonly (string | number)[] {
  const own = (calls?.places ?? []).map(
    ({ process, page, frame }) => `{ ${process}, ${page}, ${frameNumber(frame)} }`,
  );
  const first = placesFrom(own, places);
  return [otherName(result), first, own.length];
}

/** The index of places in their table; adds them at its end if they are not in it. */
function placesFrom(own: readonly string[], places: string[]): number {
  for (let at = 0; at + own.length <= places.length; at++) {
    if (own.every((place, index) => places[at + index] === place)) return at;
  }
  return places.push(...own) - own.length;
}

function outcomeRow(outcome: ExpectedStep['outcomes'][number], places: string[] | undefined): string {
  const { from, to, result, faults, calls, releases = [], allocates = 0, allocatesFrame } = outcome;
  const times = calls?.atLeast ?? faults?.times ?? 0;
  const called = [times, faults?.process ?? 0, faults?.page ?? 0, frameNumber(faults?.frame)];
  const bits = releases.reduce((mask, name) => (name === null ? mask : mask | (1 << frameNumber(name))), 0);
  const moved = [releases.length, `0x${bits.toString(16)}`, allocates, frameNumber(allocatesFrame)];
  const raced = places === undefined ? [] : raceColumns(outcome, places);
  return `{ ${[from, to, resultName(result), ...called, ...moved, ...raced].join(', ')} }`;
}
