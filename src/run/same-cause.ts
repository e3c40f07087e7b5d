import type { Breach, Clause, Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command, Single } from '../../spec/vocabulary/command.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { withCommands } from '../shrink/pass.ts';
import { type Renaming, renamed, SAME } from '../../spec/vocabulary/rename.ts';
import type { Examined } from '../examine/examiner.ts';
import { type Diverging, divergingOf } from '../shrink/first-divergence.ts';

/**
 * Minimum number of steps before the last one, for failures that may have been caused before it, and for others. Shorter
 * prefixes occur in most cases. Wrong entries and counts, and crashes, are usually caused by the last command itself, so
 * more steps are required for them, and one more if the two symptoms differ.
 */
const MIN_STEPS = 2;
const MIN_STEPS_OF_OTHERS = 3;
/** The minimum if the steps of one case are not among those of the other: two paths to the same wrong state. */
const MIN_STEPS_OF_OTHER_WAYS = 4;

/**
 * Whether two cases have the same cause and differ only in the last step, which shows the failure. This is tested by
 * running the steps of one case before its last one, followed by the last step of the other; the result must fail in
 * the words of the other. If the two symptoms differ, the steps must also be minimal for the last step of the other: it
 * fails after all of them, and after none of their subsequences with one step less.
 *
 * @example shrunk `map, migrate-to-device, load` with a stale value; the other ends in a device load of a stale value
 */
export async function hasSameCause(
  shrunk: Diverging,
  other: Diverging,
  examine: (testCase: Case) => Promise<Examined>,
): Promise<boolean> {
  const one = lastOf(shrunk.case);
  const another = lastOf(other.case);
  if (one === undefined || another === undefined) return false;
  const words = symptomOf(other.violation);
  const isSame = symptomOf(shrunk.violation) === words;
  const areHidden = isHidden(shrunk.violation) && isHidden(other.violation);
  const least = (areHidden ? MIN_STEPS : MIN_STEPS_OF_OTHERS) + (isSame ? 0 : 1);
  const isInOther = isWithin(one, another);
  if (one.before.length < least) return false;
  if (!isInOther && (!isSame || one.before.length < MIN_STEPS_OF_OTHER_WAYS)) return false;
  const scope = largerOf(shrunk.case.scope, other.case.scope);
  const failureOf = async (commands: readonly Command[]): Promise<Violation | undefined> => {
    const testCase: Case = { ...withCommands(other.case, commands), scope };
    return divergingOf({ case: testCase, examined: await examine(testCase) })?.violation;
  };
  const failsAlike = async (commands: readonly Command[]): Promise<boolean> => {
    const violation = await failureOf(commands);
    return violation?.step === commands.length - 1 && symptomOf(violation) === words;
  };
  // A shared page may show the failure in another process than that of the last step of the shrunk case.
  for (const asNamed of [false, true]) {
    const swapped = (command: Single, by: Single): Command =>
      renamed(command, swapping(command, by, asNamed));
    const last = swapped(another.last, one.last);
    const isForward = await failsAlike([...one.before, last]);
    if (isForward && isInOther) {
      return isSame || (await isMinimal(one.before, async (steps) => failureOf([...steps, last])));
    }
    if (!isSame || isForward !== !isInOther) continue;
    if (await failsAlike([...another.before, swapped(one.last, another.last)])) return true;
  }
  return false;
}

/** Whether nothing fails after these steps if any one of them is removed. */
async function isMinimal(
  steps: readonly Command[],
  failureAfter: (steps: readonly Command[]) => Promise<Violation | undefined>,
): Promise<boolean> {
  for (const at of steps.keys()) {
    if ((await failureAfter(steps.toSpliced(at, 1))) !== undefined) return false;
  }
  return true;
}

/** Whether a failure may have occurred before the step that shows it. */
const isHidden = ({ clause, requirement }: Violation): boolean =>
  clause === 'value' || (clause === 'result' && !requirement.startsWith('robust.'));

/** The mismatch without its command: the same fault is one error for a process and another for the kernel. */
function symptomOf({ clause, expected: [wanted = ''], observed }: Violation): string {
  const general = clause === 'result' ? generalResult : (words: string) => withoutNumbers(words, clause);
  return `${clause}: ${general(wanted)}, not ${general(observed)}`;
}

const generalResult = (words: string): string =>
  withoutNumbers(words, 'result')
    .replace(/^(ok|the value .*)$/, 'success')
    .replace(/^(SIGBUS|EFAULT)$/, 'no access');

interface Last {
  readonly before: readonly Command[];
  readonly last: Single;
}

function lastOf({ commands }: Case): Last | undefined {
  const last = commands.at(-1);
  return last === undefined || last.op === 'race' ? undefined : { before: commands.slice(0, -1), last };
}

