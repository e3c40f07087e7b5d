import type { CommandOf, RaceSide } from '../spec/vocabulary/command.ts';
import { type Answer, isBoth, type Result } from '../spec/vocabulary/result.ts';
import type { ShadowState } from './shadow-state.ts';
import { isObject } from './contents.ts';
import { effectOf, isSettled, NOTHING, STORE, TO_DEVICE } from './race-effect.ts';

/**
 * Applies two concurrent commands to the shadow state. Returns false where the content of memory depends on their order
 * and their results do not determine it.
 *
 * @param take applies one command by itself
 */
export function noteRace(
  shadow: ShadowState,
  { left, right }: CommandOf<'race'>,
  result: Result,
  take: (command: RaceSide, answer: Answer) => boolean,
): boolean {
  shadow.exclusives.problemAll();
  if (!isBoth(result)) return false;
  const one = effectOf(shadow, left, result.left);
  const other = effectOf(shadow, right, result.right);
  if (one === undefined || other === undefined) return false;
  const [first, second] = one.kind <= other.kind ? [one, other] : [other, one];
  if (!isSettled(shadow, first, second)) return false;
  for (const { kind, command, answer } of [first, second]) {
    if (kind !== NOTHING && !take(command, answer)) return false;
  }
  // A page that was moved and stored to may be on the device or in system memory.
  if (first.kind === TO_DEVICE && second.kind === STORE && 'device' in first.command) {
    for (const cell of first.cells) {
      if (isObject(shadow.memory.code(cell))) shadow.memory.sent(cell, first.command.device ?? 0);
    }
  }
  return true;
}
