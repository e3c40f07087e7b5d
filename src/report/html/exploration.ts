import { z } from 'zod';
import { judgeTrace } from '../../../spec/judge/judge.ts';
import { Tally } from '../../../spec/judge/tally.ts';
import type { Violation } from '../../../spec/judge/verdict.ts';
import { ProfileName } from '../../../spec/profiles/profile.ts';
import { findRequirement } from '../../../spec/requirements/catalogue.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import { Case } from '../../../spec/vocabulary/case.ts';
import { Command, SINGLE_OPS } from '../../../spec/vocabulary/command.ts';
import { commandsIn } from '../../../spec/vocabulary/commands-in.ts';
import { LARGEST_VALUE, Scope } from '../../../spec/vocabulary/scope.ts';
import { isDeviceEntry } from '../../../spec/vocabulary/snapshot.ts';
import type { Trace } from '../../../spec/vocabulary/trace.ts';
import { type AllowedOutcome, allowedStep, outcomeInWords } from '../../explain/allowed-outcomes.ts';
import { MUTANTS } from '../../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../../targets/embedded.ts';
import { commandInWords } from '../steps-text.ts';
import { shownText, type Timeline } from './page-data.ts';
import { timelineOf } from './timeline.ts';

// The page of "zdc explore" without its elements: a case that is edited, run and judged. It runs in a browser, so nothing
// that it imports may use Node.

/** A case that is being built, and the planted bug of the embedded implementation that runs it, if any. */
export interface Exploration {
  readonly case: Case;
  readonly bug: string | undefined;
}

/** The planted bugs that can be chosen: those that need no earlier case. */
export const BUGS: readonly { readonly id: string; readonly title: string }[] = MUTANTS.filter(
  ({ before }) => before === undefined,
).map(({ id, title }) => ({ id, title }));

export const PROFILE_NAMES: readonly ProfileName[] = ProfileName.options;

/** The largest world that can be chosen in the page; a loaded case may be larger. */
export const LARGEST: Readonly<Record<keyof Scope, number>> = {
  processes: 4,
  pages: 4,
  frames: 4,
  slots: 2,
  devices: 2,
  block: 4,
};

