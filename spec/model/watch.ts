import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { attribution } from './attribution.ts';
import {
  MAYBE_WRITABLE,
  isExclusive,
  LIKELY_WRITABLE,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  READ_ONLY,
  WATCHED_MISSING,
  WATCHED_STORES,
} from './state.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean } from './tracking.ts';

const WATCH_OWN = ruleIndex('watch.own');
const BEGUN = attribution({ result: 'watch.traps-missing', writable: 'watch.traps-store' });

/** Replaces the watch of a page. No page migrates. */
export function watch(step: Step, command: CommandOf<'watch'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.attribution = BEGUN;
  const mapping = state.mapping[entry] ?? 0;
  state.mapping[entry] = command.watch === 'missing' ? mapping | WATCHED_MISSING : mapping & ~WATCHED_MISSING;
  becomeDirtyOrClean(state, entry);
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) step.cover(WATCH_OWN);
  state.track[entry] = (state.track[entry] ?? 0) & ~WATCHED_STORES;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isExclusive(state.writable[entry] ?? 0)) state.writable[entry] = MAYBE_EXCLUSIVE;
  // Some implementations remove the write permission at the start and at the end of every watch.
  const mayLoseWrite =
    object > NO_OBJECT && state.onDevice(object) && state.writable[entry] === LIKELY_WRITABLE;
  if (mayLoseWrite) state.writable[entry] = MAYBE_WRITABLE;
  if (command.watch !== 'write-protect') return;
  if (object <= NO_OBJECT) {
    if (object === NO_OBJECT && step.judging.watchesUnpopulated) {
      state.track[entry] = (state.track[entry] ?? 0) | WATCHED_STORES;
    }
    return;
  }
  state.track[entry] = (state.track[entry] ?? 0) | WATCHED_STORES;
  if (state.writable[entry] !== MAYBE_EXCLUSIVE) state.writable[entry] = READ_ONLY;
}
