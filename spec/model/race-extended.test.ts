import { describe, expect, test } from 'vitest';
import {
  close,
  detach,
  deviceLoad,
  deviceStore,
  discard,
  evict,
  exit,
  fork,
  inject,
  kernelLoad,
  kernelStore,
  load,
  makeExclusive,
  map,
  move,
  pin,
  protect,
  race,
  store,
  toDevice,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const inSystem = (): Model => new Model({ profile, pages: 2 }).go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));
  const answers = /^\S+ & \S+(?=:)/;

  test('of a store beside a fork the child has nothing, all, or some cells', () => {
    const after = inSystem().outcomesIn(race(store(0, 0, 9), fork(0, 1)), /[ab]-?\d+@sys/);
    expect(after).toContain('a9@sys');
    const child = inSystem()
      .outcomes(race(kernelStore(0, 0, 9), fork(0, 1)))
      .map((outcome) => /\| b(-?\d+)@sys/.exec(outcome)?.[1] ?? 'shared');
    expect(new Set(child)).toEqual(new Set(['shared', '7', '-1']));
  });

  test('two stores leave one value, or some cells of each', () => {
    const left = inSystem().outcomesIn(race(store(0, 0, 8), kernelStore(0, 0, 9)), /a-?\d+@sys/);
    expect(left).toEqual(['a-1@sys', 'a8@sys', 'a9@sys']);
  });

  test('a store that is refused half-way leaves half', () => {
    expect(inSystem().outcomesIn(race(store(0, 0, 9), protect(0, 0, 'read')), /^\w+ & ok: a-?\d+/)).toEqual([
      'SIGSEGV & ok: a-1',
      'SIGSEGV & ok: a7',
      'ok & ok: a9',
    ]);
  });

  test('what was torn stays so until it is stored to', () => {
    const torn = inSystem()
      .outcomes(race(store(0, 0, 8), store(0, 0, 9)))
      .some((outcome) => outcome.includes('a-1@sys'));
    expect(torn).toBe(true);
  });

  test('a store that fills a hole beside a protect may leave the page of zeros', () => {
    const unpopulated = new Model({ profile, pages: 1 }).go(map(0, 0));
    expect(
      unpopulated.outcomesIn(race(store(0, 0, 9), protect(0, 0, 'read')), /^SIGSEGV & ok: a0@sys/),
    ).toContain('SIGSEGV & ok: a0@sys');
  });

  test('what finds nothing mapped is refused or skipped', () => {
    expect(inSystem().outcomesIn(race(unmap(0, 0), evict(0, 0)), answers)).toEqual(['ok & skipped']);
    expect(inSystem().outcomesIn(race(unmap(0, 0), discard(0, 0)), answers)).toEqual([
      'ok & ENOMEM',
      'ok & ok',
    ]);
    expect(inSystem().outcomesIn(race(unmap(0, 0), protect(0, 0, 'none')), answers)).toEqual([
      'ok & ENOMEM',
      'ok & ok',
    ]);
    expect(inSystem().outcomesIn(race(unmap(0, 0), move(0, 0, 1)), answers)).toEqual([
      'ok & EFAULT',
      'ok & ok',
    ]);
    expect(inSystem().outcomesIn(race(exit(0), kernelLoad(0, 0)), answers)).toEqual([
      'ok & 7',
      'ok & EFAULT',
    ]);
  });

  test('a pin beside a migration keeps the page, or brings it back', () => {
    expect(inSystem().outcomesIn(race(pin(0, 0), toDevice(0, 0)), /^.* & \w+: a7@\w+/)).toEqual([
      'ok & moved: a7@sys',
      'ok & skipped: a7@sys',
    ]);
    expect(onDevice().outcomesIn(race(pin(0, 0), pin(0, 0)), answers)).toEqual(['EBUSY & ok', 'ok & EBUSY']);
  });

  test('a pin that is let go beside a store has seen half at most', () => {
    const pinned = inSystem().go(pin(0, 0));
    expect(pinned.outcomesIn(race(unpin(), store(0, 0, 9)), answers)).toEqual([
      '7 & ok',
      '9 & ok',
      'torn & ok',
    ]);
  });

  test('a device that goes may leave what the other command has to do with', () => {
    expect(onDevice().outcomesIn(race(detach, load(0, 0)), answers)).toEqual(['EBUSY & 7', 'ok & 7']);
    expect(onDevice().outcomesIn(race(detach, deviceLoad(0, 0)), answers)).toEqual([
      'EBUSY & 7',
      'ok & 7',
      'ok & ENODEV',
    ]);
    expect(onDevice().outcomesIn(race(detach, detach), answers)).toContain('ok & ENODEV');
    expect(inSystem().outcomesIn(race(close, toDevice(0, 0)), answers)).toEqual([
      'ok & moved',
      'ok & skipped',
    ]);
  });

  test('a device store that brings its page back may be seen before it lands', () => {
    const shared = onDevice().go(fork(0, 1));
    const seen = shared.outcomesIn(race(deviceStore(0, 0, 9), load(0, 0)), answers);
    expect(seen).toEqual(expect.arrayContaining(['ok & 7', 'ok & 9']));
  });

  test('an eviction that has found its page follows it', () => {
    const struck = onDevice().go(inject('sigbus', 'until-healed', { process: 0, page: 0 }));
    expect(struck.outcomesIn(race(evict(0, 0), move(0, 0, 1)), answers)).toEqual([
      'moved & ok',
      'skipped & ok',
    ]);
  });

  test.skipIf(profile === 'origin' || profile === 'linux-4.14')(
    'make-exclusive beside a load ends exclusive, or taken back',
    () => {
      const outcomes = inSystem().outcomes(race(makeExclusive(0, 0), load(0, 0)));
      expect(outcomes.length).toBeGreaterThan(1);
    },
  );
});
