import { describe, expect, test } from 'vitest';
import { stateKey } from '../model/canonical.ts';
import type { RequirementId } from '../requirements/catalogue.ts';
import type { Command } from '../vocabulary/command.ts';
import {
  attach,
  detach,
  deviceLoad,
  deviceStore,
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
import { UNPOPULATED, PRESENT, type Snapshot } from '../vocabulary/snapshot.ts';
import { judgingOptionsFor } from '../model/judging-options.ts';
import { PROFILES } from '../profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../vocabulary/capability.ts';
import { Judge } from './judge.ts';
import { CONFORMS } from './verdict.ts';
import { alloc, fault, free } from '../vocabulary/driver-events.fixture.ts';
import {
  BLIND,
  broughtBack,
  caseOnDevice,
  judged,
  snapshotOf,
  verdictName,
  opening,
  PAIR,
  pair,
  READ_0,
  READ_1,
  type ObservedStep,
  observationOf,
  shared,
  SMALL,
  violationIn,
  WRITE_0,
  WRITE_1,
} from './observations.fixture.ts';
import { Tally } from './tally.ts';
import type { Verdict } from './verdict.ts';
import { judgingOptionsWithout } from '../model/outcomes.fixture.ts';

describe('conforming traces', () => {
  test('a page migrates to the device and back', () => {
    const back = snapshotOf([PRESENT, UNPOPULATED], 1);
    expect(judged([...caseOnDevice, [load(0, 0), observationOf(7, broughtBack, back)]])).toEqual({
      kind: 'conforms',
    });
  });

  test.each<[string, Command, Observation]>([
    [
      'a migration that was skipped',
      toDevice(0, 0),
      observationOf(['skipped'], [], snapshotOf([PRESENT, UNPOPULATED], 1)),
    ],
    [
      'a frame taken in vain',
      toDevice(0, 0),
      observationOf(['skipped'], [alloc(1), free(1, 1)], snapshotOf([PRESENT, UNPOPULATED], 1)),
    ],
    [
      'any frame',
      toDevice(0, 0),
      observationOf(['moved'], [alloc(1)], snapshotOf([WRITE_1, UNPOPULATED], 1)),
    ],
    [
      'a READ entry in place of WRITE',
      toDevice(0, 0),
      observationOf(['moved'], [alloc(0)], snapshotOf([READ_0, UNPOPULATED], 1)),
    ],
    [
      'a look at some things only',
      load(0, 0),
      observationOf(7, [], { ...snapshotOf([PRESENT, UNPOPULATED], 1), refs: undefined }),
    ],
  ])('%s', (_, command, observation) => {
    expect(judged([...opening, [command, observation]])).toEqual({ kind: 'conforms' });
  });

  test('commands that were not sent are not judged', () => {
    expect(judged([[load(0, 0), undefined], ...caseOnDevice, [map(0, 0), undefined]])).toEqual({
      kind: 'conforms',
    });
  });

  test('the sharers of a page migrate back together', () => {
    const back = pair([PRESENT, PRESENT], 1);
    const accessed = observationOf(7, [fault(1, 0, 0), free(0, 1)], back);
    expect(judged([...shared, [load(1, 0), accessed]], { scope: PAIR })).toEqual({ kind: 'conforms' });
  });
});

describe('attribution', () => {
  test('the outcome that matches the most clauses names the requirement', () => {
    // As a skip this breaks the clause *result*; as a move, only the clause *entries*.
    const observation = observationOf(['moved'], [], snapshotOf([PRESENT, UNPOPULATED], 1));
    const violation = violationIn(
      judged([...opening, [toDevice(0, 0), observation]], { without: ['callbacks', 'allocations'] }),
    );
    expect(violation).toMatchObject({ requirement: 'migrate.result-per-page', clause: 'entries' });
    expect(violation.expected).toEqual(['process 0 page 0: READ or WRITE entry for a free frame']);
  });

  test('every mismatching clause of that outcome is listed', () => {
    const odd = { refs: [3, 1], maps: [0, 0], charged: 4 };
    const observation = observationOf(8, [fault(0, 0, 0)], snapshotOf([WRITE_0, UNPOPULATED], 1, odd));
    const violation = violationIn(judged([...caseOnDevice, [load(0, 0), observation]]));
    expect(violation.breaches.map(({ requirement, clause }) => `${clause}: ${requirement}`)).toEqual([
      'value: fault.last-value',
      'callbacks: count.free-once',
      'entries: fault.never-direct',
      'counts: count.references',
      'accounting: account.charge',
    ]);
    expect(violation).toMatchObject({ requirement: 'fault.last-value', clause: 'value' });
  });

  test('a wrong entry lists no wrong counts of the frames of later entries', () => {
    const readOnly: readonly ObservedStep[] = [
      [map(0, 0, 'read'), observationOf('ok')],
      [map(0, 1), observationOf('ok')],
    ];
    const observation = observationOf(['moved', 'moved'], [], snapshotOf([WRITE_0, WRITE_1], 2));
    const violation = violationIn(
      judged([...readOnly, [toDevice(0, 0, 2), observation]], { without: ['callbacks', 'allocations'] }),
    );
    expect(violation.breaches.map(({ clause }) => clause)).toEqual(['entries']);
  });

  test('a strict judge expects the WRITE entry of a page that may be written', () => {
    const judging = judgingOptionsFor(PROFILES.origin, new Set(USUAL_CAPABILITIES));
    const judge = new Judge(SMALL, judging, new Tally(), { strict: true });
    const moved = observationOf(['moved'], [alloc(0)], snapshotOf([READ_0, UNPOPULATED], 1));
    const steps: readonly ObservedStep[] = [...opening, [toDevice(0, 0), moved]];
    const verdicts = steps.map(([command, observation], index) => judge.judge(index, command, observation));
    expect(violationIn(verdicts.at(-1) ?? CONFORMS)).toMatchObject({
      requirement: 'migrate.keeps-write',
      expected: ['process 0 page 0: WRITE entry for frame 0'],
    });
  });

  test('a frame is not taken from callbacks that allocate two for one page', () => {
    const observation = observationOf(['moved'], [alloc(0), alloc(1)], snapshotOf([WRITE_0, UNPOPULATED], 1));
    const violation = violationIn(judged([...opening, [toDevice(0, 0), observation]]));
    expect(violation.breaches.map(({ clause }) => clause)).toEqual(['callbacks']);
  });

  test('of outcomes that match equally far, the first requirement of the catalogue is named', () => {
    const both: readonly ObservedStep[] = [
      ...caseOnDevice,
      [inject('sigbus'), observationOf('ok')],
      [inject('oom', 'until-healed'), observationOf('ok')],
    ];
    const violation = violationIn(judged([...both, [load(0, 0), observationOf('SIGSEGV')]]));
    expect(violation).toMatchObject({ requirement: 'failure.sigbus', clause: 'result' });
    expect(violation.expected.toSorted()).toEqual(['SIGBUS', 'oom']);
  });

  test('of outcomes that match equally far, one that follows every SHOULD is preferred', () => {
    // The result is empty: after a move it should contain `moved`, after a skip `skipped`.
    const violation = violationIn(
      judged([...opening, [toDevice(0, 0), observationOf([])]], { without: BLIND }),
    );
    expect(violation).toMatchObject({ requirement: 'migrate.result-per-page', clause: 'result' });
    expect(violation.expected.toSorted()).toEqual(['page 0 moved', 'page 0 skipped']);
  });

  test('judging ends at the first violating step', () => {
    const wrong: ObservedStep = [
      load(0, 0),
      observationOf(8, broughtBack, snapshotOf([PRESENT, UNPOPULATED], 1)),
    ];
    expect(violationIn(judged([...caseOnDevice, wrong, wrong, wrong])).step).toBe(caseOnDevice.length);
  });

  test.each<[RequirementId, readonly ObservedStep[]]>([
    ['device.attach', [[attach, observationOf('ok')]]],
    [
      'device.attach',
      [
        [detach, observationOf('ok')],
        [detach, observationOf('ok')],
      ],
    ],
    [
      'device.detached',
      [
        [detach, observationOf('ok')],
        [deviceLoad(0, 1), observationOf(0)],
      ],
    ],
    ['migrate.detach', [[detach, observationOf('EBUSY')]]],
    ['pin.slot', [[unpin(), observationOf(0)]]],
    [
      'pin.sees-stores',
      [
        [pin(0, 0), observationOf('ok')],
        [unpin(), observationOf(9)],
      ],
    ],
    [
      'pin.blocks-migration',
      [
        [pin(0, 0), observationOf('ok')],
        [toDevice(0, 0), observationOf(['moved'])],
      ],
    ],
    ['types.swap-limit', [[swapOn(32), observationOf(32)]]],
    [
      'unmap.access-faults',
      [
        [unmap(0, 0), observationOf('ok')],
        [load(0, 0), observationOf(0)],
      ],
    ],
    ['unmap.reads-zero', [[load(0, 1), observationOf(3)]]],
    ['fault.last-value', [[load(0, 0), observationOf(3)]]],
    [
      'migrate.transparent',
      [
        [toDevice(0, 0), observationOf(['moved'])],
        [toSystem(0, 0), observationOf(['moved'])],
        [load(0, 0), observationOf(3)],
      ],
    ],
    [
      'protect.enforced',
      [
        [protect(0, 0, 'read'), observationOf('ok')],
        [store(0, 0, 9), observationOf('ok')],
      ],
    ],
    [
      'device.permission',
      [
        [protect(0, 0, 'read'), observationOf('ok')],
        [deviceStore(0, 0, 9), observationOf('ok')],
      ],
    ],
    ['device.load-value', [[deviceLoad(0, 0), observationOf(3)]]],
    [
      'failure.oom',
      [
        [toDevice(0, 0), observationOf(['moved'])],
        [inject('oom'), observationOf('ok')],
        [load(0, 0), observationOf('SIGBUS')],
      ],
    ],
    [
      'pin.failure',
      [
        [toDevice(0, 0), observationOf(['moved'])],
        [inject('sigbus'), observationOf('ok')],
        [pin(0, 0), observationOf('ENOMEM')],
      ],
    ],
    [
      'failure.poison-lasts',
      [
        ...([
          [toDevice(0, 0), observationOf(['moved'])],
          [inject('sigbus'), observationOf('ok')],
        ] as const),
        ...([
          [load(0, 0), observationOf('SIGBUS')],
          [heal, observationOf('ok')],
          [load(0, 0), observationOf(7)],
        ] as const),
      ],
    ],
    [
      'failure.poison-inert',
      [
        ...([
          [toDevice(0, 0), observationOf(['moved'])],
          [inject('sigbus'), observationOf('ok')],
        ] as const),
        ...([
          [load(0, 0), observationOf('SIGBUS')],
          [heal, observationOf('ok')],
          [toDevice(0, 0), observationOf(['moved'])],
        ] as const),
      ],
    ],
  ])('%s is violated by results alone', (requirement, steps) => {
    const answers = opening.map(([command, observation]): ObservedStep => [
      command,
      observationOf(observation?.result ?? 'ok'),
    ]);
    expect(violationIn(judged([...answers, ...steps], { without: BLIND })).requirement).toBe(requirement);
  });
});

const blind = (...steps: readonly (readonly [Command, Result])[]): readonly ObservedStep[] =>
  steps.map(([command, result]): ObservedStep => [command, observationOf(result)]);

const statesAfter = (steps: readonly ObservedStep[]): number => {
  const judge = new Judge(SMALL, judgingOptionsWithout('origin', BLIND), new Tally());
  for (const [index, [command, observation]] of steps.entries()) {
    expect(judge.judge(index, command, observation)).toEqual({ kind: 'conforms' });
  }
  expect(new Set(judge.states.map((state) => stateKey(state))).size).toBe(judge.states.length);
  return judge.states.length;
};

describe('a target with few capabilities', () => {
  test('frees an unnamed frame exactly once', () => {
    const back = (events: readonly DriverEvent[]): Verdict =>
      judged(
        [
          ...blind([map(0, 0), 'ok'], [store(0, 0, 7), 'ok'], [toDevice(0, 0), ['moved']]),
          [toSystem(0, 0), observationOf(['moved'], events)],
        ],
        { without: BLIND.filter((one) => one !== 'callbacks') },
      );
    expect(back([free(1, 1)]).kind).toBe('conforms');
    expect(verdictName(back([]))).toBe('migrate.frees-source migrate-to-system callbacks');
  });

  /** Two pages on the device, one of which was accessed: the other may have migrated along with it. */
  const accessed = blind(
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

  test('has every possible state tracked', () => {
    expect(statesAfter(accessed)).toBe(2);
  });

  test('has one state once an observation settles it', () => {
    // Only a page in system memory moves to the device, and only a page on the device moves to system memory.
    expect(statesAfter([...accessed, ...blind([toSystem(0, 1), ['moved']])])).toBe(1);
    expect(statesAfter([...accessed, ...blind([toDevice(0, 1), ['moved']])])).toBe(1);
    // The page was skipped because it was on the device already, or without a reason.
    expect(statesAfter([...accessed, ...blind([toDevice(0, 1), ['skipped']])])).toBe(2);
  });

  test('has one state once the difference has no effect', () => {
    expect(statesAfter([...accessed, ...blind([load(0, 1), 8])])).toBe(1);
    expect(statesAfter([...accessed, ...blind([unmap(0, 1), 'ok'])])).toBe(1);
  });

  test('violates a requirement by an observation that no possible state allows', () => {
    expect(verdictName(judged([...accessed, ...blind([load(0, 1), 9])], { without: BLIND }))).toMatch(
      / load value$/,
    );
    const failing = blind([inject('sigbus', 'until-healed'), 'ok'], [load(0, 1), 'SIGBUS']);
    expect(statesAfter([...accessed, ...failing])).toBe(1);
    const fine = blind([inject('sigbus', 'until-healed'), 'ok'], [load(0, 1), 8]);
    expect(statesAfter([...accessed, ...fine])).toBe(1);
  });

  test('has one state after a snapshot', () => {
    const without = BLIND.filter((one) => one !== 'entries');
    const judge = new Judge(SMALL, judgingOptionsWithout('origin', without), new Tally());
    for (const [index, [command, observation]] of accessed.entries())
      judge.judge(index, command, observation);
    expect(judge.states).toHaveLength(2);
    const state: Snapshot = {
      ...snapshotOf([PRESENT, WRITE_0], 2),
      refs: undefined,
      maps: undefined,
      rss: undefined,
      charged: undefined,
    };
    expect(judge.judge(5, inspect, observationOf('ok', [], state))).toEqual({ kind: 'conforms' });
    expect(judge.states).toHaveLength(1);
  });

  test('a judge restarts, and continues from a given state', () => {
    const judge = new Judge(SMALL, judgingOptionsWithout('origin', BLIND), new Tally());
    const run = (steps: readonly ObservedStep[]): void => {
      for (const [index, [command, observation]] of steps.entries()) judge.judge(index, command, observation);
    };
    run(accessed);
    const two = judge.states.map((state) => state.clone());
    run(blind([load(0, 1), 8]));
    judge.begin();
    expect(judge.states).toHaveLength(1);
    run(accessed);
    expect(judge.states.map((state) => stateKey(state))).toEqual(two.map((state) => stateKey(state)));
    judge.begin();
    judge.resume(two);
    expect(judge.judge(9, load(0, 1), observationOf(8))).toEqual({ kind: 'conforms' });
    expect(two.map((state) => state.place.includes(1))).toContain(true);
  });

  test('the judge is inconclusive beyond its limit of states', () => {
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
      reason: 'the target shows too little to determine its state',
      isAtCap: true,
    });
  });
});

