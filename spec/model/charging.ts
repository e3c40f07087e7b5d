import type { CommandOf } from '../vocabulary/command.ts';
import type { Result } from '../vocabulary/result.ts';
import { ACCOUNTING } from './attribution/query.ts';
import { choice, ifSeen } from './choice.ts';
import { EITHER_GROUP, NO_OBJECT } from './state.ts';
import type { Step } from './step.ts';

const CHARGE_AT_LIMIT = choice('charge that may exceed the limit', 'charged', 'refused');

const groupOf = (step: Step, entry: number): number =>
  step.state.member[(entry / step.state.scope.pages) | 0] ?? 0;

/** Whether the group of the process at this entry is certainly charged up to its limit, in pages. */
export function isAtLimit(step: Step, entry: number): boolean {
  const group = groupOf(step, entry);
  const bound = step.state.limit[group] ?? 0;
  return bound !== 0 && step.state.chargedTo(group).surely >= bound - 1;
}

/**
 * Whether the process at this entry gets no new page because its group is charged up to its limit. If some objects may be
 * charged to either group, the result may show whether it did.
 *
 * @param refusals the results by which the command reports the refusal; includes ok if the command does not report it
 */
export function isRefusedACharge(step: Step, entry: number, refusals: readonly Result[]): boolean {
  const group = groupOf(step, entry);
  const bound = step.state.limit[group] ?? 0;
  if (bound === 0) return false;
  const { surely, maybe } = step.state.chargedTo(group);
  if (surely + maybe < bound - 1) return false;
  step.refine(ACCOUNTING.maybeAtLimit);
  if (surely >= bound - 1) return true;
  const { observed } = step;
  const isReported = observed !== undefined && !refusals.includes('ok');
  const hint = isReported ? ifSeen(refusals.includes(observed.result), 'refused', 'charged') : undefined;
  return step.choose(CHARGE_AT_LIMIT, hint) === 'refused';
}

export function limit(step: Step, command: CommandOf<'limit'>): void {
  step.state.limit[command.group] = command.pages === 'none' ? 0 : command.pages + 1;
}

/** Moves the process to a group. The profile decides which charges follow. */
export function join(step: Step, command: CommandOf<'join'>): void {
  const { state, judging } = step;
  const { pages } = state.scope;
  const { joinMoves } = judging.profile;
  const stays = state.member[command.process] === command.group;
  state.member[command.process] = command.group;
  if (joinMoves === 'nothing') return;
  for (let page = 0; page < pages; page++) {
    const object = state.entry[state.at(command.process, page)] ?? NO_OBJECT;
    if (object <= NO_OBJECT || state.group[object] === command.group) continue;
    const sole = state.maps[object] === 1;
    const follows = !stays && sole && (joinMoves === 'all' || !state.onDevice(object));
    state.group[object] = follows ? command.group : EITHER_GROUP;
  }
}

/** The charge of a group. A charge for more pages than exist is no consequence of a join. */
export function charge(step: Step, command: CommandOf<'charge'>): void {
  const { state, judging, observed } = step;
  const joined = state.member.some((group) => group !== 0);
  step.select(ACCOUNTING.charge);
  if (joined && judging.profile.joinMoves === 'nothing') step.refine(ACCOUNTING.chargeLeft);
  else if (joined && judging.profile.joinMoves === 'all') step.refine(ACCOUNTING.chargeMoved);
  if (typeof observed?.result === 'number' && observed.result > state.objectCount)
    step.refine(ACCOUNTING.chargeTooHigh);
  const { surely, maybe } = state.chargedTo(command.group);
  const reported = step.resultBetween(surely, surely + maybe);
  const hint = reported === undefined ? undefined : reported - surely;
  step.result = surely + (maybe === 0 ? 0 : step.chooseNumber('pages charged to either group', maybe, hint));
}
