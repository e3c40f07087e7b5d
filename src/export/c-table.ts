import { match, P } from 'ts-pattern';
import type { Command, Protection } from '../../spec/vocabulary/command.ts';
import { isVector, type Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { commandInWords } from '../report/command-text.ts';
import { cString } from './c-text.ts';
import type { ExpectedStep } from './expectation.ts';
import { type EntryShown, isFrame } from './state-shown.ts';

/** Answers that are words, as the program names and prints them: the first is -1. Some it can see and never allows. */
const WORDS = [
  ['OK', 'ok'],
  ['TORN', 'torn'],
  ['STALE', 'stale'],
  ['SEGMENT_VIOLATION', 'SIGSEGV'],
  ['BUS_ERROR', 'SIGBUS'],
  ['FAULT_ERROR', 'EFAULT'],
  ['PERMISSION_ERROR', 'EPERM'],
  ['MEMORY_ERROR', 'ENOMEM'],
  ['DEVICE_ERROR', 'ENODEV'],
  ['OTHER_ERROR', 'another error'],
] as const;

/** Entries, as the program names and prints them. */
const ENTRIES = [
  ['UNMAPPED', 'unmapped'],
  ['HOLE', 'hole'],
  ['PRESENT', 'present'],
  ['DEVICE_READ', 'READ'],
  ['DEVICE_WRITE', 'WRITE'],
  ['NOT_SEEN', '?'],
] as const;

const PROTECTIONS = {
  none: 'PROT_NONE',
  read: 'PROT_READ',
  write: 'PROT_READ | PROT_WRITE',
} as const satisfies Record<Protection, string>;

/** Where a command acts, and what else it says. Those that the program cannot do never come here. */
const argumentsOf = (command: Command): readonly [process: number, page: number, argument: string] =>
  match(command)
    .with({ op: P.union('map', 'protect') }, ({ process, page, protection }) => {
      return [process, page, PROTECTIONS[protection]] as const;
    })
    .with({ op: P.union('store', 'device-store') }, ({ process, page, value }) => {
      return [process, page, String(value)] as const;
    })
    .with({ op: P.union('migrate-to-device', 'migrate-to-system') }, ({ process, page, count }) => {
      return [process, page, String(count)] as const;
    })
    .with({ op: P.union('unmap', 'discard', 'load', 'device-load') }, ({ process, page }) => {
      return [process, page, '0'] as const;
    })
    .with({ op: 'fork' }, ({ process, child }) => [process, 0, String(child)] as const)
    .with({ op: P.union('spawn', 'exit') }, ({ process }) => [process, 0, '0'] as const)
    .otherwise(() => [0, 0, '0'] as const);

const opName = ({ op }: Command): string =>
  `OP_${op
    .replace(/^migrate-/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;

function resultName(result: Result): string {
  if (typeof result === 'number') return String(result);
  if (isVector(result)) {
    const bits = result.reduce((mask, outcome, index) => mask | (outcome === 'moved' ? 1 << index : 0), 0);
    return `VECTOR(${bits})`;
  }
  // What the model allows and the program cannot see as such, it never sees.
  return WORDS.find(([, word]) => word === result)?.[0] ?? 'OTHER_ERROR';
}

const entryName = (entry: EntryShown): string => {
  if (isFrame(entry)) return entry.write ? 'DEVICE_WRITE' : 'DEVICE_READ';
  return ENTRIES.find(([, word]) => word === entry)?.[0] ?? 'NOT_SEEN';
};

/** The types and tables of an exported C program. */
export function cTable(steps: readonly ExpectedStep[], { processes, pages }: Scope): string {
  const ways: string[] = [];
  const states: string[] = [];
  const rows: string[] = [];
  for (const { command, due, ways: allowed, states: after } of steps) {
    // Without names of frames, many ways are one.
    const own = new Set(allowed.map((way) => `{ ${way.from}, ${way.to}, ${resultName(way.result)} }`));
    const [process, page, argument] = argumentsOf(command);
    const place = `${process}, ${page}, ${argument}, ${Number(due)}, ${ways.length}, ${own.size}, ${states.length}`;
    rows.push(`{ ${cString(commandInWords(command))}, ${opName(command)}, ${place} }`);
    ways.push(...own);
    states.push(
      ...after.map(({ entries }) => `{ ${entries?.flat().map(entryName).join(', ') ?? 'NOT_SEEN'} }`),
    );
  }
  const most = Math.max(...steps.map(({ states: after }) => after.length), 1);
  return `
#define PROCESSES ${processes}
#define PAGES ${pages}
#define MOST_STATES ${most}
#define LARGEST_VALUE 32767
/* In milliseconds: how long a process may be silent, and how often it is looked at meanwhile. */
#define PATIENCE 10000
#define TICK 20

enum op {
	OP_SPAWN, OP_FORK, OP_EXIT, OP_MAP, OP_UNMAP, OP_DISCARD, OP_PROTECT, OP_LOAD, OP_STORE, OP_TO_DEVICE,
	OP_TO_SYSTEM, OP_DEVICE_LOAD, OP_DEVICE_STORE, OP_INSPECT, OP_LOOK,
};

/* Answers: a value; one of these; or for each page of a range a bit that says whether it moved. */
enum {
${WORDS.map(([name], index) => `\t${name} = ${-1 - index},`).join('\n')}
};
#define VECTOR(bits) (-1000 - (bits))
static const char *const RESULTS[] = {
${WORDS.map(([, word]) => `\t${cString(word)},`).join('\n')}
};

enum { ${ENTRIES.map(([name]) => name).join(', ')} };
static const char *const ENTRIES[] = { ${ENTRIES.map(([, word]) => cString(word)).join(', ')} };

struct order {
	enum op op;
	int page;
	int argument;
};

struct answer {
	int result;
	/* Pages of a vector of which it could not be seen whether they moved. */
	unsigned unseen;
};

struct step {
	const char *text;
	enum op op;
	int process;
	int page;
	int argument;
	/* Whether every entry is looked at afterwards. */
	int looks;
	/* Its ways in WAYS, and the first of its states in STATES. */
	int first;
	int count;
	int states;
};

static const struct step STEPS[] = {
${rows.map((row) => `\t${row},`).join('\n')}
};

/* From one of the states before a step to one of the states after it, with this answer. */
static const struct {
	int from;
	int to;
	int result;
} WAYS[] = {
${ways.map((way) => `\t${way},`).join('\n')}
};

static const unsigned char STATES[][PROCESSES * PAGES] = {
${states.map((state) => `\t${state},`).join('\n')}
};
`;
}
