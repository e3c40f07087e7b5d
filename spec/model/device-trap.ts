import { ruleIndex } from '../requirements/catalogue.ts';
import { type Attribution, attribution } from './attribution.ts';
import { fault } from './migrate-back.ts';
import { maybeFault } from './device-copy.ts';
import { refuseWatched } from './device-reach.ts';
import { OOM, SIGBUS, MODIFIED_WHILE_WATCHED } from './state.ts';
import type { Step } from './step.ts';
import { choice } from './choice.ts';
import { ifSeen } from './hints.ts';

const PAGE_FAULT = choice('page_fault', 'not called', 'called');
const TRAPPED_PAGE = choice('page of the trapped access', 'migrates to system', 'stays');

const WATCH_SURVIVES = ruleIndex('watch.survives');
const WATCH_TRAPS_STORE = ruleIndex('watch.traps-store');
const STORE_TRAPPED = attribution({
  result: 'watch.traps-store',
  value: 'watch.traps-store',
  faults: 'watch.traps-store',
  entry: 'watch.traps-store',
  charge: 'watch.traps-store',
});
const WATCH_SURVIVED: Attribution = { ...STORE_TRAPPED, result: 'watch.survives', value: 'watch.survives' };

/** A device store to a page that is watched for stores. It stores nothing, but the page may migrate to system memory. */
export function trapStore(step: Step, entry: number, object: number): void {
  const { state } = step;
  step.cover(WATCH_TRAPS_STORE);
  const survived = ((state.history[object] ?? 0) & MODIFIED_WHILE_WATCHED) !== 0;
  if (survived) step.cover(WATCH_SURVIVES);
  step.attribution = survived ? WATCH_SURVIVED : STORE_TRAPPED;
  refuseWatched(step);
  if (!state.onDevice(object)) return;
  const struck = step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry);
  if (struck) {
    // page_fault may have been called and failed. The result then shows the reason.
    const asked = step.choose(PAGE_FAULT, ifSeen(step.hasFaulted(), 'called', 'not called'));
    if (asked === 'not called') return;
    fault(step, entry, 'ENOMEM', 'EFAULT');
    if (state.onDevice(object)) step.result = step.chooseResult(['ENOMEM', 'EFAULT']) ?? 'ENOMEM';
    return;
  }
  const hint = ifSeen(step.isOnDevice(entry), 'stays', 'migrates to system');
  if (step.choose(TRAPPED_PAGE, hint) === 'stays') return;
  maybeFault(step, object, entry);
  if (state.onDevice(object)) step.moveToSystem(object);
}
