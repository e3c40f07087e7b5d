import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { blame } from './blame.ts';
import { isHost, mappingCode, withProtection } from './permission.ts';
import { removeEntry } from './process.ts';
import { EITHER_FLAVOUR, NO_OBJECT, NOT_MAPPED, POISONED, READ_FLAVOUR } from './state.ts';
import type { Step } from './step.ts';

const FAILURE_POISON_INERT = ruleIndex('failure.poison-inert');
const PROTECT_DOWNGRADES = ruleIndex('protect.downgrades');
const PROTECT_NEVER_UPGRADES = ruleIndex('protect.never-upgrades');
const PROTECT_QUIET = ruleIndex('protect.quiet');
const TYPES_HOST_STAYS = ruleIndex('types.host-stays');

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
const UNMAPPED_HOST = blame({ faults: 'types.host-quiet', frees: 'types.host-quiet' }, UNMAPPED);
const HOST_KEPT = blame({ result: 'types.host-stays', entry: 'types.host-stays', frees: 'types.host-quiet' });
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

export function map(step: Step, command: CommandOf<'map'>): void {
  const { state } = step;
  step.names(command.process, command.page);
  step.blame = MAPPED;
  state.mapping[state.at(command.process, command.page)] = mappingCode(command.kind, command.protection);
}

export function unmap(step: Step, command: CommandOf<'unmap'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.blame = state.entry[entry] === POISONED ? UNMAPPED_POISON : UNMAPPED;
  if (isHost(state.mapping[entry] ?? 0)) step.blame = UNMAPPED_HOST;
  removeEntry(step, entry);
  state.mapping[entry] = NOT_MAPPED;
}

export function discard(step: Step, command: CommandOf<'discard'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (isHost(state.mapping[entry] ?? 0)) {
    step.blame = HOST_KEPT;
    step.exercise(TYPES_HOST_STAYS);
    return;
  }
  step.blame = state.entry[entry] === POISONED ? UNMAPPED_POISON : UNMAPPED;
  removeEntry(step, entry);
}

export function protect(step: Step, command: CommandOf<'protect'>): void {
  const { state, terms } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  const before = state.mapping[entry] ?? 0;
  const after = withProtection(before, command.protection);
  state.mapping[entry] = after;
  step.blame = PROTECTED;
  if (isHost(before)) return;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object === POISONED) {
    step.blame = PROTECTED_POISON;
    step.exercise(FAILURE_POISON_INERT);
    return;
  }
  if (object === NO_OBJECT) return;
  const onDevice = state.onDevice(object);
  if (onDevice) {
    step.exercise(PROTECT_QUIET);
    if (state.flavour[entry] === READ_FLAVOUR) {
      step.blame = PROTECTED_READ;
      step.exercise(PROTECT_NEVER_UPGRADES);
    }
  }
  if (after !== before) {
    if (onDevice && state.flavour[entry] !== READ_FLAVOUR) step.exercise(PROTECT_DOWNGRADES);
    state.flavour[entry] = READ_FLAVOUR;
  } else if (onDevice && !terms.profile.sameProtectionIsQuiet && state.flavour[entry] !== READ_FLAVOUR) {
    state.flavour[entry] = EITHER_FLAVOUR;
  }
}
