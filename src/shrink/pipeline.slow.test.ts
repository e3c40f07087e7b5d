import { expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { fork, load, map, pin, protect, store, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';
import { shrinkAt } from './failing.fixture.ts';
import { shrinkOnModel } from './passes/on-model.ts';

// Each of these is reduced to exactly this by the whole pipeline, and by none that lacks the pass that is named. Most need
// a page to be loaded more than once: no state of the model tells how often it was, so only that pass can help.

const caseOf = (commands: readonly Command[], scope: Partial<Case['scope']> = {}): Case => ({
  profile: 'origin',
  scope: { processes: 2, pages: 4, frames: 4, slots: 2, ...scope },
  observe: 'every-step',
  commands,
});
const opsOf = ({ commands }: Case): string => commands.map(({ op }) => op).join(' ');
const placesOf = (commands: readonly Command[]): string =>
  commands.map((command) => ('page' in command ? `${command.process} ${command.page}` : '')).join(', ');
const shrunk = (
  failing: Case,
  fails: (smaller: Case) => boolean,
  options: Parameters<typeof shrinkAt>[2] = {},
): ReturnType<typeof shrinkAt> => {
  expect(fails(failing)).toBe(true);
  return shrinkAt(failing, fails, options);
};
const isOneOf =
  (...sequences: readonly string[]) =>
  (testCase: Case): boolean =>
    sequences.includes(opsOf(testCase));

const discard = (process = 0): Command => ({ op: 'discard', process, page: 0 });
const deviceStore: Command = { op: 'device-store', process: 0, page: 0, value: 1 };
const heal: Command = { op: 'heal' };
const twice = [load(0, 0), load(0, 0)];

test('sketch: all commands on which the last one does not depend are removed by one candidate', () => {
  const round = [store(0, 0, 1), toDevice(0, 0), load(0, 0), fork(0, 1), { op: 'exit', process: 1 } as const];
  const commands = [map(0, 0), ...round, ...round, ...round, ...round, unmap(0, 0)];
  const { case: smaller } = shrunk(
    caseOf(commands),
    (one) => one.commands.at(-1)?.op === 'unmap' && one.commands.some(({ op }) => op === 'store'),
    { most: 1 },
  );
  expect(opsOf(smaller)).toBe('map store unmap');
});

test('sketch: passes that undo each other terminate', () => {
  const mapped = Array.from({ length: 7 }, (_, page) => map(0, page));
  const stored: Command = { op: 'device-store', process: 0, page: 6, value: 6 };
  const failing = caseOf([...mapped, toDevice(0, 0, 13), stored, { op: 'detach' }], {
    processes: 1,
    pages: 13,
    frames: 5,
    slots: 0,
  });
  const proposals = shrinkOnModel(failing, { requirement: 'migrate.detach', clause: 'result' });
  let next = proposals.next();
  while (next.done !== true) next = proposals.next(false);
  expect(next.value).toEqual(failing);
});

test('focusOnPages: commands on other pages are removed by few candidates', () => {
  const noise = Array.from({ length: 24 }, (_, index) => load(0, 1 + (index % 3)));
  const commands = [map(0, 0), map(0, 1), map(0, 2), map(0, 3), ...twice, ...noise, unmap(0, 0)];
  const { case: smaller } = shrunk(
    caseOf(commands),
    (one) =>
      one.commands.at(-1)?.op === 'unmap' &&
      one.commands.filter((command) => command.op === 'load' && command.page === 0).length === 2,
    { most: 8 },
  );
  expect(opsOf(smaller)).toBe('map load load unmap');
});

test('deleteCommands: unneeded commands are removed', () => {
  const loads = Array.from({ length: 10 }, (_, index) => load(0, index % 2));
  const needed = [map(0, 0), map(0, 1), ...loads, unmap(0, 0)];
  const fails = ({ commands }: Case): boolean =>
    placesOf(commands.filter(({ op }) => op !== 'heal')) === placesOf(needed);
  const { case: smaller } = shrunk(caseOf([...needed.slice(0, 6), heal, ...needed.slice(6)]), fails);
  expect(opsOf(smaller)).toBe(opsOf(caseOf(needed)));
});

test('splitRaces: a race is replaced by its commands, in the order in which they fail', () => {
  const racing: Command = { op: 'race', left: load(0, 0), right: unmap(0, 0) };
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), racing, heal, load(0, 0)]),
    isOneOf('map race heal load', 'map load unmap heal load'),
  );
  expect(opsOf(smaller)).toBe('map load unmap heal load');
});

test('deletePairs: two commands are removed that cannot be removed alone', () => {
  const injected: Command = { op: 'inject', kind: 'oom', victim: 'any', remaining: 1 };
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), injected, ...twice, ...twice, heal, load(0, 0)]),
    isOneOf('map inject load load load load heal load', 'map load load load load load'),
  );
  expect(opsOf(smaller)).toBe('map load load load load load');
});

test('mergeNames: a page of every command gets the lowest number', () => {
  const fails = (smaller: Case): boolean =>
    opsOf(smaller) === 'map load load' && new Set(placesOf(smaller.commands).split(', ')).size === 1;
  const { case: smaller } = shrunk(caseOf([map(0, 3), load(0, 3), load(0, 3)]), fails);
  expect(smaller.commands).toEqual([map(0, 0), ...twice]);
});

