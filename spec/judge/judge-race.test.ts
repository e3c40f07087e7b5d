import { describe, expect, test } from 'vitest';
import {
  fork,
  inject,
  kernelStore,
  load,
  map,
  race,
  store,
  toDevice,
  toSystem,
} from '../vocabulary/shorthand.ts';
import { UNMAPPED, UNPOPULATED, PRESENT, type Snapshot } from '../vocabulary/snapshot.ts';
import type { BothAnswers, Result } from '../vocabulary/result.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import { alloc, fault, free } from '../vocabulary/driver-events.fixture.ts';
import {
  broughtBack,
  caseOnDevice,
  judged,
  type ObservedStep,
  snapshotOf,
  verdictName,
  observationOf,
  pair,
  PAIR,
  WRITE_0,
} from './observations.fixture.ts';

const both = (left: BothAnswers['left'], right: BothAnswers['right']): BothAnswers => ({ left, right });
const back = snapshotOf([PRESENT, UNPOPULATED], 1);

/** The verdict on two loads of page 0, which is on frame 0 and holds 7. */
const loads = (
  result: Result,
  events: readonly DriverEvent[] = broughtBack,
  state: Snapshot = back,
): string =>
  verdictName(
    judged([...caseOnDevice, [race(load(0, 0), load(0, 0)), observationOf(result, events, state)]]),
  );

describe('two concurrent loads of a page on the device', () => {
  test('call page_fault at least once', () => {
    expect(loads(both(7, 7))).toBe('conforms');
    expect(loads(both(7, 7), [fault(0, 0, 0), ...broughtBack])).toBe('conforms');
    expect(loads(both(7, 7), [fault(0, 0, 0), free(0, 1), fault(0, 0, 0)])).toBe('conforms');
  });

  test('cannot migrate the page back without a page_fault', () => {
    expect(loads(both(7, 7), [free(0, 1)])).toBe('race.page-fault-calls race callbacks');
  });

  test('do not call page_fault for another page or another frame', () => {
    expect(loads(both(7, 7), [...broughtBack, fault(0, 1, 1)])).toBe('race.page-fault-calls race callbacks');
    expect(loads(both(7, 7), [fault(0, 0, 1), free(0, 1)])).toBe('race.page-fault-calls race callbacks');
  });

  test('both return its value', () => {
    expect(loads(both(7, 0))).toBe('race.value race value');
    expect(loads(both('stale', 7))).toBe('race.value race value');
    expect(loads(both('torn', 7))).toBe('race.value race value');
  });

  test('do not fail because of each other', () => {
    expect(loads(both(7, 'SIGBUS'))).toBe('race.one-order race result');
    expect(loads('ok')).toBe('race.one-order race result');
  });

  test('free its frame once', () => {
    expect(loads(both(7, 7), [fault(0, 0, 0)])).toBe('race.frame-accounting race callbacks');
    expect(loads(both(7, 7), [...broughtBack, free(0, 1)])).toBe('race.frame-accounting race callbacks');
    expect(loads(both(7, 7), broughtBack, snapshotOf([PRESENT, UNPOPULATED], 1, { refs: [2, 1] }))).toBe(
      'race.frame-accounting race counts',
    );
  });

  test('leave no device entry for it', () => {
    expect(loads(both(7, 7), broughtBack, snapshotOf([WRITE_0, UNPOPULATED], 1))).toBe(
      'race.entries race entries',
    );
  });
});

describe('a load concurrent with a migration to the device', () => {
  const moved = snapshotOf([WRITE_0, UNPOPULATED], 1);
  const said = (result: Result, events: readonly DriverEvent[], state: Snapshot): string =>
    verdictName(
      judged([
        ...caseOnDevice,
        [toSystem(0, 0), observationOf(['moved'], [free(0, 1)], back)],
        [
          race({ op: 'migrate-to-device', process: 0, page: 0, count: 1 }, load(0, 0)),
          observationOf(result, events, state),
        ],
      ]),
    );

  test('is executed before it or after it, or makes it skip the page', () => {
    expect(said(both(['moved'], 7), [alloc(0)], moved)).toBe('conforms');
    expect(said(both(['moved'], 7), [alloc(0), ...broughtBack], back)).toBe('conforms');
    expect(said(both(['skipped'], 7), [], back)).toBe('conforms');
    expect(said(both(['skipped'], 7), [alloc(0), free(0, 1)], back)).toBe('conforms');
  });

  test('leaves a page on the device that was reported as moved', () => {
    expect(said(both(['moved'], 7), [], back)).toBe('race.frame-accounting race callbacks');
    expect(said(both(['skipped'], 7), [alloc(0)], moved)).toBe('race.frame-accounting race callbacks');
  });

  test('calls page_fault only for a page on the device', () => {
    expect(said(both(['skipped'], 7), [fault(0, 0, 1)], back)).toBe('race.page-fault-calls race callbacks');
  });
});

test('a store concurrent with a migration is not lost', () => {
  const said = (value: number): string =>
    verdictName(
      judged([
        ...caseOnDevice,
        [race(store(0, 0, 9), toSystem(0, 0)), observationOf(both('ok', ['moved']), [free(0, 1)], back)],
        [load(0, 0), observationOf(value, [], back)],
      ]),
    );
  expect(said(9)).toBe('conforms');
  expect(said(7)).toMatch(/value$/);
});

test('a store may have broken a sharing before its page migrates to the device without the sharer', () => {
  const both0 = pair([PRESENT, PRESENT], 2);
  const after = (condition: ObservedStep): string =>
    verdictName(
      judged(
        [
          [map(0, 0), observationOf('ok', [], pair([UNPOPULATED, UNMAPPED], 0))],
          [store(0, 0, 7), observationOf('ok', [], pair([PRESENT, UNMAPPED], 1))],
          [fork(0, 1), observationOf('ok', [], pair([PRESENT, PRESENT], 1))],
          condition,
          [
            race(toDevice(0, 0), kernelStore(0, 0, 8)),
            observationOf(both(['moved'], 'ok'), [alloc(0), ...broughtBack], both0),
          ],
          [load(0, 0), observationOf(8, [], both0)],
          [load(1, 0), observationOf(7, [], both0)],
        ],
        { scope: PAIR },
      ),
    );
  const sharing = pair([PRESENT, PRESENT], 1);
  const strike = (process: number): ObservedStep => [
    inject('no-copy', 'until-healed', { process, page: 0 }),
    observationOf('ok', [], sharing),
  ];
  expect(after(strike(1))).toBe('conforms');
  expect(after(strike(0))).toMatch(/^race/);
});

test('two wide ranges stay below the limit of outcomes: contradicted outcomes are abandoned early', () => {
  const scope = { processes: 1, pages: 5, frames: 5, slots: 0 };
  const pages = [0, 1, 2, 3, 4];
  const range = { op: 'migrate-to-device', process: 0, page: 0, count: 5 } as const;
  const moved = both(
    pages.map(() => 'moved'),
    pages.map(() => 'skipped'),
  );
  const verdict = judged(
    [
      ...pages.map((page) => [map(0, page), observationOf('ok', [])] as const),
      [race(range, range), observationOf(moved, pages.map(alloc))],
    ],
    { scope },
  );
  expect(verdictName(verdict)).toBe('conforms');
});
