import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { blame } from './blame.ts';
import { ownPage } from './own-page.ts';
import { isCommon, mayWrite } from './permission.ts';
import { LIKELY_WRITE, LOCKED, NO_OBJECT } from './state.ts';
import type { Step } from './step.ts';
import { reach } from './touch.ts';
import { BY_POPULATE } from './touch-kind.ts';
import { becomeDirtyOrClean } from './tracking.ts';

const POPULATE_BRINGS_BACK = ruleIndex('populate.brings-back');

const POPULATED = blame({
  result: 'populate.brings-back',
  value: 'populate.brings-back',
  faults: 'populate.brings-back',
  entry: 'populate.brings-back',
  sharers: 'fault.moves-all',
});

const MADE_OWN = blame({
  result: 'populate.brings-back',
  entry: 'populate.brings-back',
  charge: 'populate.brings-back',
});

/** Brings a page in, for writing where that is permitted. */
export function populate(
  step: Step,
  { process, page }: { readonly process: number; readonly page: number },
): void {
  const { state } = step;
  const entry = state.at(process, page);
  const mapping = state.mapping[entry] ?? 0;
  const write = mayWrite(mapping);
  step.names(process, page);
  if (!reach(step, entry, write, BY_POPULATE)) return;
  if (step.faults > 0) {
    step.exercise(POPULATE_BRINGS_BACK);
    if (step.faults === 1) step.blame = POPULATED;
  }
  if (isCommon(mapping)) return;
  becomeDirtyOrClean(state, entry);
  if (!write) return;
  const isOwn = (state.maps[Math.max(NO_OBJECT, state.entry[entry] ?? NO_OBJECT)] ?? 0) === 1;
  const object = ownPage(step, entry, BY_POPULATE.memory);
  if (object === undefined) return;
  if (!isOwn && step.faults === 0) {
    step.blame = MADE_OWN;
    step.exercise(POPULATE_BRINGS_BACK);
  }
  state.droppable[object] = 0;
  state.flavour[entry] = LIKELY_WRITE;
}

export function lock(step: Step, command: CommandOf<'lock'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  state.mapping[entry] = (state.mapping[entry] ?? 0) | LOCKED;
  populate(step, command);
}

export function unlock(step: Step, command: CommandOf<'unlock'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  state.mapping[entry] = (state.mapping[entry] ?? 0) & ~LOCKED;
}
