import { expect, test } from 'vitest';
import type { Command, Op } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { type Child, type Prober, searchShorter } from './breadth-first.ts';
import { EmbeddedProber } from './embedded-prober.ts';
import { isCanonicalNaming, TargetProber } from './target-prober.ts';

const mutant = mutantById('fork-keeps-parent-write');
if (mutant === undefined) throw new Error('the mutant of this test is gone');
const { mutation } = mutant;

const scope = { processes: 2, pages: 1, frames: 1, slots: 0 };
const slice = { ops: new Set<Op>(['map', 'fork', 'migrate-to-device', 'store']), values: [1, 2] };
const looked = { profile: 'origin', scope, fingerprint: 'fork.read-both fork entries' } as const;
const shortest = ['map', 'migrate-to-device', 'fork'];

const probers: readonly [string, Prober][] = [
  [
    'the embedded kernel from within',
    new EmbeddedProber({ ...looked, commands: commandsIn(scope, slice), mutation }),
  ],
  ...(['open', 'symmetric', 'nothing'] as const).map((assume): [string, Prober] => [
    `a target from without, ${assume}`,
    new TargetProber({
      ...looked,
      slice,
      observe: 'every-step',
      target: new EmbeddedTarget({ mutation }),
      assume,
      restarts: false,
    }),
  ]),
];

test.each(probers)('finds the shortest failing case: %s', async (_, prober) => {
  const found = await searchShorter(prober, { longest: 4, maxStates: 100_000 });
  expect(found.commands?.map(({ op }) => op)).toEqual(shortest);
  expect(found.searched).toBe(3);
});

test.each(probers)('reports the length searched if no case fails: %s', async (_, prober) => {
  const found = await searchShorter(prober, { longest: 2, maxStates: 100_000 });
  expect(found).toMatchObject({ commands: undefined, searched: 2, frontier: undefined });
  expect(found.tried).toBeGreaterThan(5);
});

test('fewer assumptions mean more cases tried', async () => {
  const states: number[] = [];
  for (const [, prober] of probers.slice(1)) {
    states.push((await searchShorter(prober, { longest: 3, maxStates: 100_000 })).states);
  }
  expect(states).toEqual(states.toSorted((a, b) => a - b));
  expect(new Set(states).size).toBe(3);
});

test.each(probers)('continues where it was stopped: %s', async (_, prober) => {
  let paths = 0;
  const stopped = await searchShorter(prober, {
    longest: 4,
    maxStates: 100_000,
    stopped: () => paths++ === 4,
  });
  expect(stopped.commands).toBeUndefined();
  expect(stopped.frontier).toBeDefined();
  // As it comes back from a file.
  const from = structuredClone(stopped.frontier);
  const found = await searchShorter(prober, { longest: 4, maxStates: 100_000, from });
  expect(found.commands?.map(({ op }) => op)).toEqual(shortest);
});

test('stops at the limit of states', async () => {
  const [, prober] = probers[0] ?? [];
  if (prober === undefined) throw new Error('no prober');
  const found = await searchShorter(prober, { longest: 9, maxStates: 10 });
  expect(found.commands).toBeUndefined();
  expect(found.searched).toBeLessThan(3);
});

test.each(probers)(
  'at the last length it tries only commands at which the failure can occur, and misses none: %s',
  async (_, prober) => {
    const [first, second] = commandsIn(scope, slice).filter(
      ({ op }) => op === 'map' || op === 'migrate-to-device',
    );
    for (const path of [[], first === undefined ? [] : [first], first && second ? [first, second] : []]) {
      const found = (children: readonly Child[]): readonly Child[] =>
        children.filter(({ kind }) => kind === 'found');
      const before = prober.asked;
      const all = await prober.probe(path, false);
      const asked = prober.asked - before;
      expect(found(await prober.probe(path, true))).toEqual(found(all));
      expect(prober.asked - before - asked).toBeLessThan(asked);
    }
  },
);

const leaves = mutantById('move-leaves-the-entry');
const fall = {
  profile: 'origin',
  scope: { processes: 1, pages: 2, frames: 1, slots: 0 },
  fingerprint: 'robust.terminates',
} as const;
const moving = { ops: new Set<Op>(['map', 'migrate-to-device', 'move', 'load']), values: [1] };

// The move shows a wrong entry, and the load after it never ends: then there is no trace in which to see the entry.
test.each([
  [
    'from within',
    new EmbeddedProber({ ...fall, commands: commandsIn(fall.scope, moving), mutation: leaves?.mutation }),
  ],
  [
    'from without',
    new TargetProber({
      ...fall,
      slice: moving,
      observe: 'every-step',
      target: new EmbeddedTarget(leaves === undefined ? {} : { mutation: leaves.mutation }),
      assume: 'nothing',
      restarts: false,
    }),
  ],
])('finds a hang after an earlier violation: %s', async (_, prober) => {
  const found = await searchShorter(prober, { longest: 4, maxStates: 100_000 });
  expect(found.commands?.map(({ op }) => op)).toEqual(['map', 'migrate-to-device', 'move', 'load']);
});

const load = (process: number, page: number): Command => ({ op: 'load', process, page });
const store = (value: number): Command => ({ op: 'store', process: 0, page: 0, value });
const fork = (child: number): Command => ({ op: 'fork', process: 0, child });

test('names are numbered in the order of their first use', () => {
  expect(isCanonicalNaming([], store(1), true)).toBe(true);
  expect(isCanonicalNaming([], store(2), true)).toBe(false);
  expect(isCanonicalNaming([store(1)], store(2), true)).toBe(true);
  expect(isCanonicalNaming([store(1)], store(3), true)).toBe(false);
});

test('process 0 counts as named from the beginning', () => {
  expect(isCanonicalNaming([], fork(1), true)).toBe(true);
  expect(isCanonicalNaming([], fork(2), true)).toBe(false);
  expect(isCanonicalNaming([fork(1)], fork(2), true)).toBe(true);
});

test('pages are numbered in order only if they are indistinguishable', () => {
  expect(isCanonicalNaming([], load(0, 1), true)).toBe(false);
  expect(isCanonicalNaming([], load(0, 1), false)).toBe(true);
});

test('the victim of an injection counts as a use of the page', () => {
  const inject: Command = {
    op: 'inject',
    kind: 'oom',
    victim: { process: 0, page: 1 },
    remaining: 1,
  };
  expect(isCanonicalNaming([], inject, true)).toBe(false);
  expect(isCanonicalNaming([load(0, 0)], inject, true)).toBe(true);
});