const tallied = (steps: readonly ObservedStep[]): Tally => {
  const tally = new Tally();
  expect(judged(steps, {}, tally).kind).toBe('conforms');
  return tally;
};

describe('the tally', () => {
  test('counts how often a precondition was met', () => {
    const tally = tallied([
      ...caseOnDevice,
      [load(0, 0), observationOf(7, broughtBack, snapshotOf([PRESENT, UNPOPULATED], 1))],
      [load(0, 0), observationOf(7, [], snapshotOf([PRESENT, UNPOPULATED], 1))],
    ]);
    expect(tally.covered('fault.migrates-back')).toBe(1);
    expect(tally.covered('fault.no-needless-call')).toBe(2);
    expect(tally.covered('migrate.keeps-write')).toBe(1);
    expect(tally.covered('fork.shares')).toBe(0);
    expect(tally.covered('count.references')).toBe(6);
    expect(tally.covered('account.charge')).toBe(6);
  });

  test('counts how often a SHOULD was not followed', () => {
    const none = tallied(caseOnDevice);
    expect([none.notFollowed('migrate.progress'), none.notFollowed('migrate.keeps-write')]).toEqual([0, 0]);
    const skipped = tallied([...opening, [toDevice(0, 0, 2), observationOf(['skipped', 'skipped'])]]);
    expect(skipped.notFollowed('migrate.progress')).toBe(2);
    const stays = tallied([...caseOnDevice, [toSystem(0, 0), observationOf(['skipped'])]]);
    expect(stays.notFollowed('migrate.progress')).toBe(1);
    const read = tallied([
      ...opening,
      [toDevice(0, 0), observationOf(['moved'], [alloc(0)], snapshotOf([READ_0, UNPOPULATED], 1))],
    ]);
    expect(read.notFollowed('migrate.keeps-write')).toBe(1);
  });

  test('does not count a SHOULD that was not followed for a permitted reason', () => {
    const withReason = tallied([
      ...opening,
      [inject('no-frame', 'until-healed'), observationOf('ok')],
      [toDevice(0, 0, 2), observationOf(['skipped', 'skipped'])],
    ]);
    expect(withReason.notFollowed('migrate.progress')).toBe(0);
  });

  test('counts the state with the fewest SHOULDs that were not followed', () => {
    const tally = new Tally();
    const answers = [
      ...([
        [map(0, 0), 'ok'],
        [map(0, 1), 'ok'],
        [toDevice(0, 0, 2), ['moved', 'moved']],
      ] as const),
      // The second page migrated along or it did not; if it did not, there was a reason to skip it.
      ...([
        [load(0, 0), 0],
        [toDevice(0, 1), ['skipped']],
      ] as const),
    ].map(([command, result]): ObservedStep => [command, observationOf(result)]);
    expect(judged(answers, { without: BLIND }, tally).kind).toBe('conforms');
    expect(tally.notFollowed('migrate.progress')).toBe(0);
  });

  test('does not count parts that are not shown', () => {
    const tally = new Tally();
    expect(judged([[map(0, 0), observationOf('ok')]], { without: BLIND }, tally).kind).toBe('conforms');
    expect(tally.covered('robust.at-rest')).toBe(0);
  });
});

