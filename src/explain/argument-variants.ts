import type { ArgumentKind, ArgumentValue } from '../../spec/vocabulary/arguments.ts';
import {
  Advice,
  type Command,
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
import { argumentKindsOf, type ArgumentValues } from '../../spec/vocabulary/names.ts';
import {
  CONTROL_GROUPS,
  devicesIn,
  LARGEST_VALUE,
  MAX_SWAP_AREAS,
  type Scope,
} from '../../spec/vocabulary/scope.ts';

/** A command with one of its arguments changed. */
export interface Variant {
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
  'injection-kind': () => InjectionKind.options,
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
export function argumentVariants(command: Command, scope: Scope): readonly Variant[] {
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
