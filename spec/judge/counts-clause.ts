import { COPIED_WHILE_PINNED, type State } from '../model/state.ts';
import type { Step } from '../model/step.ts';
import { neverCountsZero, referencesOf } from '../profiles/profile.ts';
import type { RequirementId } from '../requirements/catalogue.ts';
import { framesIn } from '../vocabulary/scope.ts';
import type { Snapshot } from '../vocabulary/snapshot.ts';
import type { Breach } from './verdict.ts';

/** The counts of every frame: the idle count plus one for each entry. */
export function checkCounts(step: Step, snapshot: Snapshot, before: State): Breach | undefined {
  const { entries, refs, maps, least } = snapshot;
  // Without the entries, the judge does not know the object of each frame.
  if (entries === undefined || refs === undefined || maps === undefined) return undefined;
  const { state } = step;
  const frames = framesIn(state.scope);
  const { profile } = step.judging;
  const neverZero = neverCountsZero(profile);
  for (let frame = 0; frame < frames; frame++) {
    const mappers = state.mappersOf(frame);
    if (neverZero && least !== undefined && (least[frame] ?? 1) < 1) {
      return breach(
        'count.never-zero',
        frame,
        'a count that never fell to zero',
        `least count ${least[frame]}`,
      );
    }
    const references = referencesOf(profile, mappers);
    const inFolio = state.isInFolio(state.holderOf(frame));
    if (inFolio && (refs[frame] !== references || maps[frame] !== mappers)) {
      return breach(
        step.attribution.folio === 'folio.fork-shares' ? 'folio.fork-shares' : 'folio.counts',
        frame,
        `counts of its large folio: references ${references}, mappings ${mappers}`,
        `references ${refs[frame]}, mappings ${maps[frame]}`,
      );
    }
    if (refs[frame] !== references) {
      return breach(
        ruleFor(step, before, frame, mappers, 'count.references', step.attribution.references),
        frame,
        `reference count ${references}`,
        `reference count ${refs[frame]}`,
      );
    }
    if (maps[frame] !== mappers) {
      return breach(
        ruleFor(step, before, frame, mappers, 'count.mappings', step.attribution.mappings),
        frame,
        `map count ${mappers}`,
        `map count ${maps[frame]}`,
      );
    }
  }
  return undefined;
}

/** A frame that now holds no object has a rule of its own, unless the command itself emptied it. */
function ruleFor(
  step: Step,
  before: State,
  frame: number,
  mappers: number,
  unchanged: RequirementId,
  changed: RequirementId,
): RequirementId {
  if (mappers === 0 && !step.leaves(frame)) return 'count.idle';
  return before.mappersOf(frame) === mappers ? unchanged : changed;
}

const breach = (requirement: RequirementId, frame: number, expected: string, observed: string): Breach => ({
  clause: 'counts',
  requirement,
  expected: `frame ${frame}: ${expected}`,
  observed: `frame ${frame}: ${observed}`,
});

/** Resident pages of each process, and the total number of charged pages. */
export function checkAccounting(step: Step, snapshot: Snapshot, before: State): Breach | undefined {
  const { state } = step;
  const { rss, charged } = snapshot;
  if (rss !== undefined) {
    const { processes } = state.scope;
    for (let process = 0; process < processes; process++) {
      const resident = state.residentOf(process);
      if (rss[process] !== resident) {
        return {
          clause: 'accounting',
          requirement: 'account.rss',
          expected: `process ${process}: ${resident} resident`,
          observed: `process ${process}: ${rss[process]} resident`,
        };
      }
    }
  }
  if (charged !== undefined) {
    const objects = state.objectCount;
    if (charged > objects || charged < objects - mayBeUncharged(state)) {
      return {
        clause: 'accounting',
        requirement: chargeRule(step, charged < objects, before),
        expected: `${objects} charged`,
        observed: `${charged} charged`,
      };
    }
  }
  return undefined;
}

/** The number of objects of large folios in system memory that nothing holds. */
function mayBeUncharged(state: State): number {
  let count = 0;
  for (let object = 1; object < state.folio.length; object++) {
    if (state.mayBeUncharged(object)) count++;
  }
  return count;
}

/** Requirements of a copy, for which an object must be charged that does not exist yet. */
const OF_A_COPY: ReadonlySet<RequirementId> = new Set<RequirementId>([
  'fork.isolation',
  'fork.pin-stays',
  'pin.read-own',
]);

/**
 * A charge is attributed to a copy only if too little is charged: the copy was not made. Too little may also mean that a
 * page ended with its last entry, though a pin holds it, or that a pinned page was not copied earlier: one page exists
 * instead of two.
 */
function chargeRule({ attribution, state }: Step, isTooLittle: boolean, before: State): RequirementId {
  const { charge } = attribution;
  if (!isTooLittle) return OF_A_COPY.has(charge) ? 'account.charge' : charge;
  if (charge !== 'account.charge') return charge;
  for (const [object, maps] of before.maps.entries()) {
    if (maps > 0 && state.maps[object] === 0 && state.pinned(object)) return 'pin.sees-stores';
  }
  const isCopied = state.history.some(
    (history, object) => state.exists(object) && (history & COPIED_WHILE_PINNED) !== 0,
  );
  return isCopied ? 'fork.pin-stays' : charge;
}
