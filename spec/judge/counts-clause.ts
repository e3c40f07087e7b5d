import type { State } from '../model/state.ts';
import type { Step } from '../model/step.ts';
import { neverCountsZero, referencesOf } from '../profiles/profile.ts';
import type { RequirementId } from '../requirements/catalogue.ts';
import { framesIn } from '../vocabulary/scope.ts';
import type { Snapshot } from '../vocabulary/snapshot.ts';
import type { Breach } from './clause.ts';

/**
 * The counts of every frame: the idle count plus one for each entry. Comes after the entries, so that every object on
 * the device has its frame by now.
 */
export function checkCounts(step: Step, snapshot: Snapshot, before: State): Breach | undefined {
  const { entries, refs, maps, least } = snapshot;
  // Without the entries it is not known which frame holds what.
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

/** A frame that holds nothing now has its own rule, unless the command is what emptied it. */
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