test('simplifyArguments: values become small', () => {
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), store(0, 0, 900), store(0, 0, 800)]),
    isOneOf('map store store'),
  );
  expect(smaller.commands).toEqual([map(0, 0), store(0, 0, 1), store(0, 0, 1)]);
});

test('followChildren: the parent takes over the commands of its child', () => {
  const stays = ({ commands }: Case): boolean => commands.every((c) => !('process' in c) || c.process === 0);
  const fails = (smaller: Case): boolean =>
    opsOf(smaller) === 'map load load fork exit migrate-to-device unmap' ||
    (opsOf(smaller) === 'map load load migrate-to-device unmap' && stays(smaller));
  const exit: Command = { op: 'exit', process: 0 };
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), ...twice, fork(0, 1), exit, toDevice(1, 0), unmap(1, 0)]),
    fails,
  );
  expect(opsOf(smaller)).toBe('map load load migrate-to-device unmap');
});

test('stayAlive: a further process replaces one that reuses the number of another', () => {
  const exit: Command = { op: 'exit', process: 0 };
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), ...twice, fork(0, 1), exit, fork(1, 0)]),
    isOneOf('map load load fork exit fork', 'map load load fork fork'),
  );
  expect(opsOf(smaller)).toBe('map load load fork fork');
  expect(smaller.scope.processes).toBe(3);
});

test('moveIn: a page of an unrelated process is replaced by another page of the process', () => {
  const fails = (smaller: Case): boolean => {
    const places = placesOf(smaller.commands.slice(-3));
    return (
      (opsOf(smaller) === 'map spawn map load load' && places === '1 0, 1 0, 1 0') ||
      (opsOf(smaller) === 'map map load load' && places === '0 1, 0 1, 0 1')
    );
  };
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), { op: 'spawn', process: 1 }, map(1, 0), load(1, 0), load(1, 0)], { pages: 1 }),
    fails,
  );
  expect(opsOf(smaller)).toBe('map map load load');
});

test('widenScope: a larger world permits a shorter case', () => {
  const fails = (smaller: Case): boolean =>
    opsOf(smaller) === 'map store load pin load' ||
    (opsOf(smaller) === 'map store load load' && smaller.scope.frames >= 2);
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), store(0, 0, 1), load(0, 0), pin(0, 0), load(0, 0)], { frames: 1 }),
    fails,
  );
  expect(opsOf(smaller)).toBe('map store load load');
  expect(smaller.scope.frames).toBe(2);
});

test('substituteWindows: one command replaces two', () => {
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), ...twice, unmap(0, 0), map(0, 0), ...twice, store(0, 0, 1)]),
    isOneOf('map load load unmap map load load store', 'map load load discard load load store'),
  );
  expect(opsOf(smaller)).toBe('map load load discard load load store');
});

test('tradeCommands: one command is removed when another one changes', () => {
  const fails = (smaller: Case): boolean =>
    opsOf(smaller) === 'map load load migrate-to-device protect discard' ||
    (opsOf(smaller) === 'map load load migrate-to-device discard' &&
      smaller.commands.some((c) => c.op === 'map' && c.protection === 'read'));
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), ...twice, toDevice(0, 0), protect(0, 0, 'read'), discard()]),
    fails,
  );
  expect(opsOf(smaller)).toBe('map load load migrate-to-device discard');
});

test('lowerLimits: commands that use up frames are removed together with the frames', () => {
  const limit = (pages: number): Command => ({ op: 'limit', group: 0, pages });
  const counts = ({ commands }: Case): boolean => {
    const maps = commands.filter(({ op }) => op === 'map').length;
    return commands.some((command) => command.op === 'limit' && command.pages === maps);
  };
  const { case: smaller } = shrunk(
    caseOf([map(0, 0), map(0, 1), map(0, 2), limit(3), ...twice]),
    (one) => opsOf(one).endsWith('limit load load') && opsOf(one).startsWith('map') && counts(one),
  );
  expect(smaller.commands).toEqual([map(0, 0), limit(1), ...twice]);
});

test('shrinkScope: the world becomes as small as possible', () => {
  const { case: smaller } = shrunk(caseOf([map(0, 0), ...twice]), isOneOf('map load load'));
  expect(smaller.scope).toEqual({ processes: 1, pages: 1, frames: 0, slots: 0 });
});

test('shorterWays: a shorter path leads to the same state', () => {
  const shared = [map(0, 0), store(0, 0, 1), fork(0, 1), discard(1), toDevice(0, 0), deviceStore];
  const isEither = isOneOf(
    opsOf(caseOf(shared)),
    'map store migrate-to-device protect device-store',
    'map migrate-to-device protect device-store',
  );
  const { case: smaller } = shrunk(caseOf(shared), (one) => one.scope.frames > 0 && isEither(one), {
    failure: { requirement: 'device.store-place', clause: 'callbacks' },
  });
  expect(opsOf(smaller)).toBe('map migrate-to-device protect device-store');
});
