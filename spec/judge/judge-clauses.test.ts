import { describe, expect, test } from 'vitest';
import type { RequirementId } from '../requirements/catalogue.ts';
import type { Command } from '../vocabulary/command.ts';
import {
  deviceStore,
  fork,
  inject,
  inspect,
  load,
  protect,
  toDevice,
  toSystem,
  unmap,
} from '../vocabulary/shorthand.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import type { Observation } from '../vocabulary/observation.ts';
import type { Result } from '../vocabulary/result.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { UNPOPULATED, POISON, PRESENT, type Snapshot, UNMAPPED } from '../vocabulary/snapshot.ts';
import type { Clause } from './verdict.ts';
import { alloc, fault, free } from '../vocabulary/driver-events.fixture.ts';
import {
  broughtBack,
  caseOnDevice,
  judged,
  snapshotOf,
  verdictName,
  opening,
  PAIR,
  pair,
  READ_0,
  type ObservedStep,
  observationOf,
  shared,
  SMALL,
  violationIn,
  WRITE_0,
  WRITE_1,
} from './observations.fixture.ts';

/** A last step that breaks a clause: its observation, and the verdict on it. */
type Broken = readonly [
  title: string,
  command: Command,
  observation: Observation,
  requirement: RequirementId,
  clause: Clause,
  expected: string,
  observed: string,
];

/** The verdict on such a step, in the form of the table. */
function saidOf(
  before: readonly ObservedStep[],
  [, command, observation, , , expected]: Broken,
  scope: Scope,
): unknown {
  const violation = violationIn(judged([...before, [command, observation]], { scope }));
  const { requirement, clause, observed } = violation;
  const itself = violation.breaches.some((one) => one.requirement === requirement && one.clause === clause);
  return {
    at: [violation.step, violation.op],
    requirement,
    clause,
    expected: violation.expected.includes(expected) ? expected : violation.expected,
    observed,
    itself,
  };
}

/** The expected verdict. */
const dueTo = (before: readonly ObservedStep[], broken: Broken): unknown => {
  const [, { op }, , requirement, clause, expected, observed] = broken;
  return { at: [before.length, op], requirement, clause, expected, observed, itself: true };
};

