import { expect, test } from 'vitest';
import type { Command } from '../vocabulary/command.ts';
import {
  advise,
  clearSoftDirty,
  close,
  detach,
  discard,
  fork,
  hotAdd,
  inject,
  join,
  limit,
  load,
  lock,
  makeExclusive,
  map,
  onDevice,
  pin,
  protect,
  store,
  swapOn,
  toDevice,
  watch,
} from '../vocabulary/shorthand.ts';
import { stateKey } from './canonical.ts';
import { Model } from './outcomes.fixture.ts';

const after = (...commands: readonly Command[]): Model =>
  new Model({ pages: 3, frames: 3, slots: 2 }).go(...commands);
const key = (model: Model, rename = false): string => stateKey(model.state, rename);

const mapped = [map(0, 0), map(0, 1)];

test('the numbers of objects are not part of the key', () => {
  const one = after(...mapped, store(0, 0, 7), store(0, 1, 8));
  const other = after(...mapped, store(0, 1, 8), store(0, 0, 7));
  expect(one.state.cells).not.toEqual(other.state.cells);
  expect(key(one)).toBe(key(other));
  expect(key(one)).not.toBe(key(after(...mapped, store(0, 0, 8), store(0, 1, 7))));
});

test('frames and values are part of the key unless they are renamed', () => {
  const one = after(...mapped, store(0, 0, 7), toDevice(0, 0), toDevice(0, 1));
  const other = after(...mapped, store(0, 0, 9), toDevice(0, 1), toDevice(0, 0));
  expect([one.words, other.words]).toEqual(['a7@f0W b0@f1W .', 'a9@f1W b0@f0W .']);
  expect(key(one)).not.toBe(key(other));
  expect(key(one, true)).toBe(key(other, true));
});

const values = (one: number, other: number): string =>
  key(after(...mapped, store(0, 0, one), store(0, 1, other)), true);

const hostAndOwn = (host: number, own: number): string =>
  key(after(map(0, 0, 'write', 'host'), map(0, 1), store(0, 0, host), store(0, 1, own)), true);

test('renaming preserves equality of values, and zero', () => {
  expect(values(7, 7)).toBe(values(8, 8));
  expect(values(7, 8)).toBe(values(8, 7));
  expect(values(7, 7)).not.toBe(values(7, 8));
  const pinned = after(...mapped, pin(0, 0), store(0, 1, 8));
  expect(key(pinned, true)).not.toBe(key(pinned.go(store(0, 0, 8)), true));
});

test('values in host memory are renamed', () => {
  expect(hostAndOwn(7, 7)).toBe(hostAndOwn(8, 8));
  expect(hostAndOwn(7, 7)).not.toBe(hostAndOwn(7, 8));
});

test('processes and pages are not renamed', () => {
  expect(key(after(map(0, 0)), true)).not.toBe(key(after(map(0, 1)), true));
});

test('a frame that is renamed stays on its device', () => {
  const on = (device: number): string =>
    stateKey(new Model({ devices: 2 }).go(map(0, 0), onDevice(device, toDevice(0, 0))).state, true);
  expect(on(0)).not.toBe(on(1));
});

test('the history of an object is not part of the key', () => {
  // The last command is a store, so that store tracking does not distinguish the two pages.
  const moved = after(...mapped, store(0, 0, 7), toDevice(0, 0), load(0, 0), store(0, 0, 7));
  expect(key(moved)).toBe(key(after(...mapped, store(0, 0, 7))));
});

test('a victim is part of the key only while its injection lasts', () => {
  const victim = { process: 0, page: 1 };
  const over = after(...mapped, toDevice(0, 1), inject('sigbus', 1, victim), load(0, 1), discard(0, 1));
  expect(key(over)).toBe(key(after(...mapped, discard(0, 1))));
  expect(key(after(inject('sigbus', 1, victim)))).not.toBe(key(after(inject('sigbus', 1))));
});

const stored = [...mapped, store(0, 0, 7)];
test.each<[string, readonly Command[], readonly Command[]]>([
  ['a protection', stored, [...stored, protect(0, 0, 'read')]],
  ['poison', [map(0, 0)], [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)]],
  ['the place of a page', stored, [...stored, toDevice(0, 0)]],
  ['the sharers of a page', [...stored, fork(0, 1), store(1, 0, 7)], [...stored, fork(0, 1), store(1, 1, 7)]],
  ['a pin', [...stored, pin(0, 0)], [...stored, pin(0, 0, 1)]],
  ['an injection', [inject('oom', 1)], [inject('oom', 2)]],
  ['a lasting injection', [inject('oom', 1)], [inject('oom', 'until-healed')]],
  ['an attached device', [], [detach]],
  ['a closed device', [], [close]],
  ['the owner of the address range', [detach], [detach, hotAdd]],
  ['a lock', stored, [...stored, lock(0, 0), store(0, 0, 7)]],
  ['userfaultfd for missing pages', mapped, [...mapped, watch(0, 0, 'missing')]],
  [
    'userfaultfd write-protection',
    [...stored, watch(0, 0, 'none')],
    [...stored, watch(0, 0, 'write-protect')],
  ],
  ['the soft-dirty bit', stored, [...stored, clearSoftDirty(0)]],
  ['an exclusive entry', [...stored, watch(0, 0, 'none')], [...stored, makeExclusive(0, 0)]],
  ['a lazy-free page', [...stored, advise(0, 0, 'cold')], [...stored, advise(0, 0, 'free')]],
  ['a group', [], [join(0, 1)]],
  ['the charged group', [...stored, toDevice(0, 0), join(0, 1)], [join(0, 1), ...stored, toDevice(0, 0)]],
  ['a limit', [limit(1)], [limit(2)]],
  ['the absence of a limit', [], [limit(0)]],
  ['the swap areas', [swapOn(1)], [swapOn(2)]],
])('states that differ in %s have different keys', (_, one, other) => {
  expect(key(after(...one))).not.toBe(key(after(...other)));
  expect(key(after(...one), true)).not.toBe(key(after(...other), true));
});
