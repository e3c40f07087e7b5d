import type { Capability } from './capability.ts';
import { type Command, type CommandOf, isBasicSide, type Single, SPECS } from './command.ts';
import type { CommandSpec } from './commands.ts';
import { partsOf } from './parts.ts';
import { devicesIn, type Scope } from './scope.ts';

const RACE_NEEDS: readonly Capability[] = ['race'];
const EXTENDED_RACE_NEEDS: readonly Capability[] = ['race', 'race-extended'];

/**
 * The capabilities that a target must have declared before it is sent this command; none for the core. `heal` is sent
 * to a target with any injection, and `watch none` to one with any mode of userfaultfd: admission decides that.
 */
export function capabilitiesFor(command: Command): readonly Capability[] {
  if (command.op === 'race') {
    return [...new Set([...capabilitiesForRace(command), ...partsOf(command).flatMap(capabilitiesFor)])];
  }
  const needs = needsOf(command);
  if (!('device' in command) || (command.device ?? 0) === 0) return needs;
  return [...needs, 'devices'];
}

/** The capabilities that a race needs besides those of its sides. */
export const capabilitiesForRace = ({ left, right }: CommandOf<'race'>): readonly Capability[] =>
  isBasicSide(left) && isBasicSide(right) ? RACE_NEEDS : EXTENDED_RACE_NEEDS;

/** The capabilities that a target must have declared before it is sent a case in this world. */
export const capabilitiesForScope = (scope: Scope): readonly Capability[] => [
  ...(devicesIn(scope) > 1 ? (['devices'] as const) : []),
  ...(scope.block === undefined ? [] : (['large-folios'] as const)),
];

/** The commands with one of these names, in the form in which their description can be looked up by it. */
type SingleAmong<O extends Single['op']> = { [N in O]: CommandOf<N> & { readonly op: N } }[O];

function needsOf<O extends Single['op']>(command: SingleAmong<O>): readonly Capability[] {
  const specs: { readonly [N in O]: Pick<CommandSpec<SingleAmong<N>>, 'needs'> } = SPECS;
  const { needs } = specs[command.op];
  return typeof needs === 'function' ? needs(command) : needs;
}