/** The processes and pages that a command names, in the order in which it names them. */
function namesIn(command: Single): Names {
  const processes: number[] = [];
  const pages: number[] = [];
  renamed(command, { ...SAME, process: noting(processes), page: noting(pages) });
  return { processes, pages, count: 'count' in command ? command.count : 1 };
}

const noting =
  (list: number[]) =>
  (name: number): number => {
    list.push(name);
    return name;
  };

interface Names {
  readonly processes: readonly number[];
  readonly pages: readonly number[];
  /** Number of pages, from the named one on, that the command refers to. */
  readonly count: number;
}

/**
 * The renaming by which one command refers to the page of another and, unless its process must stay, to its process.
 */
function swapping(from: Single, to: Single, asNamed: boolean): Renaming {
  const [mine, theirs] = [namesIn(from), namesIn(to)];
  return {
    ...SAME,
    process: asNamed ? SAME.process : swap(mine.processes[0], theirs.processes[0]),
    page: swap(mine.pages[0], theirs.pages[0]),
  };
}

const swap =
  (one: number | undefined, other: number | undefined) =>
  (name: number): number => {
    if (one === undefined || other === undefined) return name;
    return name === one ? other : name === other ? one : name;
  };

/**
 * Whether the steps before the last one also occur in another case, in the same order and with the page of its last
 * step.
 */
function isWithin(one: Last, other: Last): boolean {
  const [mine, theirs] = [namesIn(one.last), namesIn(other.last)];
  const steps = other.before.flatMap(partsOf).map((command) => ({ op: command.op, names: namesIn(command) }));
  const wanted = one.before.flatMap(partsOf).map((command) => ({ op: command.op, names: namesIn(command) }));
  const search = (at: number, from: number, bound: Bound): boolean => {
    const step = wanted[at];
    if (step === undefined) return true;
    for (let place = from; place < steps.length; place++) {
      const candidate = steps[place];
      if (candidate?.op !== step.op) continue;
      const next = boundBy(step.names, candidate.names, bound);
      if (next !== undefined && search(at + 1, place + 1, next)) return true;
    }
    return false;
  };
  const start = boundBy({ ...mine, processes: [], pages: mine.pages.slice(0, 1) }, theirs, {
    processes: new Map(),
    pages: new Map(),
  });
  return start !== undefined && search(0, 0, start);
}

/** The process and the page of another case that correspond to each of this case. */
interface Bound {
  readonly processes: ReadonlyMap<number, number>;
  readonly pages: ReadonlyMap<number, number>;
}

/** The correspondence of names after matching two commands; undefined if they cannot match. */
function boundBy(mine: Names, theirs: Names, { processes, pages }: Bound): Bound | undefined {
  const boundProcesses = new Map(processes);
  for (const [at, name] of mine.processes.entries()) {
    const other = theirs.processes[at];
    if (other === undefined) continue;
    if ((boundProcesses.get(name) ?? other) !== other) return undefined;
    boundProcesses.set(name, other);
  }
  const boundPages = new Map(pages);
  for (const [at, name] of mine.pages.entries()) {
    const other = theirs.pages[at];
    if (other === undefined) continue;
    const known = boundPages.get(name);
    if (known === undefined) boundPages.set(name, other);
    else if (known < other || known >= other + theirs.count) return undefined;
  }
  return { processes: boundProcesses, pages: boundPages };
}

const largerOf = (one: Scope, other: Scope): Scope => {
  const devices = Math.max(devicesIn(one), devicesIn(other));
  return {
    processes: Math.max(one.processes, other.processes),
    pages: Math.max(one.pages, other.pages),
    frames: Math.max(one.frames, other.frames),
    slots: Math.max(one.slots, other.slots),
    ...(devices === 1 ? {} : { devices }),
  };
};

/** A violated requirement and the clause that shows it. */
type Broken = Pick<Breach, 'requirement' | 'clause'>;

const brokenIn = ({ requirement, clause }: Broken): string => `${requirement} ${clause}`;

/** Wrong counts are a consequence of most bugs. Unless they are the first mismatch, they are not characteristic. */
const follows = ({ clause }: Broken): boolean => clause === 'counts' || clause === 'accounting';

/**
 * Features by which the first divergences of two failures are compared. Two failures are attributed to one bug if they
 *
 * - violate the same requirement in the same clause, or
 * - differ from the specification in the same words, for any requirement, or
 * - return the same error from the same command, for any allowed result, or
 * - deviate in the same way, for any command and requirement: a callback is repeated or missing, a frame
 *   has the same wrong count, too much or too little is charged or resident, or a value is torn or stale, or
 * - one violates first, or deviates first, as the other does at the same step.
 *
 * Words are compared without numbers. The words for a wrong value, a moved page or a race are the same for most bugs;
 * there the requirement decides.
 */
