import type { Case } from '../../../spec/vocabulary/case.ts';
import { nameCount, namesOf, type NameSort } from '../../../spec/vocabulary/names.ts';
import { partsOf, withParts } from '../../../spec/vocabulary/parts.ts';
import { blockIn, devicesIn, type Scope } from '../../../spec/vocabulary/scope.ts';
import { type Pass, withCommands } from '../pass.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Command, Single } from '../../../spec/vocabulary/command.ts';
import { renamed, renamedCase, type Renaming, SAME } from '../../../spec/vocabulary/rename.ts';

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
  const least = inBlocks(named(current, 0), blockIn(current.scope));
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

/** The world size with enough pages for complete blocks. */
const inBlocks = (scope: Scope, block: number): Scope => ({
  ...scope,
  pages: Math.ceil(scope.pages / block) * block,
});

/** The smallest number of pages in a block. */
const SMALLEST_BLOCK = 2;

/** Shrink pass: makes blocks smaller. Either the first or the last page of each block stays apart from the others. */
export const shrinkBlocks: Pass = function* (failing) {
  const { scope } = failing;
  const block = blockIn(scope);
  if (block <= SMALLEST_BLOCK) return failing;
  const resized = (size: number): number => Math.ceil(size / block) * SMALLEST_BLOCK;
  for (const isApart of [(part: number) => part > 0, (part: number) => part === block - 1]) {
    const moved = (name: number): number =>
      Math.floor(name / block) * SMALLEST_BLOCK + (isApart(name % block) ? 1 : 0);
    const smaller: Case = {
      ...failing,
      scope: { ...scope, pages: resized(scope.pages), frames: resized(scope.frames), block: SMALLEST_BLOCK },
      commands: failing.commands.map((command) => withParts(command, (part) => movedInBlocks(part, moved))),
    };
    const candidate = withoutRefused(smaller, refused(failing));
    if (yield candidate) return candidate;
  }
  return failing;
};

/** A command with its pages and frames moved; a range still covers those of its pages or frames. */
function movedInBlocks(command: Single, moved: (name: number) => number): Command {
  const ends = (first: number, count: number): number => moved(first + count - 1) - moved(first) + 1;
  const renaming = renamed(command, { ...SAME, page: moved });
  if ('count' in command && 'count' in renaming) {
    return { ...renaming, count: ends(command.page, command.count) };
  }
  if (command.op !== 'evict-range' || command.frames === 0) return renaming;
  return { ...command, frame: moved(command.frame), frames: ends(command.frame, command.frames) };
}

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

/** The renaming that merges or exchanges two names. */
type Names = (from: number, to: number) => Renaming;

const merged =
  (from: number, to: number) =>
  (item: number): number =>
    item === from ? to : item;
const swapped =
  (one: number, other: number) =>
  (item: number): number =>
    item === one ? other : item === other ? one : item;

/** The sorts of names that are merged. */
const SORTS = ['process', 'page', 'slot', 'device', 'group'] as const;
type Sort = (typeof SORTS)[number];

const MERGES: readonly { readonly of: Sort; readonly names: Names }[] = SORTS.flatMap((sort) => [
  { of: sort, names: (from, to) => ({ ...SAME, [sort]: merged(from, to) }) },
  // Slots are only merged: exchanging them costs many candidates and rarely helps.
  ...(sort === 'slot'
    ? []
    : [{ of: sort, names: ((from, to) => ({ ...SAME, [sort]: swapped(from, to) })) satisfies Names }]),
]);

/** The commands of a case that would not be sent; they have no effect. */
function refused({ scope, profile, commands }: Case): readonly boolean[] {
  const admission = new Admission(scope, profile);
  return commands.map((command) => admission.admit(command) !== undefined);
}

/** A renamed case without the commands that are no longer admitted. */
function renamedAndCleared(testCase: Case, by: Renaming): Case {
  return withoutRefused(renamedCase(testCase, by), refused(testCase));
}

/** A case without the commands that are not admitted and were admitted before. */
function withoutRefused(testCase: Case, before: readonly boolean[]): Case {
  const after = refused(testCase);
  return withCommands(
    testCase,
    testCase.commands.filter((_, index) => after[index] !== true || before[index] === true),
  );
}

/**
 * Shrink pass: merges two processes, pages, slots, devices or control groups, and gives the rest the smallest names. A
 * bug that needs two pages keeps two; the commands at merged pages are removed by the next deletion.
 *
 * @example `fork 0 into 1, exit 0, map in 1, fork 1 into 0`: with 0 and 1 exchanged, the first two are not admitted
 *   and are removed
 */
export const mergeNames: Pass = function* (failing) {
  let current = failing;
  for (const { of, names } of MERGES) {
    for (let from = nameCount(of, current.scope) - 1; from > 0; from--) {
      for (let to = 0; to < from; to++) {
        const smaller = renamedAndCleared(current, names(from, to));
        if (isSimpler(smaller, current) && (yield smaller)) current = smaller;
      }
    }
  }
  return current;
};

/** Whether a case is shorter, uses the first device more often, or uses smaller names. */
function isSimpler({ commands: one }: Case, { commands: other }: Case): boolean {
  if (one.length !== other.length) return one.length < other.length;
  const devices = devicesNamed(one) - devicesNamed(other);
  // Device 0 is omitted in JSON, so comparing JSON texts would order it after all other devices.
  return devices < 0 || (devices === 0 && JSON.stringify(one) < JSON.stringify(other));
}

const devicesNamed = (commands: readonly Command[]): number =>
  commands
    .flatMap(partsOf)
    .flatMap((command) => namesOf(command, 'device'))
    .reduce((sum, device) => sum + device, 0);
