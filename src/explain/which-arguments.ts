import type { Case } from '../../spec/vocabulary/case.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import {
  type Scope,
  LARGEST_VALUE,
  CONTROL_GROUPS,
  devicesIn,
  framesIn,
  MAX_SWAP_AREAS,
} from '../../spec/vocabulary/scope.ts';
import {
  type NameSort,
  nameCount,
  namesOf,
  argumentKindsOf,
  type ArgumentValues,
} from '../../spec/vocabulary/names.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';
import {
  type Command,
  Advice,
  type CommandOf,
  Inheritance,
  InjectionKind,
  isContender,
  MappingKind,
  PinAccess,
  Protection,
  type Single,
  Watch,
} from '../../spec/vocabulary/command.ts';
import { type Renaming, renamedCase, SAME } from '../../spec/vocabulary/rename.ts';
import type { ArgumentKind, ArgumentValue } from '../../spec/vocabulary/arguments.ts';

/** The values tried instead, separated by whether the case still fails in the same way. */
export interface Tried {
  readonly failing: readonly string[];
  readonly passing: readonly string[];
}

/** One argument of one command, changed alone. */
export interface ArgumentMatters extends Tried {
  readonly step: number;
  readonly argument: string;
}

/** One name, exchanged for another throughout the case. */
export interface NameMatters extends Tried {
  readonly sort: NameSort;
  readonly name: number;
}

export interface ArgumentsThatMatter {
  readonly arguments: readonly ArgumentMatters[];
  readonly names: readonly NameMatters[];
  /** Number of cases that the target ran. */
  readonly asked: number;
  /** Whether all variants were tried. */
  readonly complete: boolean;
}

/** Whether a case still fails in the same way. */
type StillFails = (testCase: Case) => Promise<boolean>;

/** Limits on the number of trials and on their time. */
export interface TrialLimits {
  readonly asks: number;
  readonly stopped: () => boolean;
}

/**
 * Determines which arguments matter, by changing each one and running the case. The trials use a world one larger in
 * each dimension than that of the case, if the case fails there, too; otherwise there would be no other page to choose.
 */
export async function whichArguments(
  failing: Case,
  stillFails: StillFails,
  limits: TrialLimits,
): Promise<ArgumentsThatMatter> {
  let asked = 0;
  const ask = async (testCase: Case): Promise<boolean> => {
    asked++;
    return stillFails(testCase);
  };
  const spacious = { ...failing, scope: larger(failing.scope) };
  const base = (await ask(spacious)) ? spacious : failing;
  const names = new Map<string, NameMatters>();
  const found = new Map<string, ArgumentMatters>();
  const trials = [...nameTrials(base, names), ...argumentTrials(base, found)];
  let complete = true;
  for (const { candidate, note } of trials) {
    if (asked >= limits.asks || limits.stopped()) {
      complete = false;
      break;
    }
    note(await ask(candidate));
  }
  return { arguments: [...found.values()], names: [...names.values()], asked, complete };
}

/** A case to run, and the function that records its result. */
interface Trial {
  readonly candidate: Case;
  readonly note: (fails: boolean) => void;
}

const larger = ({ processes, pages, slots, ...rest }: Scope): Scope => ({
  ...rest,
  processes: Math.min(8, processes + 1),
  pages: Math.min(16, pages + 1),
  slots: slots === 0 ? 0 : Math.min(8, slots + 1),
});

const after = <T extends Tried>(before: T, value: string, fails: boolean): T =>
  fails
    ? { ...before, failing: [...before.failing, value] }
    : { ...before, passing: [...before.passing, value] };

const NOTHING: Tried = { failing: [], passing: [] };

function nameTrials(base: Case, found: Map<string, NameMatters>): readonly Trial[] {
  return nameSwaps(base).map(({ sort, name, other, case: candidate }) => {
    const key = `${sort} ${name}`;
    return {
      candidate,
      note: (fails) => {
        found.set(key, after(found.get(key) ?? { sort, name, ...NOTHING }, `${sort} ${other}`, fails));
      },
    };
  });
}

function argumentTrials(base: Case, found: Map<string, ArgumentMatters>): readonly Trial[] {
  const admission = new Admission(base.scope, base.profile);
  return base.commands.flatMap((command, step) => {
    // Commands that are not admitted here are never sent and therefore show nothing about the argument.
    const sensible = argumentVariants(command, base.scope).filter(
      (variant) => admission.refusal(variant.command) === undefined,
    );
    admission.admit(command);
    return sensible.map(({ argument, value, command: changed }) => {
      const key = `${step} ${argument}`;
      return {
        candidate: { ...base, commands: base.commands.with(step, changed) },
        note: (fails: boolean) => {
          found.set(key, after(found.get(key) ?? { step, argument, ...NOTHING }, value, fails));
        },
      };
    });
  });
}

/** A name that is exchanged with another throughout the case. */
interface Swap {
  readonly sort: NameSort;
  readonly name: number;
  readonly other: number;
  readonly case: Case;
}

/** Every exchange of a name that the case uses with another, throughout the case. */
function nameSwaps(testCase: Case): readonly Swap[] {
  const { scope, commands } = testCase;
  const places = (['process', 'page', 'slot', 'device', 'group'] as const).flatMap((sort) =>
    namesIn(commands, sort).flatMap((name) =>
      Array.from({ length: nameCount(sort, scope) }, (_, other) => ({ sort, name, other })),
    ),
  );
  const values = namesIn(commands, 'value').flatMap((name) =>
    [...new Set([1, Math.min(name + 1, LARGEST_VALUE), LARGEST_VALUE])].map((other) => ({
      sort: 'value' as const,
      name,
      other,
    })),
  );
  const sent = sentIn(testCase);
  return (
    [...places, ...values]
      .filter(({ sort, name, other }) => name !== other && !startsWithIt(sort, name, other))
      .map(({ sort, name, other }) => ({
        sort,
        name,
        other,
        case: renamedCase(testCase, exchange(sort, name, other)),
      }))
      // A range may exceed the scope. A case with other admitted commands shows nothing about the name.
      .filter((swap) => sentIn(swap.case) === sent)
  );
}

