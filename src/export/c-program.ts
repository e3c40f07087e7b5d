import { Admission } from '../../spec/vocabulary/admission.ts';
import type { ArgumentKind, ArgumentValue } from '../../spec/vocabulary/arguments.ts';
import {
  type Command,
  Advice,
  MappingKind,
  type Op,
  Protection,
  Watch,
} from '../../spec/vocabulary/command.ts';
import { argumentKindsOf, type ArgumentValues } from '../../spec/vocabulary/names.ts';
import { opsOf } from '../../spec/vocabulary/parts.ts';
import { isBoth, isVector, type PageOutcome, type Result } from '../../spec/vocabulary/result.ts';
import { blockIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { commandInWords } from '../report/steps-text.ts';
import { wrap } from '../report/text-layout.ts';
import { amalgamated, type Amalgamation } from './c-sources.ts';
import type { ExpectedStep } from './expectation.ts';
import { type Subject, remarks } from './subject.ts';

/** The first command of a case that a device cannot execute, with the reason; undefined if it can execute all. */
export function firstRefused(
  { case: { scope, profile, commands }, capabilities }: Subject,
  device: string,
  inexpressible: (command: Command) => string | undefined,
): string | undefined {
  const admission = new Admission(scope, profile, capabilities);
  for (const [index, command] of commands.entries()) {
    const why = admission.admit(command) === undefined ? inexpressible(command) : undefined;
    if (why !== undefined) return `step ${index + 1} (${command.op}) cannot be done with ${device}: ${why}`;
  }
  return undefined;
}

/** An array of a program, one row a line. */
export const cArray = (declaration: string, rows: readonly string[]): string =>
  `${declaration} = {\n${rows.map((row) => `\t${row},\n`).join('')}};\n`;

/** A stand-alone program under a comment. */
export const cProgram = (subject: Subject, head: readonly string[], sources: Amalgamation): string =>
  `${cComment([...remarks(subject), '', ...head])}\n\n${amalgamated(sources)}\n`;

/** A string of C: printable ASCII as it is, all else byte by byte; `?` too, because of trigraphs. */
const cString = (text: string): string => `"${[...Buffer.from(text, 'utf8')].map(byteInString).join('')}"`;

const byteInString = (byte: number): string => {
  const character = String.fromCharCode(byte);
  return /[ !#->@-[\]-~]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
};

/** Lines as one comment of C that nothing in them ends. They contain no control characters. */
const cComment = (lines: readonly string[]): string =>
  `/*\n${lines.map((line) => ` * ${inComment(line)}`.trimEnd()).join('\n')}\n */`;

/** Neither ends the comment nor begins another one, and has no trigraph, which may join two lines. */
const inComment = (line: string): string =>
  line.replaceAll('*/', '* /').replaceAll('/*', '/ *').replaceAll('??', '? ?');

/** Arguments of orders as C or the program names them. */
const PROTECTIONS = {
  none: 'PROT_NONE',
  read: 'PROT_READ',
  write: 'PROT_READ | PROT_WRITE',
} as const satisfies Record<Protection, string>;

const ADVICES = {
  free: 'MADV_FREE',
  cold: 'MADV_COLD',
  'page-out': 'MADV_PAGEOUT',
  'move-node': 'MOVE_NEARER',
} as const satisfies Record<Advice, string>;

const WATCHES = {
  none: 'WATCH_NONE',
  missing: 'WATCH_MISSING',
  'write-protect': 'WATCH_STORES',
} as const satisfies Record<Watch, string>;

const MEMORIES = {
  private: 'PRIVATE_MEMORY',
  host: 'HOST_MEMORY',
  shared: 'SHARED_MEMORY',
  file: 'FILE_MEMORY',
} as const satisfies Record<MappingKind, string>;

/** The columns of an order. The process is -1 for the driver of the program itself. */
interface Order {
  readonly process: number;
  readonly page: number;
  readonly argument: string;
  readonly more: number | string;
  /** Only in worlds with blocks. */
  readonly whole: number;
}

const DEFAULTS: Order = { process: -1, page: 0, argument: '0', more: 0, whole: 0 };

const numberOf = (value: ArgumentValue): number => (typeof value === 'number' ? value : 0);
const asArgument = (value: ArgumentValue): Partial<Order> => ({ argument: String(value) });

/** The column in which an argument of each kind stands. */
const COLUMNS: {
  readonly [K in ArgumentKind]: (value: ArgumentValue, scope: Scope, command: Command) => Partial<Order>;
} = {
  process: (value) => ({ process: numberOf(value) }),
  child: asArgument,
  page: (value) => ({ page: numberOf(value) }),
  'target-page': asArgument,
  count: asArgument,
  value: asArgument,
  slot: asArgument,
  // Beside other arguments the device is the last.
  device: (value, _, command) =>
    'page' in command ? { more: numberOf(value) } : { argument: String(numberOf(value)) },
  group: asArgument,
  'mapping-kind': (value) => ({ more: value === 'private' ? 0 : MEMORIES[MappingKind.parse(value)] }),
  'new-protection': (value) => ({ argument: PROTECTIONS[Protection.parse(value)] }),
  protection: (value) => ({ argument: PROTECTIONS[Protection.parse(value)] }),
  'injection-kind': (value) => ({ argument: `ZDC_${String(value).replaceAll('-', '_').toUpperCase()}` }),
  victim: (value, { pages }) => ({
    page: typeof value === 'object' ? value.process * pages + value.page : -1,
  }),
  remaining: (value) => ({ more: value === 'until-healed' ? -1 : numberOf(value) }),
  'swap-areas': asArgument,
  keep: (value) => ({ more: Number(value) }),
  advice: (value) => ({ argument: ADVICES[Advice.parse(value)] }),
  watch: (value) => ({ argument: WATCHES[Watch.parse(value)] }),
  // No program executes a command with one of these: see c-expressible.ts.
  inheritance: () => ({}),
  'pin-access': () => ({}),
  limit: () => ({}),
  whole: (value) => ({ whole: Number(value === true) }),
  compound: (value) => ({ whole: Number(value === true) }),
  frame: (value) => ({ page: numberOf(value) }),
  'frame-count': asArgument,
};

function orderOf(command: Command, scope: Scope, race: number): Order {
  if (command.op === 'race') return { ...DEFAULTS, page: race };
  if (command.op === 'inspect') return { ...DEFAULTS, process: 0 };
  const values: ArgumentValues = command;
  const order = { ...DEFAULTS };
  for (const [argument, kind] of argumentKindsOf(command.op)) {
    Object.assign(order, COLUMNS[kind](values[argument], scope, command));
  }
  return order;
}

const opName = (op: Op): string =>
  `OP_${op
    .replace(/^migrate-/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;

/** The first columns of a step: its text, its process, its order, and whether a snapshot is taken afterwards. */
export function orderColumns({ command, snapshot }: ExpectedStep, scope: Scope, race = 0): string {
  const { process, order } = orderText(command, scope, race);
  return `${cString(commandInWords(command))}, ${process}, ${order}, ${Number(snapshot)}`;
}

/** The process that executes a command, and its order; a race has a number, by which the program finds its orders. */
export function orderText(
  command: Command,
  scope: Scope,
  race = 0,
): { readonly process: number; readonly order: string } {
  const { process, page, argument, more, whole } = orderOf(command, scope, race);
  const columns = [opName(command.op), page, argument, more, ...(scope.block === undefined ? [] : [whole])];
  return { process, order: `{ ${columns.join(', ')} }` };
}

/** The commands and kinds of memory that occur in a case, including those in races. */
export interface Repertoire {
  readonly ops: ReadonlySet<Op>;
  readonly memories: ReadonlySet<MappingKind>;
}

export function repertoireOf(steps: readonly ExpectedStep[]): Repertoire {
  const commands = steps.map(({ command }) => command);
  return {
    ops: new Set(commands.flatMap(opsOf)),
    memories: new Set(commands.flatMap((command) => (command.op === 'map' ? [command.kind] : []))),
  };
}

/** The HAS_ macros of a program that executes these commands. */
export const macrosOf = ({ ops, memories }: Repertoire): readonly string[] => [
  ...[...ops].map((op) => opName(op).replace('OP_', 'HAS_')),
  ...[...memories].map((kind) => `HAS_${kind.toUpperCase()}_MEMORY`),
  ...([...memories].some((kind) => kind !== 'private') ? ['HAS_COMMON_MEMORY'] : []),
];

/** The base pages of a large folio of Linux. */
const BASE_PAGES = 512;

/** Operations of every program: its processes begin and end. */
const ALWAYS: readonly Op[] = ['spawn', 'fork', 'exit', 'inspect'];

/** The numbers of processes and pages, and the operations; `more` are operations that are no commands. */
export const cSizes = (scope: Scope, ops: Iterable<Op>, more: readonly string[] = []): string => `
#define PROCESSES ${scope.processes}
#define PAGES ${scope.pages}
/* The pages of a large folio, and the base pages of a page. */
#define BLOCK ${blockIn(scope)}
#define RUN ${scope.block === undefined ? 1 : BASE_PAGES / scope.block}

enum op {
\t${wrap([...new Set([...ALWAYS, ...ops])].map(opName).concat(more).join(', '), '\t').join('\n')},
};
`;

/** Results that are words, as c/answer.c names them. The program can observe others, which are never allowed. */
const NAMES: { readonly [word: string]: string } = {
  ok: 'OK',
  torn: 'TORN',
  stale: 'STALE',
  SIGSEGV: 'SEGMENT_VIOLATION',
  SIGBUS: 'BUS_ERROR',
  EFAULT: 'FAULT_ERROR',
  EPERM: 'PERMISSION_ERROR',
  ENOMEM: 'MEMORY_ERROR',
  ENODEV: 'DEVICE_ERROR',
  EBUSY: 'BUSY_ERROR',
  EINVAL: 'ARGUMENT_ERROR',
  EEXIST: 'EXISTS_ERROR',
  trapped: 'TRAPPED',
  clean: 'IS_CLEAN',
  dirty: 'IS_DIRTY',
  absent: 'IS_ABSENT',
  present: 'IS_PRESENT',
  special: 'IS_SPECIAL',
  'special-sole': 'IS_SPECIAL_SOLE',
};

/** The bit of a page in the result of a migration: it moved, as a base page or with its large folio. */
function bitOf(outcome: PageOutcome, index: number): number {
  if (outcome === 'skipped') return 0;
  return 1 << (outcome === 'moved' ? index : 16 + index);
}

/** A result as a C program writes it; for a race, that of the left side. */
export function resultName(result: Result): string {
  if (isBoth(result)) return resultName(result.left);
  if (typeof result === 'number') return String(result);
  if (isVector(result)) {
    const bits = result.map((outcome, index) => bitOf(outcome, index));
    return `VECTOR(${bits.reduce((mask, bit) => mask | bit, 0)})`;
  }
  // The program never observes other results as such.
  return NAMES[result] ?? 'OTHER_ERROR';
}

/** The result of the right side of a race, as a C program writes it; 0 for other commands. */
export const otherName = (result: Result): string => (isBoth(result) ? resultName(result.right) : '0');
