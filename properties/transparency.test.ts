import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../spec/vocabulary/capability.ts';
import {
  advise,
  attach,
  close,
  detach,
  deviceExchange,
  deviceStore,
  evict,
  evictAll,
  fork,
  inject,
  limit,
  load,
  map,
  open,
  pin,
  store,
  toDevice,
  watch,
} from '../spec/vocabulary/shorthand.ts';
import { type Lines, traceOf } from './hand-made.fixture.ts';
import { isTransparencyDue, sameValues, withoutMigrations } from './transparency.ts';

const everything: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);
const lines: Lines = [
  [map(0, 0)],
  [store(0, 0, 7)],
  [toDevice(0, 0), { result: ['moved'] }],
  [fork(0, 1)],
  [load(0, 0), { result: 7 }],
  [evict(1, 0), { result: ['moved'] }],
  [load(1, 0), { result: 7 }],
];
const quiet: Lines = lines.filter(([{ op }]) => op !== 'evict' && op !== 'migrate-to-device');

describe('the case without its migrations', () => {
  test('contains the other commands', () => {
    const { case: testCase } = traceOf(lines);
    expect(withoutMigrations(testCase)).toEqual(traceOf(quiet).case);
  });

  test('has no attach, detach, close or evict-all', () => {
    const moving: Lines = [...lines, [evictAll, { result: 0 }], [close], [detach], [attach], [open]];
    expect(withoutMigrations(traceOf(moving).case)).toEqual(traceOf(quiet).case);
    expect(isTransparencyDue(traceOf(moving).case, everything)).toBe(true);
  });

  test.each([
    inject('sigbus'),
    pin(0, 0),
    limit(1),
    watch(0, 0, 'missing'),
    advise(0, 0, 'free'),
    deviceExchange(0, 0, 8),
  ])('is not comparable with $op', (command) => {
    expect(isTransparencyDue(traceOf(lines).case, everything)).toBe(true);
    expect(isTransparencyDue(traceOf([...lines, [command]]).case, everything)).toBe(false);
  });

  test('is not comparable if the place of a page determines a device store', () => {
    const stores: Lines = [...lines, [deviceStore(0, 0, 8)]];
    const poorer = new Set(USUAL_CAPABILITIES.filter((one) => one !== 'device-copy-on-write'));
    expect(isTransparencyDue(traceOf(stores).case, everything)).toBe(true);
    expect(isTransparencyDue(traceOf(stores).case, poorer)).toBe(false);
    expect(isTransparencyDue(traceOf([...stores, [detach]]).case, everything)).toBe(false);
    expect(isTransparencyDue(traceOf([...stores, [close]]).case, everything)).toBe(false);
  });

  test('is not comparable if a device store to a page of another device may fail', () => {
    const stores: Lines = [...lines, [deviceStore(0, 0, 8)]];
    const due = (profile: ProfileName): boolean =>
      isTransparencyDue(traceOf(stores, { profile, devices: 2 }).case, everything);
    expect([due('linux-5.18'), due('linux-6.1')]).toEqual([false, true]);
  });
});

describe('the values of two traces', () => {
  test('are compared at every CPU access', () => {
    expect(sameValues(traceOf(lines), traceOf(quiet))).toEqual({ compared: 3, difference: undefined });
  });

  test('differ at a step of the case with migrations', () => {
    const wrong: Lines = [...lines.slice(0, -1), [load(1, 0), { result: 0 }]];
    const { difference } = sameValues(traceOf(wrong), traceOf(quiet));
    expect(difference).toMatchObject({ step: 6, message: expect.stringContaining('the value 0') });
  });

  test('are not compared at a step that was not sent', () => {
    const trace = traceOf(lines);
    const unsent = { ...trace, observations: trace.observations.with(4, undefined) };
    expect(sameValues(unsent, traceOf(quiet))).toEqual({ compared: 2, difference: undefined });
  });
});