export class Similarity {
  readonly #signs = new Set<string>();
  readonly #consequences = new Set<string>();

  add(violation: Violation): void {
    for (const sign of signsOf(violation)) this.#signs.add(sign);
    for (const sign of consequencesOf(violation)) this.#consequences.add(sign);
  }

  /** Whether a failure with this first divergence resembles the group. */
  has(violation: Violation): boolean {
    const signs = signsOf(violation);
    return (
      signs.some((sign) => this.#signs.has(sign)) ||
      (!follows(violation) && signs.some((sign) => this.#consequences.has(sign))) ||
      consequencesOf(violation).some((sign) => this.#signs.has(sign))
    );
  }
}

/** The signs of all mismatches at the step that are characteristic. */
const consequencesOf = ({ breaches }: Violation): readonly string[] =>
  breaches.flatMap((breach) => (follows(breach) ? [] : [brokenIn(breach), ...deviations(breach)]));

function signsOf(violation: Violation): readonly string[] {
  const { op, clause, expected, observed } = violation;
  const [wanted = ''] = expected.map((one) => withoutNumbers(one, clause)).toSorted();
  const words = `${clause}: ${wanted}, not ${withoutNumbers(observed, clause)}`;
  const ofAnyCommand = [
    brokenIn(violation),
    ...deviations({ clause, expected: expected[0] ?? '', observed }),
  ];
  // The words for a race list the callbacks and entries of both commands.
  if (op === 'race' || clause === 'value' || clause === 'accounting') return ofAnyCommand;
  if (clause !== 'result') return [...ofAnyCommand, `${op} ${words}`];
  return [
    ...ofAnyCommand,
    ...(isVague(wanted) ? [] : [words]),
    ...(isError(observed) ? [`${op} returns ${observed}`] : []),
  ];
}

/**
 * The deviation apart from the command and the requirement, where it is characteristic: the command that frees a frame
 * twice is not the cause, and a race that does so is the same bug.
 */
function deviations({ clause, expected: wanted, observed }: Omit<Breach, 'requirement'>): readonly string[] {
  switch (clause) {
    case 'callbacks':
      return wrongCalls(wanted, observed);
    case 'counts':
      return [`${wanted}, not ${observed}`.replaceAll(/frame \d+/g, 'a frame')];
    case 'accounting':
      return [`${withoutNumbers(wanted, clause)}: ${isMore(wanted, observed) ? 'more' : 'fewer'}`];
    case 'value':
      return isDamage(observed) ? [`value ${observed}`] : [];
    case 'entries':
    case 'result':
      return [];
  }
}

/** Whether an observed value was never stored by any command. */
const isDamage = (observed: string): boolean => observed === 'torn' || observed === 'stale';

/** Whether the observed number, the last one in its words, is larger than the allowed one. */
const isMore = (wanted: string, observed: string): boolean => lastNumber(observed) > lastNumber(wanted);

const lastNumber = (words: string): number => Number(words.match(/-?\d+/g)?.at(-1) ?? 0);

/**
 * The name of the callback that is wrong, and whether it was repeated for one frame or missing. A callback that is not
 * allowed is not characteristic: many bugs call page_fault where nothing may.
 */
function wrongCalls(wanted: string, observed: string): readonly string[] {
  const [name] = /page_(?:fault|free)/.exec(wanted) ?? [];
  // The counts in a page_free are another matter than the number of its calls.
  if (name === undefined || wanted.includes(': references')) return [];
  const calls = [...observed.matchAll(/page_(?:fault|free)\([^:)]*/g)].map(String);
  const made = calls.filter((call) => call.startsWith(name));
  const allowed = wanted.startsWith('no ') ? 0 : wanted.split(name).length - 1;
  if (new Set(made).size < made.length && !wanted.includes('times')) return [`${name} is repeated`];
  return made.length < allowed ? [`${name} is missing`] : [];
}

/** Whether the observed result is an error. */
const isError = (observed: string): boolean =>
  /^[A-Z]+$/.test(observed) || observed === 'oom' || observed === 'trapped';

/** Words about moved or skipped pages and about values are the same for most bugs. */
const isVague = (words: string): boolean => words.startsWith('page ') || words.startsWith('the value');

/** The words without numbers of processes, pages, frames and values; for callbacks, the set of their names. */
function withoutNumbers(words: string, clause: Clause): string {
  if (clause !== 'callbacks') return words.replaceAll(/\d+/g, '#');
  const calls = words.replaceAll(/\([^)]*\)| once| \d+ times/g, '').replaceAll(/\d+/g, '#');
  return [...new Set(calls.split(', '))].toSorted().join(', ');
}
