import type { Result } from '../vocabulary/result.ts';
import { FAULT } from './attribution/fault.ts';
import { FOLIO } from './attribution/folio.ts';
import type { Step } from './step.ts';
import { bringFolio, headOf, migratesWhole, strikesFolio } from './folio.ts';
import { LOST, NO_OBJECT, NO_SPLIT, OOM, POISONED, SIGBUS, type State } from './state.ts';
import { becomeDirtyOrClean } from './tracking.ts';
import { choice, ifSeen } from './choice.ts';

const FAILURE = choice('injected failure', 'sigbus', 'oom');
const OUT_OF_MEMORY = choice('fault without memory', 'given up', 'retried');
const STRUCK_EXTRA = choice('further page with an injected failure', 'not tried', 'tried');
const EXTRA = choice('further page of the process', 'stays', 'migrates');

/** The outcomes of an attempt to migrate an object to system. */
export const BROUGHT_BACK = 0;
export const STRUCK_BY_SIGBUS = 1;
export const STRUCK_BY_OOM = 2;
/** The page belongs to a large folio whose split was refused. */
export const REFUSED_BY_SPLIT = 3;

/**
 * One attempt to migrate the object at an entry to system memory. The object moves if no injection applies; where both
 * injections apply, either may take effect first.
 */
export function attemptBack(step: Step, object: number, entry: number): number {
  if (step.state.isInFolio(object)) {
    const members = migratesWhole(step, object, entry);
    if (members === 'refused') return REFUSED_BY_SPLIT;
    if (members !== 'base page') return attemptFolioBack(step, object, members);
  }
  return attemptBase(step, object, entry);
}

/** The same for a base page, or a page of a large folio that an injection strikes. */
export function attemptBase(step: Step, object: number, entry: number): number {
  const sigbus = step.injectionFails(SIGBUS, object, entry);
  const oom = step.injectionFails(OOM, object, entry);
  if (!sigbus && !oom) {
    step.moveToSystem(object);
    return BROUGHT_BACK;
  }
  const failure = sigbus && oom ? step.choose(FAILURE) : sigbus ? 'sigbus' : 'oom';
  const struckBy = failure === 'sigbus' ? STRUCK_BY_SIGBUS : STRUCK_BY_OOM;
  step.consume(struckBy === STRUCK_BY_SIGBUS ? SIGBUS : OOM);
  return struckBy;
}

/** One attempt to migrate a large folio whole: an injection on any of its pages may strike it. */
function attemptFolioBack(step: Step, object: number, members: readonly number[]): number {
  const sigbus = strikesFolio(step, SIGBUS, members);
  const oom = strikesFolio(step, OOM, members);
  if (!sigbus && !oom) {
    bringFolio(step, object);
    return BROUGHT_BACK;
  }
  step.refine(FOLIO.struckWhole);
  const failure = sigbus && oom ? step.choose(FAILURE) : sigbus ? 'sigbus' : 'oom';
  step.consume(failure === 'sigbus' ? SIGBUS : OOM);
  return failure === 'sigbus' ? STRUCK_BY_SIGBUS : STRUCK_BY_OOM;
}

/**
 * The fault: page_fault is called for the object behind an entry, and again as often as the implementation retries
 * when memory is short. On success the driver may have migrated further pages to system.
 *
 * @param memory the result of the access when it runs out of memory
 * @param orThis an alternative result in that case
 */
export function handleFault(step: Step, entry: number, memory: Result, orThis: Result = memory): number {
  const { state, judging } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.faultPlace = state.place[object] ?? 0;
  step.faultHead = headOf(state, object, entry);
  if (state.isInFolio(object)) step.refine(FOLIO.faulted);
  for (;;) {
    step.faults++;
    const outcome = attemptBack(step, object, entry);
    if (outcome === BROUGHT_BACK) {
      migrateExtrasBack(step, entry);
      return BROUGHT_BACK;
    }
    if (outcome !== STRUCK_BY_OOM) return outcome;
    // A retry is not reported. It must be finite: an injection that lasts until healed would be retried forever.
    // A pin can return an error, so it may fail independently of the results that a target declares for its accesses.
    const mayAnswer = judging.oomResult || memory !== 'oom';
    const mayRetry = !step.lasting(OOM);
    if (!mayRetry) return STRUCK_BY_OOM;
    const hint = ifSeen(step.isRetried(memory, orThis), 'retried', 'given up');
    if (mayAnswer && step.choose(OUT_OF_MEMORY, hint) === 'given up') return STRUCK_BY_OOM;
  }
}

