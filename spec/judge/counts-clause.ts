import { FIRST_FRAME, type State } from '../model/state.ts';
import type { Step } from '../model/step.ts';
import type { RequirementId } from '../requirements/catalogue.ts';
import type { Snapshot } from '../vocabulary/snapshot.ts';
import type { Breach } from './clause.ts';

/**
 * The counts of every frame: the idle count plus one for each entry. Comes after the entries, so that every object on
 * the device has its frame by now.
 */
export function checkCounts(step: Step, snapshot: Snapshot, before: State): Breach | undefined {
  const { refs, maps, least } = snapshot;
  if (refs === undefined || maps === undefined) return undefined;
  const { state } = step;
  const { frames } = state.scope;
  const idle = step.terms.profile.idleCount;
  const mappersByFrame = step.mappersByFrame();
  for (let frame = 0; frame < frames; frame++) {
    const mappers = mappersByFrame[frame] ?? 0;
    if (idle === 1 && least !== undefined && (least[frame] ?? 1) < 1) {
      return breach(
        'count.never-zero',
        frame,
        'a count that never fell to zero',
        `least count ${least[frame]}`,
      );
    }
    if (refs[frame] !== idle + mappers) {
      return breach(
        ruleFor(step, before, frame, mappers, step.blame.references),
        frame,
        `reference count ${idle + mappers}`,
        `reference count ${refs[frame]}`,
      );
    }
    if (maps[frame] !== mappers) {
      return breach(
        ruleFor(step, before, frame, mappers, step.blame.mappings),
        frame,
        `map count ${mappers}`,
        `map count ${maps[frame]}`,
      );
    }
  }
  return undefined;
}

/** How many entries name a frame. */
function mappersOf(state: State, frame: number): number {
  const place = FIRST_FRAME + frame;
  const { length } = state.place;
  for (let object = 1; object < length; object++) {
    if (state.place[object] === place) return state.maps[object] ?? 0;
  }
  return 0;
}

/** A frame that holds nothing now has its own rule, unless the command is what emptied it. */
function ruleFor(
  step: Step,
  before: State,
  frame: number,
  mappers: number,
  otherwise: RequirementId,
): RequirementId {
  if (mappers === 0 && !step.leaves(frame)) return 'count.idle';
  return mappersOf(before, frame) === mappers ? 'count.references' : otherwise;
}

const breach = (requirement: RequirementId, frame: number, expected: string, observed: string): Breach => ({
  clause: 'counts',
  requirement,
  expected: `frame ${frame}: ${expected}`,
  observed: `frame ${frame}: ${observed}`,
});
