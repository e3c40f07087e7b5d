import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { type Blame, blame } from './blame.ts';
import { isCommon, isHost, isMapped, mappingCode, mayWrite, withProtection } from './permission.ts';
import { maybePopulateLocked } from './populate.ts';
import { inertRule, removeEntry } from './process.ts';
import {
  DIRTY,
  EITHER_FLAVOUR,
  isExclusive,
  isPoison,
  LOCKED,
  LOST,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  NOT_MAPPED,
  READ_FLAVOUR,
} from './state.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean, mayBecomeClean } from './tracking.ts';

const PROTECT_DOWNGRADES = ruleIndex('protect.downgrades');
const PROTECT_NEVER_UPGRADES = ruleIndex('protect.never-upgrades');
const PROTECT_QUIET = ruleIndex('protect.quiet');
const POPULATE_LOCKED = ruleIndex('populate.locked');
const TYPES_HOST_STAYS = ruleIndex('types.host-stays');
const TYPES_SHARED_STAYS = ruleIndex('types.shared-stays');

const MAPPED = blame({ result: 'unmap.clears', entry: 'unmap.reads-zero' });
const UNMAPPED = blame({
  result: 'unmap.clears',
  faults: 'unmap.quiet',
  frees: 'unmap.releases',
  entry: 'unmap.clears',
  sharers: 'fork.survives',
  references: 'unmap.releases',
  mappings: 'unmap.releases',
});
const UNMAPPED_POISON = blame({ frees: 'failure.poison-inert', entry: 'failure.poison-inert' }, UNMAPPED);
const UNMAPPED_LOST = blame({ frees: 'removal.inert', entry: 'removal.inert' }, UNMAPPED);
const UNMAPPED_HOST = blame({ faults: 'types.host-quiet', frees: 'types.host-quiet' }, UNMAPPED);
const HOST_KEPT = blame({ result: 'types.host-stays', entry: 'types.host-stays', frees: 'types.host-quiet' });
const SHARED_KEPT = blame({
  result: 'types.shared-stays',
  entry: 'types.shared-stays',
  frees: 'types.shared-stays',
});
const LOCKED_KEPT = blame({
  result: 'populate.locked',
  entry: 'populate.locked',
  frees: 'populate.locked',
  sharers: 'populate.locked',
});
const PROTECTED = blame({
  result: 'protect.quiet',
  faults: 'protect.quiet',
  frees: 'protect.quiet',
  entry: 'protect.quiet',
  sharers: 'protect.quiet',
  flavour: 'protect.downgrades',
  references: 'protect.quiet',
  mappings: 'protect.quiet',
});
const PROTECTED_READ = blame({ flavour: 'protect.never-upgrades' }, PROTECTED);
const PROTECTED_POISON = blame({ entry: 'failure.poison-inert', frees: 'failure.poison-inert' }, PROTECTED);
const PROTECTED_LOST = blame({ entry: 'removal.inert', frees: 'removal.inert' }, PROTECTED);

/** What an unmap or a discard means for what is there. */
function unmapping(object: number): Blame {
  if (!isPoison(object)) return UNMAPPED;
  return object === LOST ? UNMAPPED_LOST : UNMAPPED_POISON;
}

export function map(step: Step, command: CommandOf<'map'>): void {
  const { state } = step;
  step.names(command.process, command.page);
  step.blame = MAPPED;
  const entry = state.at(command.process, command.page);
  state.mapping[entry] = mappingCode(command.kind, command.protection);
  state.track[entry] = DIRTY;
}

export function unmap(step: Step, command: CommandOf<'unmap'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.blame = unmapping(state.entry[entry] ?? NO_OBJECT);
  if (isCommon(state.mapping[entry] ?? 0)) step.blame = UNMAPPED_HOST;
  removeEntry(step, entry);
  state.mapping[entry] = NOT_MAPPED;
  state.track[entry] = 0;
}

export function discard(step: Step, command: CommandOf<'discard'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  const mapping = state.mapping[entry] ?? 0;
  if (!isMapped(mapping)) {
    // In a race: the other side has unmapped it.
    step.result = 'ENOMEM';
    return;
  }
  if (isCommon(mapping)) {
    step.blame = isHost(mapping) ? HOST_KEPT : SHARED_KEPT;
    step.exercise(isHost(mapping) ? TYPES_HOST_STAYS : TYPES_SHARED_STAYS);
    return;
  }
  if ((mapping & LOCKED) !== 0) {
    step.result = 'EINVAL';
    step.blame = LOCKED_KEPT;
    step.exercise(POPULATE_LOCKED);
    return;
  }
  step.blame = unmapping(state.entry[entry] ?? NO_OBJECT);
  removeEntry(step, entry);
  becomeDirtyOrClean(state, entry);
}

export function protect(step: Step, command: CommandOf<'protect'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  const before = state.mapping[entry] ?? 0;
  if (!isMapped(before)) {
    // In a race: the other side has unmapped it.
    step.result = 'ENOMEM';
    return;
  }
  const after = withProtection(before, command.protection);
  state.mapping[entry] = after;
  step.blame = PROTECTED;
  if (isCommon(before)) return;
  changeFlavour(step, entry, before !== after);
  const becomesWritable = !mayWrite(before) && mayWrite(after);
  if (becomesWritable && (after & LOCKED) !== 0) maybePopulateLocked(step, command);
}

/** What a change of protection, or the same again, does to the entry. */
function changeFlavour(step: Step, entry: number, isChange: boolean): void {
  const { state, terms } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) {
    step.blame = object === LOST ? PROTECTED_LOST : PROTECTED_POISON;
    step.exercise(inertRule(object));
    return;
  }
  if (object === NO_OBJECT) return;
  step.noteWatched(entry, object);
  const onDevice = state.onDevice(object);
  const exclusive = isExclusive(state.flavour[entry] ?? 0);
  if (onDevice) {
    mayBecomeClean(state, entry);
    step.exercise(PROTECT_QUIET);
    if (state.flavour[entry] === READ_FLAVOUR) {
      step.blame = PROTECTED_READ;
      step.exercise(PROTECT_NEVER_UPGRADES);
    }
  }
  if (exclusive) {
    state.flavour[entry] = MAYBE_EXCLUSIVE;
  } else if (state.flavour[entry] === MAYBE_EXCLUSIVE) {
    return;
  } else if (isChange) {
    if (onDevice && state.flavour[entry] !== READ_FLAVOUR) step.exercise(PROTECT_DOWNGRADES);
    state.flavour[entry] = READ_FLAVOUR;
  } else if (onDevice && !terms.profile.sameProtectionIsQuiet && state.flavour[entry] !== READ_FLAVOUR) {
    state.flavour[entry] = EITHER_FLAVOUR;
  }
}