describe('the load of a page on the device', () => {
  const back = snapshotOf([PRESENT, UNPOPULATED], 1);
  const answers = (result: Result): Observation => observationOf(result, broughtBack, back);
  const calls = (...events: readonly DriverEvent[]): Observation => observationOf(7, events, back);
  const shows = (entries: readonly number[], odd: Partial<Snapshot> = {}): Observation =>
    observationOf(7, broughtBack, snapshotOf(entries, 1, odd));
  const once = 'page_fault(process 0, page 0, frame 0) once';
  const called = 'page_fault(process 0, page 0, frame 0)';
  const freed = 'page_free(frame 0: references 1, mappings 0)';

  test.each<Broken>([
    ...([
      ['a signal', load(0, 0), answers('SIGSEGV'), 'fault.migrates-back', 'result', 'the value 7', 'SIGSEGV'],
      [
        'a load with a result of another command',
        load(0, 0),
        answers('ok'),
        'fault.migrates-back',
        'result',
        'the value 7',
        'ok',
      ],
    ] as const),
    ['an old value', load(0, 0), answers(0), 'fault.last-value', 'value', 'the value 7', 'the value 0'],
    ['half a copy', load(0, 0), answers('torn'), 'fault.last-value', 'value', 'the value 7', 'torn'],
    ['a free frame', load(0, 0), answers('stale'), 'fault.last-value', 'value', 'the value 7', 'stale'],
    ['no page_fault', load(0, 0), calls(), 'fault.never-direct', 'callbacks', once, 'no callback'],
    [
      'two calls of page_fault',
      load(0, 0),
      calls(fault(0, 0, 0), ...broughtBack),
      'fault.calls-once',
      'callbacks',
      once,
      `${called}, ${called}, ${freed}`,
    ],
    [
      'page_fault for another page',
      load(0, 0),
      calls(fault(0, 1, 0), free(0, 1)),
      'fault.calls-once',
      'callbacks',
      once,
      `page_fault(process 0, page 1, frame 0), ${freed}`,
    ],
    [
      'page_fault for another frame',
      load(0, 0),
      calls(fault(0, 0, 1), free(0, 1)),
      'fault.calls-once',
      'callbacks',
      once,
      `page_fault(process 0, page 0, frame 1), ${freed}`,
    ],
    [
      'a frame that is not freed',
      load(0, 0),
      calls(fault(0, 0, 0)),
      'count.free-once',
      'callbacks',
      'page_free(frame 0) once',
      called,
    ],
    [
      'a frame that is freed twice',
      load(0, 0),
      calls(...broughtBack, free(0, 1)),
      'count.free-once',
      'callbacks',
      'page_free(frame 0) once',
      `${called}, ${freed}, ${freed}`,
    ],
    [
      'another frame freed',
      load(0, 0),
      calls(fault(0, 0, 0), free(1, 1)),
      'count.free-once',
      'callbacks',
      'page_free(frame 0) once',
      `${called}, page_free(frame 1: references 1, mappings 0)`,
    ],
    [
      'a frame freed while mapped',
      load(0, 0),
      calls(fault(0, 0, 0), free(0, 1, 1)),
      'count.free-unmapped',
      'callbacks',
      freed,
      `${called}, page_free(frame 0: references 1, mappings 1)`,
    ],
    [
      'a frame freed while it is referenced',
      load(0, 0),
      calls(fault(0, 0, 0), free(0, 2, 0)),
      'count.free-unmapped',
      'callbacks',
      freed,
      `${called}, page_free(frame 0: references 2, mappings 0)`,
    ],
    [
      'a frame allocated without need',
      load(0, 0),
      calls(...broughtBack, alloc(1)),
      'count.free-once',
      'callbacks',
      'page_free(frame 0) once',
      `${called}, ${freed}, allocates frame 1`,
    ],
    [
      'an entry still on the device',
      load(0, 0),
      shows([WRITE_0, UNPOPULATED]),
      'fault.never-direct',
      'entries',
      'process 0 page 0: present',
      'process 0 page 0: WRITE entry for frame 0',
    ],
    [
      'a lost entry',
      load(0, 0),
      shows([UNPOPULATED, UNPOPULATED]),
      'fault.never-direct',
      'entries',
      'process 0 page 0: present',
      'process 0 page 0: unpopulated',
    ],
    [
      'another page populated',
      load(0, 0),
      shows([PRESENT, PRESENT]),
      'fault.extras-optional',
      'entries',
      'process 0 page 1: unpopulated',
      'process 0 page 1: present',
    ],
    [
      'a reference that is left over',
      load(0, 0),
      shows([PRESENT, UNPOPULATED], { refs: [2, 1] }),
      'count.references',
      'counts',
      'frame 0: reference count 1',
      'frame 0: reference count 2',
    ],
    [
      'a map count that is left over',
      load(0, 0),
      shows([PRESENT, UNPOPULATED], { maps: [1, 0] }),
      'count.mappings',
      'counts',
      'frame 0: map count 0',
      'frame 0: map count 1',
    ],
    [
      'a frame that was not involved',
      load(0, 0),
      shows([PRESENT, UNPOPULATED], { refs: [1, 2] }),
      'count.idle',
      'counts',
      'frame 1: reference count 1',
      'frame 1: reference count 2',
    ],
    [
      'a minimum reference count of 0',
      load(0, 0),
      shows([PRESENT, UNPOPULATED], { least: [0, 1] }),
      'count.never-zero',
      'counts',
      'frame 0: a count that never fell to zero',
      'frame 0: least count 0',
    ],
    [
      'a page that is not resident',
      load(0, 0),
      shows([PRESENT, UNPOPULATED], { rss: [0] }),
      'account.rss',
      'accounting',
      'process 0: 1 resident',
      'process 0: 0 resident',
    ],
    [
      'a page charged twice',
      load(0, 0),
      shows([PRESENT, UNPOPULATED], { charged: 2 }),
      'account.charge',
      'accounting',
      '1 charged',
      '2 charged',
    ],
  ])('%s', (...broken) => {
    expect(saidOf(caseOnDevice, broken, SMALL)).toEqual(dueTo(caseOnDevice, broken));
  });
});

const migration = (result: Result, events: readonly DriverEvent[], entries: readonly number[]): Observation =>
  observationOf(result, events, snapshotOf(entries, 1));

