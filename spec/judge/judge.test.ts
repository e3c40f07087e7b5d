import { describe, expect, test } from 'vitest';
import { stateKey } from '../model/canonical.ts';
import type { RequirementId } from '../requirements/catalogue.ts';
import type { Command } from '../vocabulary/command.ts';
import {
  attach,
  detach,
  deviceLoad,
  deviceStore,
  fork,
  heal,
  inject,
  inspect,
  load,
  map,
  pin,
  protect,
  store,
  swapOn,
  toDevice,
  toSystem,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import type { Observation } from '../vocabulary/observation.ts';
import type { Result } from '../vocabulary/result.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { deviceEntry, HOLE, POISON, PRESENT, type Snapshot, UNMAPPED } from '../vocabulary/snapshot.ts';
import type { Clause } from './clause.ts';
import { Judge } from './judge.ts';
import { alloc, BLIND, fault, free, judged, look, type Seen, seen, SMALL } from './observations.fixture.ts';
import { Tally } from './tally.ts';
import { fingerprintOf, type Verdict, type Violation } from './verdict.ts';
import { termsWithout } from '../model/ways.fixture.ts';

const READ_0 = deviceEntry(0, false);
const WRITE_0 = deviceEntry(0, true);
const READ_1 = deviceEntry(1, false);
const WRITE_1 = deviceEntry(1, true);

const violationOf = (verdict: Verdict): Violation => {
  if (verdict.kind !== 'violates') throw new Error(`the verdict is ${verdict.kind}`);
  return verdict.violation;
};

/** The name under which a violation goes. */
const named = (verdict: Verdict): string =>
  verdict.kind === 'violates' ? fingerprintOf(verdict.violation) : verdict.kind;

/** Page 0 holds 7 and goes to frame 0; page 1 is a hole. */
const opening: readonly Seen[] = [
  [map(0, 0), seen('ok', [], look([HOLE, UNMAPPED], 0))],
  [map(0, 1), seen('ok', [], look([HOLE, HOLE], 0))],
  [store(0, 0, 7), seen('ok', [], look([PRESENT, HOLE], 1))],
];
const onDevice: readonly Seen[] = [
  ...opening,
  [toDevice(0, 0), seen(['moved'], [alloc(0)], look([WRITE_0, HOLE], 1))],
];

/** Two processes of one page each see 7 on frame 0. */
const PAIR: Scope = { processes: 2, pages: 1, frames: 2, slots: 1 };
const pair = (entries: readonly number[], charged: number, odd: Partial<Snapshot> = {}): Snapshot =>
  look(entries, charged, { scope: PAIR, ...odd });
const shared: readonly Seen[] = [
  [map(0, 0), seen('ok', [], pair([HOLE, UNMAPPED], 0))],
  [store(0, 0, 7), seen('ok', [], pair([PRESENT, UNMAPPED], 1))],
  [toDevice(0, 0), seen(['moved'], [alloc(0)], pair([WRITE_0, UNMAPPED], 1))],
  [fork(0, 1), seen('ok', [], pair([READ_0, READ_0], 1))],
];

/** The events of a touch that brings page 0 back from frame 0. */
const broughtBack = [fault(0, 0, 0), free(0)];

describe('what conforms', () => {
  test('a page there and back', () => {
    const back = look([PRESENT, HOLE], 1);
    expect(judged([...onDevice, [load(0, 0), seen(7, broughtBack, back)]])).toEqual({ kind: 'conforms' });
  });

  test.each<[string, Command, Observation]>([
    ['a migration that was skipped', toDevice(0, 0), seen(['skipped'], [], look([PRESENT, HOLE], 1))],
    [
      'a frame taken in vain',
      toDevice(0, 0),
      seen(['skipped'], [alloc(1), free(1)], look([PRESENT, HOLE], 1)),
    ],
    ['any frame', toDevice(0, 0), seen(['moved'], [alloc(1)], look([WRITE_1, HOLE], 1))],
    ['a READ entry in place of WRITE', toDevice(0, 0), seen(['moved'], [alloc(0)], look([READ_0, HOLE], 1))],
    ['a look at some things only', load(0, 0), seen(7, [], { ...look([PRESENT, HOLE], 1), refs: undefined })],
  ])('%s', (_, command, observation) => {
    expect(judged([...opening, [command, observation]])).toEqual({ kind: 'conforms' });
  });

  test('what was not sent is not judged', () => {
    expect(judged([[load(0, 0), undefined], ...onDevice, [map(0, 0), undefined]])).toEqual({
      kind: 'conforms',
    });
  });

  test('sharers that come back together', () => {
    const back = pair([PRESENT, PRESENT], 1);
    const touched = seen(7, [fault(1, 0, 0), free(0)], back);
    expect(judged([...shared, [load(1, 0), touched]], { scope: PAIR })).toEqual({ kind: 'conforms' });
  });
});

/** A last step that breaks something: what was seen, and what is said of it. */
type Broken = readonly [
  title: string,
  command: Command,
  observation: Observation,
  requirement: RequirementId,
  clause: Clause,
  expected: string,
  observed: string,
];

/** What is said of such a step, in the form in which the table has it. */
function saidOf(
  before: readonly Seen[],
  [, command, observation, , , expected]: Broken,
  scope: Scope,
): unknown {
  const violation = violationOf(judged([...before, [command, observation]], { scope }));
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

/** What should be said of it. */
const dueTo = (before: readonly Seen[], broken: Broken): unknown => {
  const [, { op }, , requirement, clause, expected, observed] = broken;
  return { at: [before.length, op], requirement, clause, expected, observed, itself: true };
};

describe('the load of a page on the device', () => {
  const back = look([PRESENT, HOLE], 1);
  const answers = (result: Result): Observation => seen(result, broughtBack, back);
  const calls = (...events: readonly DriverEvent[]): Observation => seen(7, events, back);
  const shows = (entries: readonly number[], odd: Partial<Snapshot> = {}): Observation =>
    seen(7, broughtBack, look(entries, 1, odd));
  const once = 'page_fault(process 0, page 0, frame 0) once';
  const called = 'page_fault(process 0, page 0, frame 0)';
  const freed = 'page_free(frame 0: references 1, mappings 0)';

  test.each<Broken>([
    ...([
      ['a signal', load(0, 0), answers('SIGSEGV'), 'fault.brings-back', 'result', 'the value 7', 'SIGSEGV'],
      ['no answer to a load', load(0, 0), answers('ok'), 'fault.brings-back', 'result', 'the value 7', 'ok'],
    ] as const),
    ['an old value', load(0, 0), answers(0), 'fault.last-value', 'value', 'the value 7', 'the value 0'],
    ['half a copy', load(0, 0), answers('torn'), 'fault.last-value', 'value', 'the value 7', 'torn'],
    ['a free frame', load(0, 0), answers('stale'), 'fault.last-value', 'value', 'the value 7', 'stale'],
    ['nobody asked', load(0, 0), calls(), 'fault.never-direct', 'callbacks', once, 'no callback'],
    [
      'asked twice',
      load(0, 0),
      calls(fault(0, 0, 0), ...broughtBack),
      'fault.calls-once',
      'callbacks',
      once,
      `${called}, ${called}, ${freed}`,
    ],
    [
      'asked for another page',
      load(0, 0),
      calls(fault(0, 1, 0), free(0)),
      'fault.calls-once',
      'callbacks',
      once,
      `page_fault(process 0, page 1, frame 0), ${freed}`,
    ],
    [
      'asked for another frame',
      load(0, 0),
      calls(fault(0, 0, 1), free(0)),
      'fault.calls-once',
      'callbacks',
      once,
      `page_fault(process 0, page 0, frame 1), ${freed}`,
    ],
    [
      'not freed',
      load(0, 0),
      calls(fault(0, 0, 0)),
      'count.free-once',
      'callbacks',
      'page_free(frame 0) once',
      called,
    ],
    [
      'freed twice',
      load(0, 0),
      calls(...broughtBack, free(0)),
      'count.free-once',
      'callbacks',
      'page_free(frame 0) once',
      `${called}, ${freed}, ${freed}`,
    ],
    [
      'another one freed',
      load(0, 0),
      calls(fault(0, 0, 0), free(1)),
      'count.free-once',
      'callbacks',
      'page_free(frame 0) once',
      `${called}, page_free(frame 1: references 1, mappings 0)`,
    ],
    [
      'freed while mapped',
      load(0, 0),
      calls(fault(0, 0, 0), free(0, 1, 1)),
      'count.free-unmapped',
      'callbacks',
      freed,
      `${called}, page_free(frame 0: references 1, mappings 1)`,
    ],
    [
      'freed while held',
      load(0, 0),
      calls(fault(0, 0, 0), free(0, 2, 0)),
      'count.free-unmapped',
      'callbacks',
      freed,
      `${called}, page_free(frame 0: references 2, mappings 0)`,
    ],
    [
      'a frame taken for nothing',
      load(0, 0),
      calls(...broughtBack, alloc(1)),
      'count.free-once',
      'callbacks',
      'page_free(frame 0) once',
      `${called}, ${freed}, takes frame 1`,
    ],
    [
      'still on the device',
      load(0, 0),
      shows([WRITE_0, HOLE]),
      'fault.never-direct',
      'entries',
      'process 0 page 0: present',
      'process 0 page 0: WRITE entry for frame 0',
    ],
    [
      'lost',
      load(0, 0),
      shows([HOLE, HOLE]),
      'fault.never-direct',
      'entries',
      'process 0 page 0: present',
      'process 0 page 0: hole',
    ],
    [
      'a neighbour filled',
      load(0, 0),
      shows([PRESENT, PRESENT]),
      'fault.extras-optional',
      'entries',
      'process 0 page 1: hole',
      'process 0 page 1: present',
    ],
    [
      'a reference left over',
      load(0, 0),
      shows([PRESENT, HOLE], { refs: [2, 1] }),
      'count.references',
      'counts',
      'frame 0: reference count 1',
      'frame 0: reference count 2',
    ],
    [
      'a mapping left over',
      load(0, 0),
      shows([PRESENT, HOLE], { maps: [1, 0] }),
      'count.mappings',
      'counts',
      'frame 0: map count 0',
      'frame 0: map count 1',
    ],
    [
      'a frame that nothing was done to',
      load(0, 0),
      shows([PRESENT, HOLE], { refs: [1, 2] }),
      'count.idle',
      'counts',
      'frame 1: reference count 1',
      'frame 1: reference count 2',
    ],
    [
      'a moment without a reference',
      load(0, 0),
      shows([PRESENT, HOLE], { least: [0, 1] }),
      'count.never-zero',
      'counts',
      'frame 0: a count that never fell to zero',
      'frame 0: least count 0',
    ],
    [
      'not resident',
      load(0, 0),
      shows([PRESENT, HOLE], { rss: [0] }),
      'account.rss',
      'accounting',
      'process 0: 1 resident',
      'process 0: 0 resident',
    ],
    [
      'charged twice',
      load(0, 0),
      shows([PRESENT, HOLE], { charged: 2 }),
      'account.charge',
      'accounting',
      '1 charged',
      '2 charged',
    ],
  ])('%s', (...broken) => {
    expect(saidOf(onDevice, broken, SMALL)).toEqual(dueTo(onDevice, broken));
  });
});

const migration = (result: Result, events: readonly DriverEvent[], entries: readonly number[]): Observation =>
  seen(result, events, look(entries, 1));

describe('the migration of a page', () => {
  test.each<Broken>([
    [
      'an answer that is none',
      toDevice(0, 0),
      migration('ok', [alloc(0)], [WRITE_0, HOLE]),
      'migrate.vector',
      'result',
      '[moved]',
      'ok',
    ],
    [
      'an answer for a page too many',
      toDevice(0, 0),
      migration(['moved', 'skipped'], [alloc(0)], [WRITE_0, HOLE]),
      'migrate.vector',
      'result',
      'page 1 not answered for',
      'page 1 skipped',
    ],
    [
      'said to have moved',
      toDevice(0, 0),
      migration(['moved'], [], [PRESENT, HOLE]),
      'migrate.frees-source',
      'callbacks',
      '1 frame taken',
      'no callback',
    ],
    [
      'said to have been skipped',
      toDevice(0, 0),
      migration(['skipped'], [alloc(0)], [WRITE_0, HOLE]),
      'migrate.frees-source',
      'callbacks',
      'no page_free',
      'takes frame 0',
    ],
    [
      'a frame taken and not used',
      toDevice(0, 0),
      migration(['skipped'], [alloc(0)], [PRESENT, HOLE]),
      'migrate.frees-source',
      'callbacks',
      'no page_free',
      'takes frame 0',
    ],
    [
      'asked for',
      toDevice(0, 0),
      migration(['moved'], [fault(0, 0, 0), alloc(0)], [WRITE_0, HOLE]),
      'migrate.quiet',
      'callbacks',
      'no page_fault',
      'page_fault(process 0, page 0, frame 0), takes frame 0',
    ],
    [
      'not there afterwards',
      toDevice(0, 0),
      migration(['moved'], [alloc(0)], [PRESENT, HOLE]),
      'migrate.vector',
      'entries',
      'process 0 page 0: READ or WRITE entry for frame 0',
      'process 0 page 0: present',
    ],
    [
      'on another frame than was taken',
      toDevice(0, 0),
      migration(['moved'], [alloc(0)], [WRITE_1, HOLE]),
      'migrate.vector',
      'entries',
      'process 0 page 0: READ or WRITE entry for frame 0',
      'process 0 page 0: WRITE entry for frame 1',
    ],
    [
      'another page moved',
      toDevice(0, 0),
      migration(['skipped'], [], [PRESENT, PRESENT]),
      'robust.at-rest',
      'entries',
      'process 0 page 1: hole',
      'process 0 page 1: present',
    ],
  ])('%s', (...broken) => {
    expect(saidOf(opening, broken, SMALL)).toEqual(dueTo(opening, broken));
  });

  test.each<Broken>([
    [
      'onto a frame in use',
      toDevice(0, 1),
      seen(['moved'], [alloc(0)], look([WRITE_0, WRITE_0], 2)),
      'count.one-object',
      'callbacks',
      '1 frame taken',
      'takes frame 0',
    ],
    [
      'of what is there already',
      toDevice(0, 0),
      seen(['moved'], [], look([WRITE_0, HOLE], 1)),
      'migrate.must-skip',
      'result',
      'page 0 skipped',
      'page 0 moved',
    ],
    [
      'back, without the free',
      toSystem(0, 0),
      seen(['moved'], [], look([PRESENT, HOLE], 1)),
      'migrate.frees-source',
      'callbacks',
      'page_free(frame 0) once',
      'no callback',
    ],
  ])('%s', (...broken) => {
    expect(saidOf(onDevice, broken, SMALL)).toEqual(dueTo(onDevice, broken));
  });

  test('a frame in use is seen by its entries alone', () => {
    const without = ['callbacks', 'allocations'] as const;
    const crowd = seen(['moved'], [], look([WRITE_0, WRITE_0], 2));
    expect(named(judged([...onDevice, [toDevice(0, 1), crowd]], { without }))).toBe(
      'count.one-object migrate-to-device entries',
    );
  });
});

describe('what is shared', () => {
  const back = (entries: readonly number[]): Observation =>
    seen(7, [fault(0, 0, 0), free(0)], pair(entries, 1));

  test.each<Broken>([
    [
      'one sharer comes back',
      load(0, 0),
      back([PRESENT, READ_0]),
      'fault.moves-all',
      'entries',
      'process 1 page 0: present',
      'process 1 page 0: READ entry for frame 0',
    ],
    [
      'a load that sees another value',
      load(0, 0),
      { ...back([PRESENT, PRESENT]), result: 9 },
      'fork.isolation',
      'value',
      'the value 7',
      'the value 9',
    ],
    [
      'a READ entry turns WRITE',
      inspect,
      seen('ok', [], pair([READ_0, WRITE_0], 1)),
      'protect.never-upgrades',
      'entries',
      'process 1 page 0: READ entry for frame 0',
      'process 1 page 0: WRITE entry for frame 0',
    ],
    [
      'protect turns READ to WRITE',
      protect(0, 0, 'write'),
      seen('ok', [], pair([WRITE_0, READ_0], 1)),
      'protect.never-upgrades',
      'entries',
      'process 0 page 0: READ entry for frame 0',
      'process 0 page 0: WRITE entry for frame 0',
    ],
    [
      'unmap takes the page from the others',
      unmap(0, 0),
      seen('ok', [free(0)], pair([UNMAPPED, UNMAPPED], 0)),
      'unmap.releases',
      'callbacks',
      'no page_free',
      'page_free(frame 0: references 1, mappings 0)',
    ],
    [
      'unmap keeps a reference',
      unmap(0, 0),
      seen('ok', [], pair([UNMAPPED, READ_0], 1, { refs: [3, 1] })),
      'unmap.releases',
      'counts',
      'frame 0: reference count 2',
      'frame 0: reference count 3',
    ],
    [
      'the device stores into the shared page',
      deviceStore(0, 0, 9),
      seen('ok', [], pair([READ_0, READ_0], 1)),
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
      'the child has nothing',
      fork(0, 1),
      seen('ok', [], pair([READ_0, HOLE], 1)),
      'fork.shares',
      'entries',
      'process 1 page 0: READ entry for frame 0',
      'process 1 page 0: hole',
    ],
    [
      'the parent may still write',
      fork(0, 1),
      seen('ok', [], pair([WRITE_0, READ_0], 1)),
      'fork.read-both',
      'entries',
      'process 0 page 0: READ entry for frame 0',
      'process 0 page 0: WRITE entry for frame 0',
    ],
    [
      'the child takes no reference',
      fork(0, 1),
      seen('ok', [], pair([READ_0, READ_0], 1, { refs: [2, 1] })),
      'fork.counts',
      'counts',
      'frame 0: reference count 3',
      'frame 0: reference count 2',
    ],
    [
      'the driver is asked',
      fork(0, 1),
      seen('ok', [fault(0, 0, 0)], pair([READ_0, READ_0], 1)),
      'fork.quiet',
      'callbacks',
      'no page_fault',
      'page_fault(process 0, page 0, frame 0)',
    ],
  ])('fork: %s', (...broken) => {
    expect(saidOf(shared.slice(0, -1), broken, PAIR)).toEqual(dueTo(shared.slice(0, -1), broken));
  });
});

const struck = (profile: 'origin' | 'linux-6.1'): readonly Seen[] => {
  const idle = profile === 'origin' ? 1 : 0;
  return [...shared, [inject('sigbus'), seen('ok', [], pair([READ_0, READ_0], 1))] as const].map(
    ([command, observation]): Seen => [
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
  return seen('SIGBUS', [fault(1, 0, 0), ...events], {
    ...state,
    refs: state.maps?.map((count) => count + idle),
  });
};

const verdictOn = (profile: 'origin' | 'linux-6.1', observation: Observation): string =>
  named(judged([...struck(profile), [load(1, 0), observation]], { profile, scope: PAIR }));

const answer = (result: Result): string => verdictOn('linux-6.1', { ...failed([READ_0, READ_0], 0), result });

describe('a fault that fails', () => {
  test('poisons one entry in origin, and nothing in linux-6.1', () => {
    expect(verdictOn('origin', failed([READ_0, POISON], 1))).toBe('conforms');
    expect(verdictOn('linux-6.1', failed([READ_0, READ_0], 0))).toBe('conforms');
    expect(verdictOn('origin', failed([READ_0, READ_0], 1))).toBe('failure.poison load entries');
    expect(verdictOn('linux-6.1', failed([READ_0, POISON], 0))).toBe('failure.nothing-lost load entries');
  });

  test('leaves the sharers alone', () => {
    expect(verdictOn('origin', failed([POISON, POISON], 1))).toBe('failure.sharers-keep load entries');
    expect(verdictOn('origin', failed([READ_0, POISON], 1, [free(0)]))).toBe(
      'failure.poison-releases load callbacks',
    );
  });

  test('is a SIGBUS', () => {
    expect(answer('SIGSEGV')).toBe('failure.sigbus load result');
    expect(answer('oom')).toBe('failure.sigbus load result');
    expect(answer(7)).toBe('failure.sigbus load result');
  });
});

describe('which requirement is broken', () => {
  test('the way that came furthest is the one that tells', () => {
    // As a skip this breaks the answer; as a move, the entries only.
    const observation = seen(['moved'], [], look([PRESENT, HOLE], 1));
    const violation = violationOf(
      judged([...opening, [toDevice(0, 0), observation]], { without: ['callbacks', 'allocations'] }),
    );
    expect(violation).toMatchObject({ requirement: 'migrate.vector', clause: 'entries' });
    expect(violation.expected).toEqual(['process 0 page 0: READ or WRITE entry for a free frame']);
  });

  test('every clause that this way breaks is listed', () => {
    const odd = { refs: [3, 1], maps: [0, 0], charged: 4 };
    const observation = seen(8, [fault(0, 0, 0)], look([WRITE_0, HOLE], 1, odd));
    const violation = violationOf(judged([...onDevice, [load(0, 0), observation]]));
    expect(violation.breaches.map(({ requirement, clause }) => `${clause}: ${requirement}`)).toEqual([
      'value: fault.last-value',
      'callbacks: count.free-once',
      'entries: fault.never-direct',
      'counts: count.references',
      'accounting: account.charge',
    ]);
    expect(violation).toMatchObject({ requirement: 'fault.last-value', clause: 'value' });
  });

  test('of ways that came equally far, the requirement that the catalogue has first', () => {
    const both: readonly Seen[] = [
      ...onDevice,
      [inject('sigbus'), seen('ok')],
      [inject('oom', 'until-healed'), seen('ok')],
    ];
    const violation = violationOf(judged([...both, [load(0, 0), seen('SIGSEGV')]]));
    expect(violation).toMatchObject({ requirement: 'failure.sigbus', clause: 'result' });
    expect(violation.expected.toSorted()).toEqual(['SIGBUS', 'oom']);
  });

  test('of ways that came equally far, one that follows every SHOULD comes before', () => {
    // Nothing was asked for: as a move it should have moved, as a skip it should have said so.
    const violation = violationOf(judged([...opening, [toDevice(0, 0), seen([])]], { without: BLIND }));
    expect(violation).toMatchObject({ requirement: 'migrate.vector', clause: 'result' });
    expect(violation.expected.toSorted()).toEqual(['page 0 moved', 'page 0 skipped']);
  });

  test('judging stops at the first step that is wrong', () => {
    const wrong: Seen = [load(0, 0), seen(8, broughtBack, look([PRESENT, HOLE], 1))];
    expect(violationOf(judged([...onDevice, wrong, wrong, wrong])).step).toBe(onDevice.length);
  });

  test.each<[RequirementId, readonly Seen[]]>([
    ['device.attach', [[attach, seen('ok')]]],
    [
      'device.attach',
      [
        [detach, seen('ok')],
        [detach, seen('ok')],
      ],
    ],
    [
      'device.detached',
      [
        [detach, seen('ok')],
        [deviceLoad(0, 1), seen(0)],
      ],
    ],
    ['migrate.detach', [[detach, seen('EBUSY')]]],
    ['pin.slot', [[unpin(), seen(0)]]],
    [
      'pin.sees-stores',
      [
        [pin(0, 0), seen('ok')],
        [unpin(), seen(9)],
      ],
    ],
    [
      'pin.stays-put',
      [
        [pin(0, 0), seen('ok')],
        [toDevice(0, 0), seen(['moved'])],
      ],
    ],
    ['types.swap-limit', [[swapOn(32), seen(32)]]],
    [
      'unmap.then-refused',
      [
        [unmap(0, 0), seen('ok')],
        [load(0, 0), seen(0)],
      ],
    ],
    ['unmap.reads-zero', [[load(0, 1), seen(3)]]],
    ['fault.last-value', [[load(0, 0), seen(3)]]],
    [
      'migrate.transparent',
      [
        [toDevice(0, 0), seen(['moved'])],
        [toSystem(0, 0), seen(['moved'])],
        [load(0, 0), seen(3)],
      ],
    ],
    [
      'protect.enforced',
      [
        [protect(0, 0, 'read'), seen('ok')],
        [store(0, 0, 9), seen('ok')],
      ],
    ],
    [
      'device.permission',
      [
        [protect(0, 0, 'read'), seen('ok')],
        [deviceStore(0, 0, 9), seen('ok')],
      ],
    ],
    ['device.load-value', [[deviceLoad(0, 0), seen(3)]]],
    [
      'failure.oom',
      [
        [toDevice(0, 0), seen(['moved'])],
        [inject('oom'), seen('ok')],
        [load(0, 0), seen('SIGBUS')],
      ],
    ],
    [
      'pin.failure',
      [
        [toDevice(0, 0), seen(['moved'])],
        [inject('sigbus'), seen('ok')],
        [pin(0, 0), seen('ENOMEM')],
      ],
    ],
    [
      'failure.poison-lasts',
      [
        ...([
          [toDevice(0, 0), seen(['moved'])],
          [inject('sigbus'), seen('ok')],
        ] as const),
        ...([
          [load(0, 0), seen('SIGBUS')],
          [heal, seen('ok')],
          [load(0, 0), seen(7)],
        ] as const),
      ],
    ],
  ])('%s, from answers alone', (requirement, steps) => {
    const answers = opening.map(([command, observation]): Seen => [
      command,
      seen(observation?.result ?? 'ok'),
    ]);
    expect(violationOf(judged([...answers, ...steps], { without: BLIND })).requirement).toBe(requirement);
  });
});

const blind = (...steps: readonly (readonly [Command, Result])[]): readonly Seen[] =>
  steps.map(([command, result]): Seen => [command, seen(result)]);

const statesAfter = (steps: readonly Seen[]): number => {
  const judge = new Judge(SMALL, termsWithout('origin', BLIND), new Tally());
  for (const [index, [command, observation]] of steps.entries()) {
    expect(judge.judge(index, command, observation)).toEqual({ kind: 'conforms' });
  }
  expect(new Set(judge.states.map((state) => stateKey(state))).size).toBe(judge.states.length);
  return judge.states.length;
};

describe('where little is shown', () => {
  /** Two pages on the device, one of them touched: the other may have come along. */
  const touched = blind(
    ...([
      [map(0, 0), 'ok'],
      [map(0, 1), 'ok'],
      [store(0, 1, 8), 'ok'],
    ] as const),
    ...([
      [toDevice(0, 0, 2), ['moved', 'moved']],
      [load(0, 0), 0],
    ] as const),
  );

  test('every state that is possible is carried along', () => {
    expect(statesAfter(touched)).toBe(2);
  });

  test('until something tells', () => {
    // Only what is in system memory moves to the device, only what is there moves back.
    expect(statesAfter([...touched, ...blind([toSystem(0, 1), ['moved']])])).toBe(1);
    expect(statesAfter([...touched, ...blind([toDevice(0, 1), ['moved']])])).toBe(1);
    // What was skipped was there already; or it was skipped for no reason.
    expect(statesAfter([...touched, ...blind([toDevice(0, 1), ['skipped']])])).toBe(2);
  });

  test('or until it makes no difference', () => {
    expect(statesAfter([...touched, ...blind([load(0, 1), 8])])).toBe(1);
    expect(statesAfter([...touched, ...blind([unmap(0, 1), 'ok'])])).toBe(1);
  });

  test('what is allowed in no state is a violation, what is allowed in one is none', () => {
    expect(named(judged([...touched, ...blind([load(0, 1), 9])], { without: BLIND }))).toMatch(
      / load value$/,
    );
    const failing = blind([inject('sigbus', 'until-healed'), 'ok'], [load(0, 1), 'SIGBUS']);
    expect(statesAfter([...touched, ...failing])).toBe(1);
    const fine = blind([inject('sigbus', 'until-healed'), 'ok'], [load(0, 1), 8]);
    expect(statesAfter([...touched, ...fine])).toBe(1);
  });

  test('a look resolves it', () => {
    const without = BLIND.filter((one) => one !== 'entries');
    const judge = new Judge(SMALL, termsWithout('origin', without), new Tally());
    for (const [index, [command, observation]] of touched.entries()) judge.judge(index, command, observation);
    expect(judge.states).toHaveLength(2);
    const state: Snapshot = {
      ...look([PRESENT, WRITE_0], 2),
      refs: undefined,
      maps: undefined,
      rss: undefined,
      charged: undefined,
    };
    expect(judge.judge(5, inspect, seen('ok', [], state))).toEqual({ kind: 'conforms' });
    expect(judge.states).toHaveLength(1);
  });

  test('a judge begins again, and goes on from where it is told', () => {
    const judge = new Judge(SMALL, termsWithout('origin', BLIND), new Tally());
    const run = (steps: readonly Seen[]): void => {
      for (const [index, [command, observation]] of steps.entries()) judge.judge(index, command, observation);
    };
    run(touched);
    const two = judge.states.map((state) => state.clone());
    run(blind([load(0, 1), 8]));
    judge.begin();
    expect(judge.states).toHaveLength(1);
    run(touched);
    expect(judge.states.map((state) => stateKey(state))).toEqual(two.map((state) => stateKey(state)));
    judge.begin();
    judge.resume(two);
    expect(judge.judge(9, load(0, 1), seen(8))).toEqual({ kind: 'conforms' });
    expect(two.map((state) => state.place.includes(1))).toContain(true);
  });

  test('at its cap it says that it does not know', () => {
    const wide: Scope = { processes: 1, pages: 12, frames: 12, slots: 0 };
    const pages = Array.from({ length: 12 }, (_, page) => page);
    const verdict = judged(
      [
        ...blind(...pages.map((page) => [map(0, page), 'ok'] as const)),
        ...blind([toDevice(0, 0, 12), pages.map(() => 'moved' as const)], [load(0, 0), 0]),
      ],
      { scope: wide, without: BLIND },
    );
    expect(verdict).toEqual({
      kind: 'inconclusive',
      step: 13,
      reason: 'the target shows too little to tell its state',
    });
  });
});

const tallied = (steps: readonly Seen[]): Tally => {
  const tally = new Tally();
  expect(judged(steps, {}, tally).kind).toBe('conforms');
  return tally;
};

describe('the tally', () => {
  test('counts how often an antecedent was met', () => {
    const tally = tallied([
      ...onDevice,
      [load(0, 0), seen(7, broughtBack, look([PRESENT, HOLE], 1))],
      [load(0, 0), seen(7, [], look([PRESENT, HOLE], 1))],
    ]);
    expect(tally.exercised('fault.brings-back')).toBe(1);
    expect(tally.exercised('fault.no-needless-call')).toBe(2);
    expect(tally.exercised('migrate.keeps-write')).toBe(1);
    expect(tally.exercised('fork.shares')).toBe(0);
    expect(tally.exercised('count.references')).toBe(6);
    expect(tally.exercised('account.charge')).toBe(6);
  });

  test('counts how often a SHOULD was not followed', () => {
    const none = tallied(onDevice);
    expect([none.slighted('migrate.progress'), none.slighted('migrate.keeps-write')]).toEqual([0, 0]);
    const skipped = tallied([...opening, [toDevice(0, 0, 2), seen(['skipped', 'skipped'])]]);
    expect(skipped.slighted('migrate.progress')).toBe(2);
    const read = tallied([
      ...opening,
      [toDevice(0, 0), seen(['moved'], [alloc(0)], look([READ_0, HOLE], 1))],
    ]);
    expect(read.slighted('migrate.keeps-write')).toBe(1);
  });

  test('slights nothing where there was a reason', () => {
    const withReason = tallied([
      ...opening,
      [inject('no-frame', 'until-healed'), seen('ok')],
      [toDevice(0, 0, 2), seen(['skipped', 'skipped'])],
    ]);
    expect(withReason.slighted('migrate.progress')).toBe(0);
  });

  test('of several states the kindest counts', () => {
    const tally = new Tally();
    const answers = [
      ...([
        [map(0, 0), 'ok'],
        [map(0, 1), 'ok'],
        [toDevice(0, 0, 2), ['moved', 'moved']],
      ] as const),
      // The second page came along or it did not; if it did not, there was a reason to skip it.
      ...([
        [load(0, 0), 0],
        [toDevice(0, 1), ['skipped']],
      ] as const),
    ].map(([command, result]): Seen => [command, seen(result)]);
    expect(judged(answers, { without: BLIND }, tally).kind).toBe('conforms');
    expect(tally.slighted('migrate.progress')).toBe(0);
  });

  test('does not count what is not shown', () => {
    const tally = new Tally();
    expect(judged([[map(0, 0), seen('ok')]], { without: BLIND }, tally).kind).toBe('conforms');
    expect(tally.exercised('robust.at-rest')).toBe(0);
  });
});

test('the books are kept frame by frame: one that was never taken is not freed in place of one that was', () => {
  const scope: Scope = { ...SMALL, frames: 3 };
  const wider = (entries: readonly number[], charged: number): Snapshot => look(entries, charged, { scope });
  const before = opening.map(([command, observation]): Seen => [
    command,
    seen(
      observation?.result ?? 'ok',
      [],
      wider(observation?.state?.entries ?? [], observation?.state?.charged ?? 0),
    ),
  ]);
  const moved = (...events: readonly DriverEvent[]): string =>
    named(
      judged([...before, [toDevice(0, 0), seen(['moved'], events, wider([WRITE_0, HOLE], 1))]], { scope }),
    );
  expect(moved(alloc(0))).toBe('conforms');
  expect(moved(alloc(1), alloc(0), free(1))).toBe('conforms');
  expect(moved(alloc(0), alloc(1), free(2))).toBe('migrate.frees-source migrate-to-device callbacks');
});

test('frames 0 and 1 are told apart by their entries', () => {
  const two: readonly Seen[] = [
    ...onDevice,
    [toDevice(0, 1), seen(['moved'], [alloc(1)], look([WRITE_0, READ_1], 2))],
  ];
  expect(named(judged(two))).toBe('conforms');
  const swapped = seen('ok', [], look([WRITE_1, READ_0], 2));
  expect(named(judged([...two, [inspect, swapped]]))).toBe('robust.at-rest inspect entries');
});