/** A first case: a page migrates to the device, is shared by a fork, and is written by the child. */
export const START: Exploration = {
  bug: undefined,
  case: {
    profile: PROFILE_NAMES.at(-1) ?? 'origin',
    scope: { processes: 2, pages: 2, frames: 2, slots: 1 },
    observe: 'every-step',
    commands: [
      { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
      { op: 'store', process: 0, page: 0, value: 1 },
      { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
      { op: 'fork', process: 0, child: 1 },
      { op: 'store', process: 1, page: 0, value: 2 },
    ],
  },
};

/** The result of running a case. */
export interface Explored extends Timeline {
  readonly trace: Trace;
  readonly verdict: { readonly kind: 'good' | 'bad' | 'unsure'; readonly words: string };
  /** The violated requirement, and the difference; empty if the case conforms. */
  readonly details: readonly string[];
}

/** Runs the case on the embedded implementation, with a snapshot after every step, and judges it. */
export async function explore({ case: testCase, bug }: Exploration): Promise<Explored> {
  const mutation = MUTANTS.find(({ id }) => id === bug)?.mutation;
  const target = new EmbeddedTarget(mutation === undefined ? {} : { mutation });
  const watched: Case = { ...testCase, observe: 'every-step' };
  const { capabilities } = target.hello;
  const run = await target.run(watched);
  if (run.kind === 'failure') {
    const { step = 0, kind, message } = run.failure;
    // The steps before the crash are the same in a shorter case.
    const before = target.runNow({ ...watched, commands: watched.commands.slice(0, step) });
    const trace = { ...before, case: watched };
    return {
      ...timelineOf(watched, trace, capabilities, undefined),
      trace,
      broken: step,
      left: step,
      verdict: { kind: 'bad', words: `Step ${step + 1}: ${kind}` },
      details: [shownText(message)],
    };
  }
  const { trace } = run;
  const verdict = judgeTrace(trace, new Tally());
  if (verdict.kind !== 'violates') {
    return {
      ...timelineOf(watched, trace, capabilities, undefined),
      trace,
      broken: -1,
      left: -1,
      verdict:
        verdict.kind === 'conforms'
          ? { kind: 'good', words: 'Conforms' }
          : { kind: 'unsure', words: `Inconclusive: ${verdict.reason}` },
      details: [],
    };
  }
  const { violation } = verdict;
  const { outcomes } = allowedStep(trace, violation.step);
  return {
    ...timelineOf(watched, trace, capabilities, { violation, allowed: outcomes }),
    trace,
    broken: violation.step,
    left: violation.step,
    verdict: { kind: 'bad', words: `Step ${violation.step + 1} violates ${violation.requirement}` },
    details: differenceOf(violation),
  };
}

const differenceOf = ({ requirement, expected, observed }: Violation): readonly string[] => [
  findRequirement(requirement)?.title ?? requirement,
  `Expected ${expected.join(' or ')}.`,
  `Observed ${observed}.`,
];

/** One outcome that the specification allows, and whether the implementation chose it. */
interface AllowedLine {
  readonly words: string;
  readonly isObserved: boolean;
}

/** The outcomes that the specification allows at a step. */
export interface Allowed {
  readonly outcomes: readonly AllowedLine[];
  /** The choices that lead to them, in words. */
  readonly choices: readonly string[];
  /** The reason why there are no outcomes. */
  readonly reason?: string;
}

/** All outcomes that the specification allows at a step after the observations before it. */
export function allowedAt({ trace, broken }: Explored, at: number): Allowed {
  const { scope } = trace.case;
  if (broken !== -1 && at > broken) {
    return {
      outcomes: [],
      choices: [],
      reason: `The state after the violation at step ${broken + 1} is unknown.`,
    };
  }
  if (trace.observations[at] === undefined && at !== broken) {
    return { outcomes: [], choices: [], reason: 'The command is not sent.' };
  }
  const { outcomes, choices } = allowedStep(trace, at);
  return {
    outcomes: outcomes.map((outcome) => ({
      words: outcomeInWords(outcome, scope),
      isObserved: at !== broken && isObserved(outcome, trace, at),
    })),
    choices,
  };
}

/** Whether the result and the entries are those of this outcome. */
function isObserved({ result, entries }: AllowedOutcome, { observations }: Trace, at: number): boolean {
  const observation = observations[at];
  const { entries: codes = [], whole } = observation?.state ?? {};
  return (
    JSON.stringify(result) === JSON.stringify(observation?.result) &&
    codes.every((code, entry) => {
      const allowed = entries[entry];
      if (allowed?.admits(code) === false) return false;
      // In system memory a whole entry may be replaced at any time.
      return !isDeviceEntry(code) || (allowed?.block !== undefined) === (whole?.[entry] === true);
    })
  );
}

/** A command that can follow, in words and in shorthand. */
export interface Candidate {
  readonly command: Command;
  readonly words: string;
}

const OPS_OF_CANDIDATES = new Set(SINGLE_OPS);

/**
 * The commands that would be sent at a position of the case, in the order of the specification, whose words or shorthand
 * contain all the given words. Stores write a value that the case does not contain yet.
 */
export function candidates({ case: testCase }: Exploration, at: number, text: string): readonly Candidate[] {
  const { scope, profile, commands } = testCase;
  const admission = new Admission(scope, profile, new EmbeddedTarget().hello.capabilities);
  for (const command of commands.slice(0, at)) admission.admit(command);
  const wanted = text.toLowerCase().split(/\s+/);
  const values = [freshValue(commands)];
  return commandsIn(scope, { ops: OPS_OF_CANDIDATES, values, readPins: true })
    .filter((command) => admission.wouldAdmit(command))
    .map((command) => ({ command, words: commandInWords(command) }))
    .filter(({ command, words }) => {
      const searched = `${words} ${shorthand(command)}`.toLowerCase();
      return wanted.every((word) => searched.includes(word));
    });
}

function freshValue(commands: readonly Command[]): number {
  const used = commands.flatMap(valuesOf);
  return Math.min(Math.max(0, ...used) + 1, LARGEST_VALUE);
}

function valuesOf(command: Command): readonly number[] {
  if (command.op === 'race') return [...valuesOf(command.left), ...valuesOf(command.right)];
  return 'value' in command ? [command.value] : [];
}

/** A command in shorthand: `store process=0 page=1 value=2`; a race as `race … | …`. */
export function shorthand(command: Command): string {
  if (command.op === 'race') return `race ${shorthand(command.left)} | ${shorthand(command.right)}`;
  const { op, ...args } = command;
  return [
    op,
    ...Object.entries(args)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${valueInShorthand(value)}`),
  ].join(' ');
}

/** A page of a process is `process/page`. */
const valueInShorthand = (value: string | number | boolean | { process: number; page: number }): string =>
  typeof value === 'object' ? `${value.process}/${value.page}` : String(value);

/** A whole case in shorthand: its profile, its world, and a command on each line. */
export const caseInShorthand = ({ profile, scope, commands }: Case): string =>
  [`profile ${profile}`, `world ${assignments(scope)}`, ...commands.map(shorthand)].join('\n');

const assignments = (scope: Scope): string =>
  Object.entries(scope)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** A text that could be read, or the reason why it could not. */
export type ReadText<T> =
  { readonly kind: 'read'; readonly value: T } | { readonly kind: 'faulty'; readonly message: string };

const read = <T>(value: T): ReadText<T> => ({ kind: 'read', value });
const faulty = (message: string): { readonly kind: 'faulty'; readonly message: string } => ({
  kind: 'faulty',
  message: shownText(message),
});

/** Reads a command in shorthand. */
export function readCommand(line: string): ReadText<Command> {
  const race = /^\s*race\s+(?<left>[^|]*)\|(?<right>[^|]*)$/.exec(line)?.groups;
  const json =
    race === undefined
      ? objectOf(line)
      : { op: 'race', left: objectOf(race['left'] ?? ''), right: objectOf(race['right'] ?? '') };
  const parsed = Command.safeParse(json);
  return parsed.success
    ? read(parsed.data)
    : faulty(`"${line.trim()}" is no command: ${firstIssue(parsed.error)}`);
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  const where = issue?.path.map(String).join('.') ?? '';
  return `${where === '' ? '' : `${where}: `}${issue?.message ?? 'invalid structure'}`;
}

/** The JSON form of a command in shorthand; it may be invalid. */
function objectOf(line: string): unknown {
  const [op = '', ...words] = line.trim().split(/\s+/);
  return {
    op,
    ...Object.fromEntries(
      words.map((word) => {
        const [name = '', value = ''] = word.split('=', 2);
        return [name, valueOf(value)];
      }),
    ),
  };
}

function valueOf(text: string): unknown {
  const place = /^(?<process>\d+)\/(?<page>\d+)$/.exec(text)?.groups;
  if (place !== undefined) return { process: Number(place['process']), page: Number(place['page']) };
  if (/^\d+$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}

/** The parts of a saved counterexample that are loaded. */
const SavedCounterexample = z.object({
  format: z.literal('zdc-counterexample'),
  case: Case,
  target: z.object({ spec: z.string() }),
});

/** The planted bug that a target names. */
export const bugOf = (spec: string): string | undefined =>
  BUGS.find(({ id }) => new RegExp(`[:,]mutant=${id}(?:,|$)`).test(spec))?.id;

/**
 * Reads a saved counterexample or a case as JSON, or a case in shorthand. Shorthand without `profile` or `world` keeps
 * those of the present case; empty lines and lines that begin with # are skipped.
 */
export function readExploration(text: string, present: Exploration): ReadText<Exploration> {
  if (!text.trimStart().startsWith('{')) return readShorthand(text, present);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return faulty('The text is not JSON, or only the beginning of it.');
  }
  const saved = SavedCounterexample.safeParse(json);
  if (saved.success) return read({ case: saved.data.case, bug: bugOf(saved.data.target.spec) });
  const bare = Case.safeParse(json);
  if (bare.success) return read({ case: bare.data, bug: present.bug });
  const isSaved = typeof json === 'object' && json !== null && 'format' in json;
  return faulty(
    `The text is no ${isSaved ? 'counterexample' : 'case'}: ${firstIssue(isSaved ? saved.error : bare.error)}`,
  );
}

function readShorthand(text: string, present: Exploration): ReadText<Exploration> {
  let { profile, scope } = present.case;
  const commands: Command[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) continue;
    const header = /^(?<name>profile|world)\s+(?<value>.*)$/.exec(words)?.groups;
    if (header?.['name'] === 'profile') {
      const parsed = ProfileName.safeParse(header['value']);
      if (!parsed.success) return faulty(`Line ${at + 1}: the profiles are ${PROFILE_NAMES.join(', ')}.`);
      profile = parsed.data;
    } else if (header?.['name'] === 'world') {
      const parsed = Scope.safeParse(objectOf(words));
      if (!parsed.success) return faulty(`Line ${at + 1}: ${firstIssue(parsed.error)}`);
      scope = parsed.data;
    } else {
      const command = readCommand(words);
      if (command.kind === 'faulty') return faulty(`Line ${at + 1}: ${command.message}`);
      commands.push(command.value);
    }
  }
  return read({ ...present, case: { ...present.case, profile, scope, commands } });
}

/** The case as JSON, as `zdc replay`, `explain` and `export` read it. */
export const caseAsJson = ({ case: testCase }: Exploration): string =>
  `${JSON.stringify(testCase, null, 2)}\n`;

/** The name under which the case is downloaded. */
export const CASE_FILE = 'case.json';

/** The command that replays the downloaded case on the implementation of the page. */
export const replayLine = ({ bug }: Exploration): string =>
  `npx zone-device-conformance replay ${CASE_FILE} --target embedded${bug === undefined ? '' : `:mutant=${bug}`}`;

/** The case with a command inserted at a position. */
export const withCommand = (
  { case: testCase, bug }: Exploration,
  at: number,
  command: Command,
): Exploration => ({
  bug,
  case: { ...testCase, commands: testCase.commands.toSpliced(at, 0, command) },
});

/** The case without the command at a position. */
export const withoutCommand = ({ case: testCase, bug }: Exploration, at: number): Exploration => ({
  bug,
  case: { ...testCase, commands: testCase.commands.toSpliced(at, 1) },
});
