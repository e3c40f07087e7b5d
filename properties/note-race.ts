import type { CommandOf, RaceSide } from '../spec/vocabulary/command.ts';
import { type Answer, isBoth, type Result } from '../spec/vocabulary/result.ts';
import type { ShadowState } from './shadow-state.ts';
import { isObject } from './contents.ts';
import { effectOf, isSettled, NOTHING, STORE, TO_DEVICE } from './race-effect.ts';

/**
 * What two commands at once make of memory. Where that depends on which of them was first, and their answers do not
 * tell, nobody knows what it holds from then on: false.
 *
 * @param take takes note of one command by itself
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
  // What has moved and was stored to may be on the device, or back.
  if (first.kind === TO_DEVICE && second.kind === STORE && 'device' in first.command) {
    for (const cell of first.cells) {
      if (isObject(shadow.memory.code(cell))) shadow.memory.sent(cell, first.command.device ?? 0);
    }
  }
  return true;
}
