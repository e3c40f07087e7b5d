import type { Op } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { cAnswer, resultName } from './c-answer.ts';
import { cOrders, orderColumns } from './c-order.ts';
import { cString } from './c-text.ts';
import type { ExpectedStep } from './expectation.ts';
import { type EntryShown, isFrame } from './allowed-state.ts';

/** Entries, as the program names and prints them. */
const ENTRIES = [
  ['UNMAPPED', 'unmapped'],
  ['HOLE', 'hole'],
  ['PRESENT', 'present'],
  ['DEVICE_READ', 'READ'],
  ['DEVICE_WRITE', 'WRITE'],
  ['NOT_SEEN', '?'],
] as const;

/** What a program against the test device can be ordered to do. */
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

const entryName = (entry: EntryShown): string => {
  if (isFrame(entry)) return entry.write ? 'DEVICE_WRITE' : 'DEVICE_READ';
  return ENTRIES.find(([, word]) => word === entry)?.[0] ?? 'NOT_SEEN';
};

/** The types and tables of an exported C program against the kernel's test device. */
export function cTable(steps: readonly ExpectedStep[], scope: Scope): string {
  const ways: string[] = [];
  const states: string[] = [];
  const rows: string[] = [];
  for (const step of steps) {
    // Without names of frames, many ways are one.
    const own = new Set(
      step.outcomes.map((outcome) => `{ ${outcome.from}, ${outcome.to}, ${resultName(outcome.result)} }`),
    );
    rows.push(`{ ${orderColumns(step, scope)}, ${ways.length}, ${own.size}, ${states.length} }`);
    ways.push(...own);
    states.push(
      ...step.states.map(({ entries }) => `{ ${entries?.flat().map(entryName).join(', ') ?? 'NOT_SEEN'} }`),
    );
  }
  const most = Math.max(...steps.map(({ states: after }) => after.length), 1);
  return `${cOrders(scope, KNOWN, ['OP_LOOK'])}${cAnswer({ ops: KNOWN })}
#define MOST_STATES ${most}

enum { ${ENTRIES.map(([name]) => name).join(', ')} };
static const char *const ENTRIES[] = { ${ENTRIES.map(([, word]) => cString(word)).join(', ')} };
${C_STEP}
static const struct step STEPS[] = {
${rows.map((row) => `\t${row},`).join('\n')}
};

/* From one of the states before a step to one of the states after it, with this answer. */
static const struct {
	int from;
	int to;
	int result;
} WAYS[] = {
${ways.map((outcome) => `\t${outcome},`).join('\n')}
};

static const unsigned char STATES[][PROCESSES * PAGES] = {
${states.map((state) => `\t${state},`).join('\n')}
};
`;
}

/** A row of the table. */
export const C_STEP = `
struct step {
	const char *text;
	/* Who carries it out; -1 where it is nobody's own. */
	int process;
	struct order order;
	/* Whether everything is looked at afterwards. */
	int looks;
	/* Its ways in WAYS, and the first of its states in STATES. */
	int first;
	int count;
	int states;
};
`;
