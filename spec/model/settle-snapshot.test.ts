import { describe, expect, test } from 'vitest';
import {
  deviceLoad,
  fork,
  makeExclusive,
  map,
  onDevice,
  protect,
  store,
  toDevice,
} from '../vocabulary/shorthand.ts';
import type { Command } from '../vocabulary/command.ts';
import { forEachShownState } from './settle-snapshot.ts';
import type { State } from './state.ts';
import { Step } from './step.ts';
import { eachOutcome, Model, judgingOptionsWithout } from './outcomes.fixture.ts';
import { MAYBE_WRITABLE, FIRST_FRAME, MAYBE_EXCLUSIVE, READ_ONLY, WRITABLE } from './state.ts';

/** `writable` of all entries in each snapshot after the most likely outcome of the command. */
function writableAfter(before: readonly Command[], command: Command): readonly (readonly number[])[] {
  const { state } = new Model({ profile: 'linux-6.1' }).go(...before);
  const step = new Step(state.scope, judgingOptionsWithout('linux-6.1'));
  const found: (readonly number[])[] = [];
  for (const outcome of eachOutcome(step, state, command)) {
    forEachShownState(outcome.state, (looked) => found.push([...looked.writable]));
    break;
  }
  return found;
}

describe('a snapshot settles', () => {
  test('an entry that may be WRITE or READ, the likely one first', () => {
    expect(writableAfter([map(0, 0)], toDevice(0, 0))).toEqual([
      [WRITABLE, 0, 0, 0],
      [READ_ONLY, 0, 0, 0],
    ]);
  });

  test('two such entries independently', () => {
    expect(writableAfter([map(0, 0), map(0, 1)], toDevice(0, 0, 2))).toHaveLength(4);
  });

  test('nothing if the entries are known', () => {
    expect(writableAfter([map(0, 0), store(0, 0, 7), fork(0, 1)], toDevice(0, 0))).toHaveLength(1);
    expect(writableAfter([map(0, 0), toDevice(0, 0)], protect(0, 0, 'read'))).toHaveLength(1);
  });

  test('whether a page is exclusive, but not to which device', () => {
    const exclusive = [map(0, 0), store(0, 0, 7), makeExclusive(0, 0)];
    expect(writableAfter(exclusive, deviceLoad(0, 0))).toEqual([
      [MAYBE_EXCLUSIVE, 0, 0, 0],
      [READ_ONLY, 0, 0, 0],
    ]);
  });
});

test('a snapshot gives new frames the lowest free numbers of their device', () => {
  const { state } = new Model({ devices: 2 }).go(map(0, 0), map(0, 1), toDevice(0, 0));
  const step = new Step(state.scope, judgingOptionsWithout('origin'));
  const places: (readonly number[])[] = [];
  const note = (looked: State): void => void places.push([...looked.place].slice(1, 3));
  for (const command of [toDevice(0, 1), onDevice(1, toDevice(0, 1))]) {
    for (const outcome of eachOutcome(step, state, command)) {
      // Entries are fixed as READ, because this test concerns only the names of frames.
      expect(outcome.state.writable.includes(MAYBE_WRITABLE)).toBe(false);
      outcome.state.writable.fill(READ_ONLY);
      forEachShownState(outcome.state, note);
      break;
    }
  }
  expect(places).toEqual([
    [FIRST_FRAME, FIRST_FRAME + 1],
    [FIRST_FRAME, FIRST_FRAME + 2],
  ]);
});
