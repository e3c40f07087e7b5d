import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { blame } from './blame.ts';
import {
  EITHER_FLAVOUR,
  isExclusive,
  LIKELY_WRITE,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  READ_FLAVOUR,
  WATCHED_MISSING,
  WATCHED_STORES,
} from './state.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean } from './tracking.ts';

const WATCH_OWN = ruleIndex('watch.own');
const BEGUN = blame({ result: 'watch.traps-missing', flavour: 'watch.traps-store' });

/** Says for what a page is watched, in place of what it was watched for. Nothing moves. */
export function watch(step: Step, command: CommandOf<'watch'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.blame = BEGUN;
  const mapping = state.mapping[entry] ?? 0;
  state.mapping[entry] = command.watch === 'missing' ? mapping | WATCHED_MISSING : mapping & ~WATCHED_MISSING;
  becomeDirtyOrClean(state, entry);
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) step.exercise(WATCH_OWN);
  state.track[entry] = (state.track[entry] ?? 0) & ~WATCHED_STORES;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isExclusive(state.flavour[entry] ?? 0)) state.flavour[entry] = MAYBE_EXCLUSIVE;
  // Some take the permission to write away for every watch, and at its end.
  const mayLoseWrite = object > NO_OBJECT && state.onDevice(object) && state.flavour[entry] === LIKELY_WRITE;
  if (mayLoseWrite) state.flavour[entry] = EITHER_FLAVOUR;
  if (command.watch !== 'write-protect') return;
  if (object <= NO_OBJECT) {
    if (object === NO_OBJECT && step.terms.watchesUnpopulated) {
      state.track[entry] = (state.track[entry] ?? 0) | WATCHED_STORES;
    }
    return;
  }
  state.track[entry] = (state.track[entry] ?? 0) | WATCHED_STORES;
  if (state.flavour[entry] !== MAYBE_EXCLUSIVE) state.flavour[entry] = READ_FLAVOUR;
}
