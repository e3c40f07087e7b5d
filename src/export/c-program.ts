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
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { commandInWords } from '../report/steps-text.ts';
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

/** The license of the sources, among which are files of the agent for Linux. */
const LICENSE = 'SPDX-License-Identifier: GPL-2.0 OR MIT';

/** A stand-alone program under a comment. */
export const cProgram = (subject: Subject, head: readonly string[], sources: Amalgamation): string =>
  `${cComment([LICENSE, '', ...remarks(subject), '', ...head])}\n\n${amalgamated(sources)}\n`;

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

/** Arguments of commands as C or the program names them. */
const PROTECTIONS = {
  none: 'PROT_NONE',
  read: 'PROT_READ',
  write: 'PROT_READ | PROT_WRITE',
} as const satisfies Record<Protection, string>;

const ADVICES = {
  free: 'ADVICE_FREE',
  cold: 'ADVICE_COLD',
  'page-out': 'ADVICE_PAGE_OUT',
  'move-node': 'ADVICE_MOVE_NODE',
} as const satisfies Record<Advice, string>;

const WATCHES = {
  none: 'WATCH_NONE',
  missing: 'WATCH_MISSING',
  'write-protect': 'WATCH_STORES',
} as const satisfies Record<Watch, string>;

const memoryName = (kind: MappingKind): string => `MEMORY_${kind.toUpperCase()}`;

/** The fields of the agent's `struct command`, by their names. */
type Fields = Readonly<Record<string, number | string>>;

const numberOf = (value: ArgumentValue): number => (typeof value === 'number' ? value : 0);
/** A field that is not written if it is 0. */
const unlessZero = (field: string, value: number): Fields => (value === 0 ? {} : { [field]: value });

/** The fields that hold an argument of each kind. */
const FIELDS: { readonly [K in ArgumentKind]: (value: ArgumentValue) => Fields } = {
  process: (process) => ({ process: numberOf(process) }),
  child: (child) => ({ child: numberOf(child) }),
  page: (page) => ({ page: numberOf(page) }),
  'target-page': (to) => ({ to: numberOf(to) }),
  count: (count) => ({ count: numberOf(count) }),
  value: (value) => ({ value: numberOf(value) }),
  slot: (slot) => ({ slot: numberOf(slot) }),
  device: (device) => unlessZero('device', numberOf(device)),
  group: (group) => ({ group: numberOf(group) }),
  'mapping-kind': (kind) => ({ memory: memoryName(MappingKind.parse(kind)) }),
  'new-protection': (protection) => ({ protection: PROTECTIONS[Protection.parse(protection)] }),
  protection: (protection) => ({ protection: PROTECTIONS[Protection.parse(protection)] }),
  'injection-kind': (kind) => ({ kind: `ZDC_${String(kind).replaceAll('-', '_').toUpperCase()}` }),
  victim: (victim) =>
    typeof victim === 'object' ? { process: victim.process, page: victim.page } : { process: -1 },
  remaining: (remaining) => ({ remaining: remaining === 'until-healed' ? -1 : numberOf(remaining) }),
  'swap-areas': (areas) => ({ count: numberOf(areas) }),
  keep: (keep) => unlessZero('keep', Number(keep)),
  advice: (advice) => ({ advice: ADVICES[Advice.parse(advice)] }),
  watch: (watch) => ({ watch: WATCHES[Watch.parse(watch)] }),
  // No program executes a command with one of these: see c-expressible.ts.
  inheritance: () => ({}),
  'pin-access': () => ({}),
  limit: () => ({}),
  whole: (whole) => unlessZero('whole', Number(whole === true)),
  compound: (compound) => unlessZero('compound', Number(compound === true)),
  frame: (frame) => ({ page: numberOf(frame) }),
  'frame-count': (count) => ({ count: numberOf(count) }),
};

function fieldsOf(command: Command, sides: number): Fields {
  if (command.op === 'race') return { process: -1, sides };
  const values: ArgumentValues = command;
  // A command that belongs to no process has none as the agent reads it.
  const fields = { process: -1 };
  for (const [argument, kind] of argumentKindsOf(command.op)) {
    Object.assign(fields, FIELDS[kind](values[argument]));
  }
  return fields;
}

const opName = (op: Op): string =>
  `OP_${op
    .replace(/^migrate-/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;

/** The first columns of a step: its text, its command, and whether a snapshot is taken afterwards. */
export const orderColumns = ({ command, snapshot }: ExpectedStep, sides = 0): string =>
  `${cString(commandInWords(command))}, ${commandText(command, sides)}, ${Number(snapshot)}`;

/** A command as a C program writes it; a race has a number, by which the program finds its sides. */
export function commandText(command: Command, sides = 0): string {
  const fields = Object.entries(fieldsOf(command, sides)).map(([name, value]) => `.${name} = ${value}`);
  return `{ ${[`.op = ${opName(command.op)}`, ...fields].join(', ')} }`;
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

/** The labels of the branches for these commands. */
export const labelsOf = ({ ops, memories }: Repertoire): ReadonlySet<string> =>
  new Set([...[...ALWAYS, ...ops].map(opName), ...[...memories].map(memoryName)]);

/** Operations of every program: its processes begin and end. */
const ALWAYS: readonly Op[] = ['spawn', 'fork', 'exit', 'inspect'];

/** The numbers of processes and pages. */
export const cSizes = (scope: Scope): string => `\
#define PROCESSES ${scope.processes}
#define PAGES ${scope.pages}
`;

/** Results that are words, as the agent's result.h names them. The program can observe others, which are never allowed. */
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
