import { describe, expect, test } from 'vitest';
import type { Command, Op } from '../vocabulary/command.ts';
import {
  advise,
  clearSoftDirty,
  close,
  detach,
  discard,
  fork,
  inject,
  join,
  load,
  lock,
  map,
  onDevice,
  pin,
  store,
  toDevice,
  unmap,
  watch,
} from '../vocabulary/shorthand.ts';
import { ReportedKey } from './reported-key.ts';
import { Model } from './outcomes.fixture.ts';

const CORE: readonly Op[] = ['load', 'store', 'migrate-to-device'];

const keyWith = (ops: readonly Op[], ...commands: readonly Command[]): string =>
  new ReportedKey(new Set([...CORE, ...ops])).of(
    new Model({ profile: 'linux-4.14', devices: 2 }).go(...commands).state,
  );
const key = (...commands: readonly Command[]): string => keyWith([], ...commands);

const mapped = [map(0, 0), map(0, 1)];
const stored = [...mapped, store(0, 0, 7)];

test('names of objects, frames and values make no difference', () => {
  const one = key(...mapped, store(0, 0, 7), store(0, 1, 8), toDevice(0, 0), toDevice(0, 1));
  const other = key(...mapped, store(0, 1, 9), store(0, 0, 5), toDevice(0, 1), toDevice(0, 0));
  expect(one).toBe(other);
});

test.each<[string, readonly Command[], readonly Command[]]>([
  ['where a page is', stored, [...stored, toDevice(0, 0)]],
  ['on which device', [...stored, toDevice(0, 0)], [...stored, onDevice(1, toDevice(0, 0))]],
  ['values that are equal', [...stored, store(0, 1, 7)], [...stored, store(0, 1, 8)]],
  ['what is zero', stored, [...mapped, store(0, 0, 7), discard(0, 0), pin(0, 0)]],
  ['who shares', [...stored, fork(0, 1)], [...stored, fork(0, 1), store(1, 0, 7)]],
  ['a pin', stored, [...stored, pin(0, 0)]],
  ['an injection', [], [inject('oom')]],
  ['its victim', [inject('oom')], [inject('oom', 1, { process: 0, page: 0 })]],
  ['a closed device', [], [close]],
  ['which device is detached', [detach], [onDevice(1, detach)]],
  ['a lock', stored, [...stored, lock(0, 0)]],
  ['a watch', mapped, [...mapped, watch(0, 0, 'missing')]],
  [
    'what a file holds, for it does so again',
    [map(0, 0, 'write', 'file'), pin(0, 0)],
    [map(0, 0, 'write', 'file'), store(0, 0, 7), pin(0, 0)],
  ],
  ['a file', [map(0, 0)], [map(0, 0, 'write', 'file')]],
])('%s makes one', (_, one, other) => {
  expect(key(...one)).not.toBe(key(...other));
});

describe('what only some commands tell', () => {
  test.each<[string, Op, readonly Command[], readonly Command[]]>([
    ['a page that is clean', 'soft-dirty', stored, [...stored, clearSoftDirty(0)]],
    ['what may be dropped', 'advise', stored, [...stored, advise(0, 0, 'free')]],
    ['what may be in a swap area', 'residency', stored, [...stored, advise(0, 0, 'page-out')]],
    ['a group', 'charge', stored, [...stored, join(0, 1)]],
    [
      'whose charge it is',
      'limit',
      [...stored, fork(0, 1), unmap(1, 0), join(1, 1)],
      [...stored, fork(0, 1), join(1, 1), unmap(1, 0)],
    ],
  ])('%s makes a difference beside it alone', (_, op, one, other) => {
    expect(key(...one)).toBe(key(...other));
    expect(keyWith([op], ...one)).not.toBe(keyWith([op], ...other));
  });

  test('that a page in system memory is likely to become WRITE, none tells', () => {
    expect(key(...stored)).toBe(key(...stored, toDevice(0, 0), load(0, 0)));
    expect(key(...stored, fork(0, 1), unmap(1, 0))).toBe(
      key(...stored, fork(0, 1), unmap(1, 0), store(0, 0, 8)),
    );
  });
});