describe('the migration of a page', () => {
  test.each<Broken>([
    [
      'a result of another command',
      toDevice(0, 0),
      migration('ok', [alloc(0)], [WRITE_0, UNPOPULATED]),
      'migrate.result-per-page',
      'result',
      '[moved]',
      'ok',
    ],
    [
      'a result for a page too many',
      toDevice(0, 0),
      migration(['moved', 'skipped'], [alloc(0)], [WRITE_0, UNPOPULATED]),
      'migrate.result-per-page',
      'result',
      'page 1 without a result',
      'page 1 skipped',
    ],
    [
      'a page wrongly reported as moved',
      toDevice(0, 0),
      migration(['moved'], [], [PRESENT, UNPOPULATED]),
      'migrate.frees-source',
      'callbacks',
      '1 frame taken',
      'no callback',
    ],
    [
      'a page wrongly reported as skipped',
      toDevice(0, 0),
      migration(['skipped'], [alloc(0)], [WRITE_0, UNPOPULATED]),
      'migrate.frees-source',
      'callbacks',
      'no page_free',
      'allocates frame 0',
    ],
    [
      'a frame allocated and not used',
      toDevice(0, 0),
      migration(['skipped'], [alloc(0)], [PRESENT, UNPOPULATED]),
      'migrate.frees-source',
      'callbacks',
      'no page_free',
      'allocates frame 0',
    ],
    [
      'a page_fault during the migration',
      toDevice(0, 0),
      migration(['moved'], [fault(0, 0, 0), alloc(0)], [WRITE_0, UNPOPULATED]),
      'migrate.no-callbacks',
      'callbacks',
      'no page_fault',
      'page_fault(process 0, page 0, frame 0), allocates frame 0',
    ],
    [
      'an entry not on the device afterwards',
      toDevice(0, 0),
      migration(['moved'], [alloc(0)], [PRESENT, UNPOPULATED]),
      'migrate.result-per-page',
      'entries',
      'process 0 page 0: READ or WRITE entry for frame 0',
      'process 0 page 0: present',
    ],
    [
      'an entry with another frame than the allocated one',
      toDevice(0, 0),
      migration(['moved'], [alloc(0)], [WRITE_1, UNPOPULATED]),
      'migrate.result-per-page',
      'entries',
      'process 0 page 0: READ or WRITE entry for frame 0',
      'process 0 page 0: WRITE entry for frame 1',
    ],
    [
      'another page migrated',
      toDevice(0, 0),
      migration(['skipped'], [], [PRESENT, PRESENT]),
      'robust.at-rest',
      'entries',
      'process 0 page 1: unpopulated',
      'process 0 page 1: present',
    ],
  ])('%s', (...broken) => {
    expect(saidOf(opening, broken, SMALL)).toEqual(dueTo(opening, broken));
  });

  test.each<Broken>([
    [
      'a frame that is in use',
      toDevice(0, 1),
      observationOf(['moved'], [alloc(0)], snapshotOf([WRITE_0, WRITE_0], 2)),
      'count.one-object',
      'callbacks',
      '1 frame taken',
      'allocates frame 0',
    ],
    [
      'a page that is on the device already',
      toDevice(0, 0),
      observationOf(['moved'], [], snapshotOf([WRITE_0, UNPOPULATED], 1)),
      'migrate.must-skip',
      'result',
      'page 0 skipped',
      'page 0 moved',
    ],
    [
      'a migration back without page_free',
      toSystem(0, 0),
      observationOf(['moved'], [], snapshotOf([PRESENT, UNPOPULATED], 1)),
      'migrate.frees-source',
      'callbacks',
      'page_free(frame 0) once',
      'no callback',
    ],
  ])('%s', (...broken) => {
    expect(saidOf(caseOnDevice, broken, SMALL)).toEqual(dueTo(caseOnDevice, broken));
  });

  test('a frame in use is known from entries alone', () => {
    const without = ['callbacks', 'allocations'] as const;
    const crowd = observationOf(['moved'], [], snapshotOf([WRITE_0, WRITE_0], 2));
    expect(verdictName(judged([...caseOnDevice, [toDevice(0, 1), crowd]], { without }))).toBe(
      'count.one-object migrate-to-device entries',
    );
  });
});

