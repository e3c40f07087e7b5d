import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import type { Result } from '../vocabulary/result.ts';
import { type Blame, blame } from './blame.ts';
import { mayBeOut } from './paged-out.ts';
import { isMapped } from './permission.ts';
import { isExclusive, MAYBE_EXCLUSIVE, NO_OBJECT, isPoison } from './state.ts';
import type { Step } from './step.ts';

const QUERY_PAGE_MAP = ruleIndex('query.page-map');
const QUERY_QUIET = ruleIndex('query.quiet');
const QUERY_RESIDENCY = ruleIndex('query.residency');
const QUERY_SMAPS = ruleIndex('query.smaps');
const QUERY_SOLE_MAPPER = ruleIndex('query.sole-mapper');

const QUIET = blame({
  result: 'query.quiet',
  value: 'query.quiet',
  faults: 'query.quiet',
  frees: 'query.quiet',
  entry: 'query.quiet',
  sharers: 'query.quiet',
  flavour: 'query.quiet',
  references: 'query.quiet',
  mappings: 'query.quiet',
});
const MAP_ASKED: Blame = { ...QUIET, result: 'query.page-map', value: 'query.page-map' };
const SOLE_ASKED: Blame = { ...MAP_ASKED, result: 'query.sole-mapper' };
const RESIDENCY_ASKED: Blame = { ...QUIET, result: 'query.residency', value: 'query.residency' };
const SMAPS_ASKED: Blame = { ...QUIET, result: 'query.smaps', value: 'query.smaps' };

const PRESENT: readonly Result[] = ['present'];
const ABSENT: readonly Result[] = ['absent'];
const NOT_TOLD: readonly Result[] = ['absent', 'present'];
const SPECIAL: readonly Result[] = ['special'];
/** Of poison nobody asks who maps it. */
const SPECIAL_OF_POISON: readonly Result[] = ['special'];
const SOLE: readonly Result[] = ['special-sole'];
const SPECIAL_OR_SOLE: readonly Result[] = ['special', 'special-sole'];
const ANY_OF_A_PAGE: readonly Result[] = ['present', 'special', 'special-sole'];

export function pageMap(step: Step, command: CommandOf<'page-map'>): void {
  const entry = step.state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.exercise(QUERY_QUIET);
  step.keepsFlavours = true;
  step.exercise(QUERY_PAGE_MAP);
  step.blame = MAP_ASKED;
  const answers = inPageMap(step, entry);
  if (answers === SOLE || (answers === SPECIAL && step.terms.profile.tellsSoleMapper)) {
    step.exercise(QUERY_SOLE_MAPPER);
    const seen = step.observed?.result;
    if (seen === 'special' || seen === 'special-sole') step.blame = SOLE_ASKED;
  }
  const which = answers.length === 1 ? 0 : step.pick(answers.length, step.seenAmong(answers));
  step.result = answers[which] ?? 'absent';
}

function inPageMap({ state, terms }: Step, entry: number): readonly Result[] {
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!isMapped(mapping)) return ABSENT;
  if (isPoison(object)) return SPECIAL_OF_POISON;
  if (object === NO_OBJECT) return NOT_TOLD;
  if (!state.onDevice(object)) {
    const flavour = state.flavour[entry] ?? 0;
    if (flavour === MAYBE_EXCLUSIVE) return ANY_OF_A_PAGE;
    return isExclusive(flavour) ? SPECIAL_OR_SOLE : PRESENT;
  }
  return terms.profile.tellsSoleMapper && state.maps[object] === 1 ? SOLE : SPECIAL;
}

export function residency(step: Step, command: CommandOf<'residency'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  const mapping = state.mapping[entry] ?? 0;
  step.names(command.process, command.page);
  step.exercise(QUERY_QUIET);
  step.keepsFlavours = true;
  step.blame = RESIDENCY_ASKED;
  if (!isMapped(mapping)) {
    step.result = 'ENOMEM';
    return;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  const isOut = object > NO_OBJECT && !state.onDevice(object) && mayBeOut(state, entry);
  if (object !== NO_OBJECT && !isOut) {
    step.exercise(QUERY_RESIDENCY);
    step.result = 1;
    return;
  }
  step.result = step.pick(2, step.seenNumber(0, 1));
}

export function smaps(step: Step, command: CommandOf<'smaps'>): void {
  step.names(command.process, 0, step.state.scope.pages);
  step.exercise(QUERY_QUIET);
  step.keepsFlavours = true;
  step.exercise(QUERY_SMAPS);
  step.blame = SMAPS_ASKED;
  step.result = step.state.residentOf(command.process);
}