test('frames are accounted one by one: a frame that was not allocated is not freed in place of one that was', () => {
  const scope: Scope = { ...SMALL, frames: 3 };
  const wider = (entries: readonly number[], charged: number): Snapshot =>
    snapshotOf(entries, charged, { scope });
  const before = opening.map(([command, observation]): ObservedStep => [
    command,
    observationOf(
      observation?.result ?? 'ok',
      [],
      wider(observation?.state?.entries ?? [], observation?.state?.charged ?? 0),
    ),
  ]);
  const moved = (...events: readonly DriverEvent[]): string =>
    verdictName(
      judged(
        [...before, [toDevice(0, 0), observationOf(['moved'], events, wider([WRITE_0, UNPOPULATED], 1))]],
        {
          scope,
        },
      ),
    );
  expect(moved(alloc(0))).toBe('conforms');
  expect(moved(alloc(1), alloc(0), free(1, 1))).toBe('conforms');
  expect(moved(alloc(0), alloc(1), free(2, 1))).toBe('migrate.frees-source migrate-to-device callbacks');
});

test('frames 0 and 1 are distinguished by their entries', () => {
  const two: readonly ObservedStep[] = [
    ...caseOnDevice,
    [toDevice(0, 1), observationOf(['moved'], [alloc(1)], snapshotOf([WRITE_0, READ_1], 2))],
  ];
  expect(verdictName(judged(two))).toBe('conforms');
  const swapped = observationOf('ok', [], snapshotOf([WRITE_1, READ_0], 2));
  expect(verdictName(judged([...two, [inspect, swapped]]))).toBe('robust.at-rest inspect entries');
});