describe('shared pages', () => {
  const back = (entries: readonly number[]): Observation =>
    observationOf(7, [fault(0, 0, 0), free(0, 1)], pair(entries, 1));

  test.each<Broken>([
    [
      'a page that migrates back for one sharer only',
      load(0, 0),
      back([PRESENT, READ_0]),
      'fault.moves-all',
      'entries',
      'process 1 page 0: present',
      'process 1 page 0: READ entry for frame 0',
    ],
    [
      'a load that returns another value',
      load(0, 0),
      { ...back([PRESENT, PRESENT]), result: 9 },
      'fork.isolation',
      'value',
      'the value 7',
      'the value 9',
    ],
    [
      'a READ entry that becomes WRITE',
      inspect,
      observationOf('ok', [], pair([READ_0, WRITE_0], 1)),
      'protect.never-upgrades',
      'entries',
      'process 1 page 0: READ entry for frame 0',
      'process 1 page 0: WRITE entry for frame 0',
    ],
    [
      'protect that changes READ to WRITE',
      protect(0, 0, 'write'),
      observationOf('ok', [], pair([WRITE_0, READ_0], 1)),
      'protect.never-upgrades',
      'entries',
      'process 0 page 0: READ entry for frame 0',
      'process 0 page 0: WRITE entry for frame 0',
    ],
    [
      'unmap that removes the page from other processes',
      unmap(0, 0),
      observationOf('ok', [free(0, 1)], pair([UNMAPPED, UNMAPPED], 0)),
      'unmap.releases',
      'callbacks',
      'no page_free',
      'page_free(frame 0: references 1, mappings 0)',
    ],
    [
      'unmap that keeps a reference',
      unmap(0, 0),
      observationOf('ok', [], pair([UNMAPPED, READ_0], 1, { refs: [3, 1] })),
      'unmap.releases',
      'counts',
      'frame 0: reference count 2',
      'frame 0: reference count 3',
    ],
    [
      'a device store into the shared page',
      deviceStore(0, 0, 9),
      observationOf('ok', [], pair([READ_0, READ_0], 1)),
      'device.store-place',
      'entries',
      'process 0 page 0: present',
      'process 0 page 0: READ entry for frame 0',
    ],
  ])('%s', (...broken) => {
    expect(saidOf(shared, broken, PAIR)).toEqual(dueTo(shared, broken));
  });

  test.each<Broken>([
    [
      'the page is unmapped in the child',
      fork(0, 1),
      observationOf('ok', [], pair([READ_0, UNPOPULATED], 1)),
      'fork.shares',
      'entries',
      'process 1 page 0: READ entry for frame 0',
      'process 1 page 0: unpopulated',
    ],
    [
      'the entry of the parent stays WRITE',
      fork(0, 1),
      observationOf('ok', [], pair([WRITE_0, READ_0], 1)),
      'fork.read-both',
      'entries',
      'process 0 page 0: READ entry for frame 0',
      'process 0 page 0: WRITE entry for frame 0',
    ],
    [
      'the child adds no reference',
      fork(0, 1),
      observationOf('ok', [], pair([READ_0, READ_0], 1, { refs: [2, 1] })),
      'fork.counts',
      'counts',
      'frame 0: reference count 3',
      'frame 0: reference count 2',
    ],
    [
      'page_fault is called',
      fork(0, 1),
      observationOf('ok', [fault(0, 0, 0)], pair([READ_0, READ_0], 1)),
      'fork.no-callbacks',
      'callbacks',
      'no page_fault',
      'page_fault(process 0, page 0, frame 0)',
    ],
  ])('fork: %s', (...broken) => {
    expect(saidOf(shared.slice(0, -1), broken, PAIR)).toEqual(dueTo(shared.slice(0, -1), broken));
  });
});

const struck = (profile: 'origin' | 'linux-6.1'): readonly ObservedStep[] => {
  const idle = profile === 'origin' ? 1 : 0;
  return [...shared, [inject('sigbus'), observationOf('ok', [], pair([READ_0, READ_0], 1))] as const].map(
    ([command, observation]): ObservedStep => [
      command,
      observation?.state === undefined
        ? observation
        : {
            ...observation,
            state: { ...observation.state, refs: observation.state.maps?.map((n) => n + idle) },
          },
    ],
  );
};

const failed = (
  entries: readonly number[],
  idle: number,
  events: readonly DriverEvent[] = [],
): Observation => {
  const state = pair(entries, 1);
  return observationOf('SIGBUS', [fault(1, 0, 0), ...events], {
    ...state,
    refs: state.maps?.map((count) => count + idle),
  });
};

const verdictOn = (profile: 'origin' | 'linux-6.1', observation: Observation): string =>
  verdictName(judged([...struck(profile), [load(1, 0), observation]], { profile, scope: PAIR }));

const answer = (result: Result): string => verdictOn('linux-6.1', { ...failed([READ_0, READ_0], 0), result });

describe('a fault that fails', () => {
  test('poisons one entry in origin, and nothing in linux-6.1', () => {
    expect(verdictOn('origin', failed([READ_0, POISON], 1))).toBe('conforms');
    expect(verdictOn('linux-6.1', failed([READ_0, READ_0], 0))).toBe('conforms');
    expect(verdictOn('origin', failed([READ_0, READ_0], 1))).toBe('failure.poison load entries');
    expect(verdictOn('linux-6.1', failed([READ_0, POISON], 0))).toBe('failure.nothing-lost load entries');
  });

  test('does not change the entries of sharers', () => {
    expect(verdictOn('origin', failed([POISON, POISON], 1))).toBe('failure.sharers-keep load entries');
    expect(verdictOn('origin', failed([READ_0, POISON], 1, [free(0, 1)]))).toBe(
      'failure.poison-releases load callbacks',
    );
  });

  test('is a SIGBUS', () => {
    expect(answer('SIGSEGV')).toBe('failure.sigbus load result');
    expect(answer('oom')).toBe('failure.sigbus load result');
    expect(answer(7)).toBe('failure.sigbus load result');
  });
});
