import type { ArgumentKind, ArgumentValue } from './arguments.ts';
import { type Single, SPECS } from './command.ts';
import { CONTROL_GROUPS, devicesIn, type Scope } from './scope.ts';

/** A sort of names that commands use. A name has no meaning of its own: it can be exchanged for another throughout a case. */
export type NameSort = 'process' | 'page' | 'slot' | 'value' | 'device' | 'group';

/** The names in an argument of each kind: one, a process and a page, or none. */
const NAMED_BY: { readonly [K in ArgumentKind]: NameSort | 'victim' | undefined } = {
  process: 'process',
  child: 'process',
  page: 'page',
  'target-page': 'page',
  count: undefined,
  value: 'value',
  slot: 'slot',
  device: 'device',
  whole: undefined,
  compound: undefined,
  frame: undefined,
  'frame-count': undefined,
  group: 'group',
  'mapping-kind': undefined,
  'new-protection': undefined,
  protection: undefined,
  'injection-kind': undefined,
  victim: 'victim',
  remaining: undefined,
  'swap-areas': undefined,
  keep: undefined,
  advice: undefined,
  watch: undefined,
  inheritance: undefined,
  'pin-access': undefined,
  limit: undefined,
};

/** The arguments of a command, for code that treats all arguments of a kind alike. */
export type ArgumentValues = Readonly<Record<string, ArgumentValue>>;

export const argumentKindsOf = (op: Single['op']): readonly (readonly [string, ArgumentKind])[] =>
  KINDS.get(op) ?? [];

const KINDS: ReadonlyMap<string, readonly (readonly [string, ArgumentKind])[]> = new Map(
  Object.entries(SPECS).map(([op, spec]) => [op, Object.entries(spec.arguments)]),
);

/** An argument that names something. */
export interface NamedArgument {
  readonly argument: string;
  readonly names: NameSort | 'victim';
}

const NAMED: ReadonlyMap<string, readonly NamedArgument[]> = new Map(
  Object.entries(SPECS).map(([op, spec]) => [
    op,
    Object.entries(spec.arguments).flatMap(([argument, kind]) => {
      const names = NAMED_BY[kind];
      return names === undefined ? [] : [{ argument, names }];
    }),
  ]),
);

/** The arguments of a command that name something. */
export const namedArguments = (op: Single['op']): readonly NamedArgument[] => NAMED.get(op) ?? [];

/** The names of one sort that a command uses, in the order of its arguments. */
export function namesOf(command: Single, sort: NameSort): readonly number[] {
  const values: ArgumentValues = command;
  const found: number[] = [];
  for (const { argument, names } of namedArguments(command.op)) {
    const value = values[argument];
    if (names === sort) {
      if (typeof value === 'number') found.push(value);
      // A device that was replaced by the first one is present as undefined.
      else if (argument in values) found.push(0);
    } else if (names === 'victim' && typeof value === 'object' && (sort === 'process' || sort === 'page')) {
      found.push(value[sort]);
    }
  }
  return found;
}

/** The number of names of a sort in a world. */
export function nameCount(sort: Exclude<NameSort, 'value'>, scope: Scope): number {
  switch (sort) {
    case 'process':
      return scope.processes;
    case 'page':
      return scope.pages;
    case 'slot':
      return scope.slots;
    case 'device':
      return devicesIn(scope);
    case 'group':
      return CONTROL_GROUPS;
  }
}
