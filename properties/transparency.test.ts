import { describe, expect, test } from 'vitest';
import { Capability } from '../spec/vocabulary/capability.ts';
import {
  detach,
  deviceStore,
  evict,
  fork,
  inject,
  load,
  map,
  pin,
  store,
  toDevice,
} from '../spec/vocabulary/shorthand.ts';
import { type Lines, traceOf } from './hand-made.fixture.ts';
import { isTransparencyDue, sameValues, withoutMigrations } from './transparency.ts';

const everything: ReadonlySet<Capability> = new Set(Capability.options);
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
  test('is what remains', () => {
    const { case: testCase } = traceOf(lines);
    expect(withoutMigrations(testCase)).toEqual(traceOf(quiet).case);
  });

  test('tells nothing where something is made to fail, or pinned', () => {
    expect(isTransparencyDue(traceOf(lines).case, everything)).toBe(true);
    expect(isTransparencyDue(traceOf([...lines, [inject('sigbus')]]).case, everything)).toBe(false);
    expect(isTransparencyDue(traceOf([...lines, [pin(0, 0)]]).case, everything)).toBe(false);
  });

  test('tells nothing where it is by place whether a device store works', () => {
    const stores: Lines = [...lines, [deviceStore(0, 0, 8)]];
    const poorer = new Set(Capability.options.filter((one) => one !== 'device-copy-on-write'));
    expect(isTransparencyDue(traceOf(stores).case, everything)).toBe(true);
    expect(isTransparencyDue(traceOf(stores).case, poorer)).toBe(false);
    expect(isTransparencyDue(traceOf([...stores, [detach]]).case, everything)).toBe(false);
  });
});

describe('the values of two traces', () => {
  test('are compared at every CPU access', () => {
    expect(sameValues(traceOf(lines), traceOf(quiet))).toEqual({ compared: 3, difference: undefined });
  });

  test('are seen to differ, at the step of the case with migrations', () => {
    const wrong: Lines = [...lines.slice(0, -1), [load(1, 0), { result: 0 }]];
    const { difference } = sameValues(traceOf(wrong), traceOf(quiet));
    expect(difference).toMatchObject({ step: 6, message: expect.stringContaining('the value 0') });
  });

  test('of a step that was not sent tell nothing', () => {
    const trace = traceOf(lines);
    const unsent = { ...trace, observations: trace.observations.with(4, undefined) };
    expect(sameValues(unsent, traceOf(quiet))).toEqual({ compared: 2, difference: undefined });
  });
});