/** Number of commands of a case that are sent. */
function sentIn({ scope, profile, commands }: Case): number {
  const admission = new Admission(scope, profile);
  return commands.filter((command) => admission.admit(command) === undefined).length;
}

/** Process 0 is alive at the start, so that no other process can take its place. */
const startsWithIt = (sort: NameSort, name: number, other: number): boolean =>
  sort === 'process' && (name === 0 || other === 0);

function exchange(sort: NameSort, name: number, other: number): Renaming {
  const swap = (item: number): number => (item === name ? other : item === other ? name : item);
  return { ...SAME, [sort]: swap };
}

function namesIn(commands: readonly Command[], sort: NameSort): readonly number[] {
  const names = commands.flatMap(partsOf).flatMap((command) => namesOf(command, sort));
  return [...new Set(names)].toSorted((one, other) => one - other);
}

/** A command with one of its arguments changed. */
interface Variant {
  readonly argument: string;
  /** The argument in this variant, in words. */
  readonly value: string;
  readonly command: Command;
}

const below = (end: number): readonly number[] =>
  Array.from({ length: Math.max(0, end) }, (_, index) => index);

const numberOf = (value: ArgumentValue): number => (typeof value === 'number' ? value : 0);

/** The values that are tried for an argument, given the argument as it is and the other arguments. */
type Options = (scope: Scope, now: ArgumentValue, values: ArgumentValues) => readonly ArgumentValue[];

/** The values that are tried for an argument of each kind; of the values of stores, three. */
const OPTIONS: { readonly [K in ArgumentKind]: Options } = {
  process: ({ processes }) => below(processes),
  child: ({ processes }) => below(processes),
  page: ({ pages }) => below(pages),
  'target-page': ({ pages }) => below(pages),
  value: (_, now) => [1, Math.min(numberOf(now) + 1, LARGEST_VALUE), LARGEST_VALUE],
  slot: ({ slots }) => below(slots),
  device: (scope) => below(devicesIn(scope)),
  count: ({ pages }, _, { page }) => below(pages - numberOf(page)).map((more) => more + 1),
  group: () => below(CONTROL_GROUPS),
  'mapping-kind': () => MappingKind.options,
  'new-protection': () => Protection.options,
  protection: () => Protection.options,
  'injection-kind': ({ block }) => InjectionKind.options.slice(0, block === undefined ? 4 : undefined),
  victim: ({ processes, pages }) => [
    'any',
    ...below(processes).flatMap((process) => below(pages).map((page) => ({ process, page }))),
  ],
  remaining: () => [1, 2, 3, 'until-healed'],
  'swap-areas': (_, now) => [1, Math.max(1, numberOf(now) - 1), MAX_SWAP_AREAS],
  keep: () => [false, true],
  advice: () => Advice.options,
  watch: () => Watch.options,
  inheritance: () => Inheritance.options,
  'pin-access': () => PinAccess.options,
  limit: () => [0, 1, 2, 'none'],
  whole: ({ block }) => (block === undefined ? [] : [undefined, true]),
  compound: ({ block }) => (block === undefined ? [] : [undefined, true]),
  frame: (scope) => below(framesIn(scope)),
  'frame-count': (scope, _, { frame }) => below(framesIn(scope) - numberOf(frame)).map((more) => more + 1),
};

/** The argument as it is, also if it is omitted. */
function present(kind: ArgumentKind, now: ArgumentValue): ArgumentValue {
  if (now !== undefined) return now;
  return kind === 'device' ? 0 : kind === 'pin-access' ? 'write' : undefined;
}

function inWords(kind: ArgumentKind, value: ArgumentValue): string {
  if (typeof value === 'object') return `page ${value.page} of process ${value.process}`;
  return kind === 'victim' ? `${value} page` : String(value);
}

const isSame = (one: ArgumentValue, other: ArgumentValue): boolean =>
  typeof one === 'object' && typeof other === 'object'
    ? one.process === other.process && one.page === other.page
    : one === other;

/** The arguments of a command; the length of a range last. */
const orderOf = (op: Single['op']): readonly (readonly [string, ArgumentKind])[] =>
  argumentKindsOf(op).toSorted(([, one], [, other]) => Number(one === 'count') - Number(other === 'count'));

/** Every variant of a command that differs from it in one argument, within a scope. */
function argumentVariants(command: Command, scope: Scope): readonly Variant[] {
  if (command.op === 'race') {
    return [...sideVariants(command, 'left', scope), ...sideVariants(command, 'right', scope)];
  }
  const values: ArgumentValues = command;
  return orderOf(command.op).flatMap(([argument, kind]) => {
    const now = present(kind, values[argument]);
    return [...new Set(OPTIONS[kind](scope, now, values))]
      .filter((option) => !isSame(option, now))
      .map((option) => ({
        argument,
        value: inWords(kind, option),
        command: { ...command, [argument]: option },
      }));
  });
}

/** The variants of one side of a race. */
const sideVariants = (race: CommandOf<'race'>, side: 'left' | 'right', scope: Scope): readonly Variant[] =>
  argumentVariants(race[side], scope).flatMap(({ argument, command, value: option }) =>
    isContender(command)
      ? [{ argument: `${side} ${argument}`, value: option, command: { ...race, [side]: command } }]
      : [],
  );
