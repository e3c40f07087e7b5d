import type { Case } from '../../../spec/vocabulary/case.ts';
import { type NameSort, namesOf } from '../../../spec/vocabulary/names.ts';
import { partsOf } from '../../../spec/vocabulary/parts.ts';
import { devicesIn, type Scope } from '../../../spec/vocabulary/scope.ts';
import type { Pass } from '../pass.ts';

/** The world size that the commands of a case need, with the given number of frames. */
function named({ commands }: Case, frames: number): Scope {
  const parts = commands.flatMap(partsOf);
  const used = (sort: NameSort): number =>
    Math.max(0, ...parts.flatMap((command) => namesOf(command, sort)).map((name) => name + 1));
  const ends = parts.map((command) => ('count' in command ? command.page + command.count : 0));
  const processes = Math.max(1, used('process'));
  const pages = Math.max(1, used('page'), ...ends);
  const slots = used('slot');
  const devices = Math.max(1, used('device'));
  return { processes, pages, frames, slots, ...(devices > 1 && { devices }) };
}

/**
 * Shrink pass: reduces the world size. Unused processes, pages and slots are removed in one candidate if possible,
 * frames as far as possible.
 */
export const shrinkScope: Pass = function* (failing) {
  let current = failing;
  for (let frames = 0; frames <= Math.min(2, failing.scope.frames); frames++) {
    const smaller = { ...current, scope: named(current, frames) };
    if (JSON.stringify(smaller.scope) === JSON.stringify(current.scope)) return current;
    if (yield smaller) return smaller;
  }
  const least = named(current, 0);
  const most = current.scope.frames;
  for (const size of ['processes', 'pages', 'slots'] as const) {
    const wanted = least[size];
    if (wanted >= current.scope[size]) continue;
    const smaller = { ...current, scope: { ...current.scope, [size]: wanted } };
    if (yield smaller) current = smaller;
  }
  if (devicesIn(least) < devicesIn(current.scope)) {
    const { devices: _, ...alone } = current.scope;
    const smaller = { ...current, scope: alone };
    if (yield smaller) current = smaller;
  }
  for (let frames = 0; frames < most; frames++) {
    const smaller = { ...current, scope: { ...current.scope, frames } };
    if (yield smaller) return smaller;
  }
  return current;
};

/** A world size sufficient for most failures; a larger one only adds commands. */
const ROOM: Scope = { processes: 2, pages: 1, frames: 3, slots: 1 };

/**
 * Shrink pass: enlarges the world, which may allow a shorter case. With one more frame, for example, no page need be
 * pinned to free a frame for another. Unused parts are removed at the end.
 */
export const widenScope: Pass = function* (failing) {
  const { processes, pages, frames, slots } = failing.scope;
  const wider: Case = {
    ...failing,
    scope: {
      ...failing.scope,
      processes: Math.max(processes, ROOM.processes),
      pages: Math.max(pages, ROOM.pages),
      frames: Math.max(frames, ROOM.frames),
      slots: Math.max(slots, ROOM.slots),
    },
  };
  return JSON.stringify(wider.scope) !== JSON.stringify(failing.scope) && (yield wider) ? wider : failing;
};