/**
 * Migrates further pages to system: the driver may choose any objects that the accessing process maps on the same device
 * (on any device, in profiles where pages have no owner). An object with an injected failure stays; whether the driver
 * tried it, and so used the injection, is not observable.
 *
 * @param whence the part of the caller's progress, besides the state, on which its continuation depends
 */
export function migrateExtrasBack(step: Step, entry: number, whence = ''): void {
  const { state, judging } = step;
  const { pages } = state.scope;
  const first = entry - (entry % pages);
  const device = state.deviceOf(step.faultPlace);
  if (isForeignOn(state, first, device)) step.refine(FAULT.calledBesidePagesOfOthers);
  for (let extra = first; extra < first + pages; extra++) {
    const object = state.entry[extra] ?? NO_OBJECT;
    if (extra === entry || object <= NO_OBJECT || !state.onDevice(object)) continue;
    if (!step.passes(() => `extra ${extra} ${step.faults} ${step.faultPlace} ${whence}`)) return;
    if (judging.ownersMatter && !state.isOn(object, device)) continue;
    if (state.isInFolio(object)) migrateFolioOf(step, object, extra);
    else if (step.injectionFails(SIGBUS, object, extra) || step.injectionFails(OOM, object, extra)) {
      noteExtra(step);
      if (spendable(step, object, extra) && step.choose(STRUCK_EXTRA) === 'tried')
        attemptBack(step, object, extra);
    } else if (step.choose(EXTRA, ifSeen(step.hasLeft(object, extra), 'migrates', 'stays')) === 'migrates') {
      noteExtra(step);
      step.moveToSystem(object);
    }
  }
}

/** Records a further page that the driver may have tried to migrate. */
function noteExtra(step: Step): void {
  step.mayHaveTriedExtras = true;
  step.refine(FAULT.extraPage);
}

/** A further page of the process that belongs to a large folio: the driver may have tried it whole or as a base page. */
function migrateFolioOf(step: Step, object: number, extra: number): void {
  noteExtra(step);
  if (step.choose(EXTRA, ifSeen(step.hasLeft(object, extra), 'migrates', 'stays')) === 'migrates') {
    if (attemptBack(step, object, extra) !== BROUGHT_BACK) step.ruleOut();
    return;
  }
  const { state } = step;
  const members = state.membersOf(object);
  for (const kind of [SIGBUS, OOM, NO_SPLIT]) {
    if (!strikesFolio(step, kind, members) || step.lasting(kind)) continue;
    if (step.choose(STRUCK_EXTRA) === 'tried') {
      step.consume(kind);
      return;
    }
  }
}

/** Whether there is a page on the device that the process with its first entry at `first` does not map. */
function isForeignOn(state: State, first: number, device: number): boolean {
  const end = first + state.scope.pages;
  for (let entry = 0; entry < state.entry.length; entry++) {
    const object = state.entry[entry] ?? NO_OBJECT;
    if (entry >= first && entry < end) continue;
    if (object > NO_OBJECT && state.isOn(object, device) && !state.isSeenBetween(object, first, end))
      return true;
  }
  return false;
}

/** Whether a failing attempt on this object would use an injection. */
export const spendable = (step: Step, object: number, entry: number): boolean =>
  (step.injectionFails(SIGBUS, object, entry) && !step.lasting(SIGBUS)) ||
  (step.injectionFails(OOM, object, entry) && !step.lasting(OOM));

/** Replaces an entry whose page was lost with its device. */
export function loseEntry(step: Step, entry: number): void {
  poison(step, entry);
  step.state.entry[entry] = LOST;
}

/** Poisons an entry whose page was lost. The counts of the frame fall; the frame is released with its last entry. */
export function poison(step: Step, entry: number): void {
  step.unlink(entry);
  step.state.entry[entry] = POISONED;
  becomeDirtyOrClean(step.state, entry);
}
