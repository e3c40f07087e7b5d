import type { CommandOf } from '../vocabulary/command.ts';
import { QUERY } from './attribution/query.ts';
import { mayBeOut } from './swap.ts';
import { isExclusive, isMapped, isPoison, MAYBE_EXCLUSIVE, NO_OBJECT } from './state.ts';
import type { Step } from './step.ts';

type PageMapAnswer = 'present' | 'absent' | 'special' | 'special-sole';

const PRESENT: readonly PageMapAnswer[] = ['present'];
const ABSENT: readonly PageMapAnswer[] = ['absent'];
const NOT_REPORTED: readonly PageMapAnswer[] = ['absent', 'present'];
const SPECIAL: readonly PageMapAnswer[] = ['special'];
/** Sole-mapper status is undefined for poison entries. */
const SPECIAL_OF_POISON: readonly PageMapAnswer[] = ['special'];
const SOLE: readonly PageMapAnswer[] = ['special-sole'];
const SPECIAL_OR_SOLE: readonly PageMapAnswer[] = ['special', 'special-sole'];
const ANY_OF_A_PAGE: readonly PageMapAnswer[] = ['present', 'special', 'special-sole'];

export function pageMap(step: Step, command: CommandOf<'page-map'>): void {
  const entry = step.state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.keepsWritable = true;
  step.select(QUERY.pageMap);
  const answers = inPageMap(step, entry);
  if (answers === SOLE || (answers === SPECIAL && step.judging.profile.tellsSoleMapper)) {
    step.refine(QUERY.soleMapper);
    const seen = step.observed?.result;
    if (seen === 'special' || seen === 'special-sole') step.refine(QUERY.soleMapperShown);
  }
  step.result = (answers.length === 1 ? answers[0] : step.chooseResult(answers)) ?? 'absent';
}

function inPageMap({ state, judging }: Step, entry: number): readonly PageMapAnswer[] {
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!isMapped(mapping)) return ABSENT;
  if (isPoison(object)) return SPECIAL_OF_POISON;
  if (object === NO_OBJECT) return NOT_REPORTED;
  if (!state.onDevice(object)) {
    const writable = state.writable[entry] ?? 0;
    if (writable === MAYBE_EXCLUSIVE) return ANY_OF_A_PAGE;
    return isExclusive(writable) ? SPECIAL_OR_SOLE : PRESENT;
  }
  return judging.profile.tellsSoleMapper && state.maps[object] === 1 ? SOLE : SPECIAL;
}

export function residency(step: Step, command: CommandOf<'residency'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  const mapping = state.mapping[entry] ?? 0;
  step.names(command.process, command.page);
  step.keepsWritable = true;
  step.select(QUERY.residency);
  if (!isMapped(mapping)) {
    step.result = 'ENOMEM';
    return;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  const isOut = object > NO_OBJECT && !state.onDevice(object) && mayBeOut(state, entry);
  if (object !== NO_OBJECT && !isOut) {
    step.refine(QUERY.resident);
    step.result = 1;
    return;
  }
  step.result = step.chooseNumber('resident', 1, step.resultBetween(0, 1));
}

export function smaps(step: Step, command: CommandOf<'smaps'>): void {
  step.names(command.process, 0, step.state.scope.pages);
  step.keepsWritable = true;
  step.select(QUERY.smaps);
  step.result = step.state.residentOf(command.process);
}
