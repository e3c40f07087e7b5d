import { framesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import type { CommandOf } from '../../spec/vocabulary/command.ts';
import { cAnswer, resultName } from './c-answer.ts';
import { cOrders, orderColumns } from './c-order.ts';
import { cOrderWords } from './c-order-words.ts';
import type { Repertoire } from './c-repertoire.ts';
import { C_STEP } from './c-table.ts';
import { RACE_COLUMNS, raceColumns, raceTables } from './c-zdc-race-table.ts';
import type { ExpectedStep } from './expectation.ts';
import type { FrameCounts } from './exported-table.ts';
import { type EntryShown, frameNumber, isFrame } from './allowed-state.ts';

/** Entries that are words, as the program names them; one for each, in order. */
const WORDS = ['unmapped', 'hole', 'present', 'poison', 'exclusive'] as const;

function entryName(entry: EntryShown): string {
  if (isFrame(entry)) return `ON(${frameNumber(entry.frame)}, ${Number(entry.write)})`;
  // Of a file's page nobody can tell whether it was read.
  if (typeof entry === 'object') return 'HOLE_OR_PRESENT';
  return entry.toUpperCase();
}

/** The types and tables of an exported C program for our own driver. */
export function cZdcTable(
  steps: readonly ExpectedStep[],
  scope: Scope,
  counts: FrameCounts,
  repertoire: Repertoire,
): string {
  const { ops, memories } = repertoire;
  const ways: string[] = [];
  const states: string[] = [];
  const accounts: string[] = [];
  const rows: string[] = [];
  const races: CommandOf<'race'>[] = [];
  const places: string[] = [];
  for (const step of steps) {
    const columns = orderColumns(step, scope, races.length);
    if (step.command.op === 'race') races.push(step.command);
    rows.push(`{ ${columns}, ${ways.length}, ${step.outcomes.length}, ${states.length} }`);
    ways.push(...step.outcomes.map((outcome) => outcomeRow(outcome, ops.has('race') ? places : undefined)));
    states.push(
      ...step.states.map(({ entries }) => `{ ${entries?.flat().map(entryName).join(', ') ?? 'UNMAPPED'} }`),
    );
    accounts.push(
      ...step.states.map(({ rss = [], charged = 0 }) => `{ ${charged}, { ${rss.join(', ') || '0'} } }`),
    );
  }
  const words = [
    ...WORDS.map((word) => [word.toUpperCase(), word]),
    ...(memories.has('file') ? [EITHER] : []),
  ];
  return `${cOrders(scope, ops)}${cAnswer(repertoire)}
/* Of all devices, and of each. */
#define FRAMES ${framesIn(scope)}
#define DEVICE_FRAMES ${Math.max(scope.frames, 1)}
/* At the least one, lest an array be empty. */
#define NAMES ${Math.max(framesIn(scope), 1)}
#define MOST_POSSIBLE 512
/* The reference count of a frame by the number of entries that name it, and inside page_free. */
static const int REFERENCES[] = { ${counts.references.join(', ')} };
#define REFERENCES_IN_FREE ${counts.inFree}

/*
 * Entries. ON: a device entry. In the table its frame is a name, which stands for the frame that it is first seen with;
 * in what is seen it is a number.
 */
enum { ${words.map(([name]) => name).join(', ')}, FIRST_ON };
static const char *const ENTRIES[] = { ${words.map(([, word]) => `"${word}"`).join(', ')} };
#define ON(frame, write) (FIRST_ON + 2 * (frame) + (write))
#define FRAME_OF(entry) (((entry) - FIRST_ON) / 2)
#define IS_WRITE(entry) (((entry) - FIRST_ON) % 2)
${C_STEP}${cOrderWords(repertoire)}
static const struct step STEPS[] = {
${rows.map((row) => `\t${row},`).join('\n')}
};
${races.length === 0 ? '' : raceTables(races, places, scope)}
/* From one of the states before a step to one of the states after it. Names are numbers, -1 where there is none. */
static const struct way {
	int from;
	int to;
	int result;
	/* How often page_fault is called, for which process and page and the frame of which name. */
	int faults;
	int process;
	int page;
	int frame;
	/* How many frames lose their object, and bits for those of them that have a name. */
	int leaving;
	unsigned leaves;
	/* How many objects are put on frames, and the name of its frame where it is one. */
	int takes;
	int takes_frame;
${races.length === 0 ? '' : RACE_COLUMNS}\
} WAYS[] = {
${ways.map((outcome) => `\t${outcome},`).join('\n')}
};

static const unsigned char STATES[][PROCESSES * PAGES] = {
${states.map((state) => `\t${state},`).join('\n')}
};

/* How many pages are charged in each of these states, and how many each process has. */
static const struct {
	unsigned charged;
	int resident[PROCESSES];
} ACCOUNTS[] = {
${accounts.map((account) => `\t${account},`).join('\n')}
};

/* What was seen last: the callbacks, every entry, the counts of every frame. */
static struct zdc_event events[ZDC_EVENTS];
static unsigned event_count;
static int entries[PROCESSES * PAGES];
static struct zdc_look counted;
`;
}

const EITHER = ['HOLE_OR_PRESENT', 'hole or present'];

function outcomeRow(outcome: ExpectedStep['outcomes'][number], places: string[] | undefined): string {
  const { from, to, result, faults, calls, releases = [], allocates = 0, allocatesFrame } = outcome;
  const times = calls?.atLeast ?? faults?.times ?? 0;
  const called = [times, faults?.process ?? 0, faults?.page ?? 0, frameNumber(faults?.frame)];
  const bits = releases.reduce((mask, name) => (name === null ? mask : mask | (1 << frameNumber(name))), 0);
  const moved = [releases.length, `0x${bits.toString(16)}`, allocates, frameNumber(allocatesFrame)];
  const raced = places === undefined ? [] : raceColumns(outcome, places);
  return `{ ${[from, to, resultName(result), ...called, ...moved, ...raced].join(', ')} }`;
}
