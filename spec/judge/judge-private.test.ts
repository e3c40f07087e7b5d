import { describe, expect, test } from 'vitest';
import type { Command } from '../vocabulary/command.ts';
import {
  advise,
  charge,
  clearSoftDirty,
  deviceExchange,
  deviceLoad,
  discard,
  evictAll,
  fork,
  inject,
  join,
  kernelLoad,
  limit,
  load,
  lock,
  makeExclusive,
  map,
  move,
  pageMap,
  peek,
  pin,
  populate,
  residency,
  smaps,
  softDirty,
  store,
  toDevice,
  unmap,
  watch,
} from '../vocabulary/shorthand.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import type { Result } from '../vocabulary/result.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  UNPOPULATED,
  PRESENT,
  type Snapshot,
  UNMAPPED,
} from '../vocabulary/snapshot.ts';
import { alloc, fault, free } from '../vocabulary/driver-events.fixture.ts';
import {
  judged,
  snapshotOf,
  verdictName,
  type ObservedStep,
  observationOf,
  PAIR,
  SMALL,
} from './observations.fixture.ts';

const profile = 'linux-6.1';
const READ_0 = deviceEntry(0, false);
const WRITE_0 = deviceEntry(0, true);
const WRITE_1 = deviceEntry(1, true);
const CONFORMS = 'conforms';

const shown = (entries: readonly number[], charged = 1): Snapshot =>
  snapshotOf(entries, charged, { profile });
const step = (
  command: Command,
  result: Result,
  entries: readonly number[],
  events: readonly DriverEvent[] = [],
  charged = 1,
): ObservedStep => [command, observationOf(result, events, shown(entries, charged))];

/** Page 0 holds 7, in system memory; page 1 is not mapped. */
const stored: readonly ObservedStep[] = [
  step(map(0, 0), 'ok', [UNPOPULATED, UNMAPPED], [], 0),
  step(store(0, 0, 7), 'ok', [PRESENT, UNMAPPED]),
];
const resident: readonly ObservedStep[] = [
  ...stored,
  step(toDevice(0, 0), ['moved'], [WRITE_0, UNMAPPED], [alloc(0)]),
];
const taken: readonly ObservedStep[] = [
  ...stored,
  step(makeExclusive(0, 0), 'ok', [EXCLUSIVE_ENTRY, UNMAPPED]),
];
const back = [fault(0, 0, 0), free(0, 0)];

const said = (...steps: readonly ObservedStep[]): string => verdictName(judged(steps, { profile }));

describe('exclusive entries', () => {
  test('are shown from make-exclusive until an access', () => {
    expect(said(...taken, step(residency(0, 0), 1, [EXCLUSIVE_ENTRY, UNMAPPED]))).toBe(CONFORMS);
    expect(said(...taken, step(load(0, 0), 7, [PRESENT, UNMAPPED]))).toBe(CONFORMS);
    expect(said(...stored, step(makeExclusive(0, 0), 'ok', [PRESENT, UNMAPPED]))).toBe(
      'exclusive.taken make-exclusive entries',
    );
    expect(said(...taken, step(load(0, 0), 7, [EXCLUSIVE_ENTRY, UNMAPPED]))).toBe(
      'exclusive.revoked load entries',
    );
    expect(said(...taken, step(residency(0, 0), 1, [PRESENT, UNMAPPED]))).toBe(
      'query.no-callbacks residency entries',
    );
  });

  test('are never shown without make-exclusive', () => {
    expect(said(...stored, step(load(0, 0), 7, [EXCLUSIVE_ENTRY, UNMAPPED]))).toMatch(/ load entries$/);
  });

  test('stay exclusive or become present where the rules permit both, and a snapshot determines it', () => {
    expect(said(...taken, step(deviceLoad(0, 0), 7, [EXCLUSIVE_ENTRY, UNMAPPED]))).toBe(CONFORMS);
    const present = [...taken, step(deviceLoad(0, 0), 7, [PRESENT, UNMAPPED])];
    expect(said(...present, step(deviceExchange(0, 0, 9), 'EINVAL', [PRESENT, UNMAPPED]))).toBe(CONFORMS);
    expect(said(...present, step(deviceExchange(0, 0, 9), 7, [PRESENT, UNMAPPED]))).toMatch(
      /^exclusive\.\w+ device-exchange result$/,
    );
  });

  test('an exchange returns the old value', () => {
    expect(said(...taken, step(deviceExchange(0, 0, 9), 7, [EXCLUSIVE_ENTRY, UNMAPPED]))).toBe(CONFORMS);
    expect(said(...taken, step(deviceExchange(0, 0, 9), 9, [EXCLUSIVE_ENTRY, UNMAPPED]))).toBe(
      'exclusive.exchange device-exchange value',
    );
  });

  test('a page on the device migrates back by one page_fault first', () => {
    const took = (events: readonly DriverEvent[]): string =>
      said(...resident, step(makeExclusive(0, 0), 'ok', [EXCLUSIVE_ENTRY, UNMAPPED], events));
    expect(took(back)).toBe(CONFORMS);
    expect(took([free(0, 0)])).toBe('exclusive.returns-first make-exclusive callbacks');
  });
});

describe('a private mapping of a file', () => {
  /** The shown code varies; the page is never charged as a page of the process. */
  const unowned = (command: Command, result: Result, code: number): ObservedStep => [
    command,
    observationOf(result, [], { ...shown([UNMAPPED, code], 0), rss: [0] }),
  ];
  const file = (code: number): ObservedStep => unowned(map(0, 1, 'write', 'file'), 'ok', code);

  test.each([UNPOPULATED, PRESENT])('is shown as unpopulated or as present, in any order (%i)', (code) => {
    expect(said(file(UNPOPULATED), unowned(load(0, 1), 30_001, code))).toBe(CONFORMS);
    expect(said(file(PRESENT), unowned(load(0, 1), 30_001, code))).toBe(CONFORMS);
  });

  test('is shown as nothing else', () => {
    expect(said(file(WRITE_0))).toMatch(/ map entries$/);
    expect(said(file(UNMAPPED))).toMatch(/ map entries$/);
  });

  test('reads the file', () => {
    expect(said(file(UNPOPULATED), step(load(0, 1), 0, [UNMAPPED, UNPOPULATED], [], 0))).toBe(
      'types.file-stays load value',
    );
  });

  test('is charged from the store on, and present', () => {
    const own = (code: number, charged: number): string =>
      said(file(UNPOPULATED), [
        store(0, 1, 7),
        observationOf('ok', [], { ...shown([UNMAPPED, code], charged), rss: [charged] }),
      ]);
    expect(own(PRESENT, 1)).toBe(CONFORMS);
    expect(own(UNPOPULATED, 1)).toMatch(/ store entries$/);
    expect(own(PRESENT, 0)).toMatch(/ store accounting$/);
  });

  test('does not migrate before the first store', () => {
    expect(said(file(UNPOPULATED), step(toDevice(0, 1), ['moved'], [UNMAPPED, WRITE_0], [alloc(0)]))).toBe(
      'types.file-stays migrate-to-device result',
    );
  });
});

describe('the allowed effects of each command', () => {
  test.each<[requirement: string, readonly ObservedStep[]]>([
    ['move.entry move entries', [...resident, step(move(0, 0, 1), 'ok', [UNMAPPED, WRITE_1])]],
    ['move.no-callbacks move callbacks', [...resident, step(move(0, 0, 1), 'ok', [UNMAPPED, PRESENT], back)]],
    ['move.keep move entries', [...resident, step(move(0, 0, 1, true), 'ok', [WRITE_0, WRITE_0])]],
    [
      'populate.migrates-back populate callbacks',
      [...resident, step(populate(0, 0), 'ok', [WRITE_0, UNMAPPED])],
    ],
    [
      'populate.locked discard result',
      [
        ...stored,
        step(lock(0, 0), 'ok', [PRESENT, UNMAPPED]),
        step(discard(0, 0), 'ok', [UNPOPULATED, UNMAPPED], [], 0),
      ],
    ],
    [
      'advise.spares-device advise callbacks',
      [...resident, step(advise(0, 0, 'page-out'), 'ok', [PRESENT, UNMAPPED], back)],
    ],
    [
      'advise.keeps-content advise entries',
      [...stored, step(advise(0, 0, 'page-out'), 'ok', [UNPOPULATED, UNMAPPED], [], 0)],
    ],
    [
      'kernel.access-returns kernel-load value',
      [...resident, step(kernelLoad(0, 0), 0, [PRESENT, UNMAPPED], back)],
    ],
    [
      'kernel.nofault-does-not-migrate peek callbacks',
      [...resident, step(peek(0, 0), 'EFAULT', [PRESENT, UNMAPPED], back)],
    ],
    ['kernel.nofault-does-not-migrate peek result', [...resident, step(peek(0, 0), 7, [WRITE_0, UNMAPPED])]],
    ['kernel.nofault-value peek value', [...stored, step(peek(0, 0), 8, [PRESENT, UNMAPPED])]],
    [
      'watch.traps-missing load result',
      [
        ...stored.slice(0, 1),
        step(watch(0, 0, 'missing'), 'ok', [UNPOPULATED, UNMAPPED], [], 0),
        step(load(0, 0), 0, [UNPOPULATED, UNMAPPED], [], 0),
      ],
    ],
    [
      'watch.traps-store store result',
      [
        ...stored,
        step(watch(0, 0, 'write-protect'), 'ok', [PRESENT, UNMAPPED]),
        step(store(0, 0, 9), 'ok', [PRESENT, UNMAPPED]),
      ],
    ],
    [
      'watch.traps-store watch entries',
      [...resident, step(watch(0, 0, 'write-protect'), 'ok', [WRITE_0, UNMAPPED])],
    ],
    ['track.store soft-dirty result', [...stored, step(softDirty(0, 0), 'clean', [PRESENT, UNMAPPED])]],
    [
      'track.clear soft-dirty result',
      [
        ...stored,
        step(clearSoftDirty(0), 'ok', [PRESENT, UNMAPPED]),
        step(softDirty(0, 0), 'dirty', [PRESENT, UNMAPPED]),
      ],
    ],
    [
      'track.survives soft-dirty result',
      [
        ...stored,
        step(clearSoftDirty(0), 'ok', [PRESENT, UNMAPPED]),
        step(toDevice(0, 0), ['moved'], [WRITE_0, UNMAPPED], [alloc(0)]),
        step(softDirty(0, 0), 'dirty', [WRITE_0, UNMAPPED]),
      ],
    ],
    [
      'track.no-callbacks clear-soft-dirty callbacks',
      [...resident, step(clearSoftDirty(0), 'ok', [PRESENT, UNMAPPED], [free(0, 0)])],
    ],
    ['query.page-map page-map result', [...stored, step(pageMap(0, 0), 'special', [PRESENT, UNMAPPED])]],
    ['query.sole-mapper page-map result', [...resident, step(pageMap(0, 0), 'special', [WRITE_0, UNMAPPED])]],
    ['query.residency residency value', [...resident, step(residency(0, 0), 0, [WRITE_0, UNMAPPED])]],
    ['query.smaps smaps value', [...resident, step(smaps(0), 0, [WRITE_0, UNMAPPED])]],
    ['account.group charge value', [...resident, step(charge(), 2, [WRITE_0, UNMAPPED])]],
    [
      'account.join-moves charge value',
      [...resident, step(join(0, 1), 'ok', [WRITE_0, UNMAPPED]), step(charge(), 1, [WRITE_0, UNMAPPED])],
    ],
    [
      // More pages than exist: no join can be the cause.
      'account.group charge value',
      [...resident, step(join(0, 1), 'ok', [WRITE_0, UNMAPPED]), step(charge(1), 2, [WRITE_0, UNMAPPED])],
    ],
    [
      'account.limit-holds store result',
      [
        ...stored.slice(0, 1),
        step(limit(0), 'ok', [UNPOPULATED, UNMAPPED], [], 0),
        step(store(0, 0, 7), 'ok', [PRESENT, UNMAPPED]),
      ],
    ],
    [
      // The page migrated to system memory, although the result reports that no page did.
      'migrate.evict-all evict-all value',
      [...resident, step(evictAll, 0, [PRESENT, UNMAPPED], [free(0, 0)])],
    ],
    ['migrate.no-callbacks evict-all callbacks', [...resident, step(evictAll, 1, [PRESENT, UNMAPPED], back)]],
  ])('%s', (requirement, steps) => {
    expect(said(...steps.slice(0, -1))).toBe(CONFORMS);
    expect(said(...steps)).toBe(requirement);
  });

  test('page-map reports a sole mapper up to 6.1, and not from 6.12 on', () => {
    const reported = (name: 'linux-6.1' | 'linux-6.12', answer: Result): string =>
      verdictName(judged([...resident, step(pageMap(0, 0), answer, [WRITE_0, UNMAPPED])], { profile: name }));
    expect([reported('linux-6.1', 'special-sole'), reported('linux-6.12', 'special')]).toEqual([
      CONFORMS,
      CONFORMS,
    ]);
    expect(reported('linux-6.12', 'special-sole')).toBe('query.page-map page-map result');
  });

  test('a lazy-free page may be dropped by a page-out and then reads zero', () => {
    const freed = [...stored, step(advise(0, 0, 'free'), 'ok', [PRESENT, UNMAPPED])];
    const dropped = [...freed, step(advise(0, 0, 'page-out'), 'ok', [UNPOPULATED, UNMAPPED], [], 0)];
    expect(said(...dropped, step(load(0, 0), 0, [UNPOPULATED, UNMAPPED], [], 0))).toBe(CONFORMS);
    expect(said(...dropped, step(load(0, 0), 7, [UNPOPULATED, UNMAPPED], [], 0))).toMatch(/ load value$/);
    expect(said(...freed, step(advise(0, 0, 'page-out'), 'ok', [PRESENT, UNMAPPED]))).toBe(CONFORMS);
  });

  test('evict-all leaves no page without a reason and returns the number of migrated pages', () => {
    const two: readonly ObservedStep[] = [
      ...resident,
      step(map(0, 1), 'ok', [WRITE_0, UNPOPULATED]),
      step(toDevice(0, 1), ['moved'], [WRITE_0, WRITE_1], [alloc(1)], 2),
    ];
    const all = [PRESENT, PRESENT];
    const half = [PRESENT, WRITE_1];
    expect(said(...two, step(evictAll, 2, all, [free(0, 0), free(1, 0)], 2))).toBe(CONFORMS);
    expect(said(...two, step(evictAll, 2, all, [free(0, 0)], 2))).toBe(
      'migrate.evict-all evict-all callbacks',
    );
    expect(said(...two, step(evictAll, 1, half, [free(0, 0)], 2))).toBe('migrate.evict-all evict-all value');
    const struck = [...two, step(inject('oom', 1, { process: 0, page: 1 }), 'ok', [WRITE_0, WRITE_1], [], 2)];
    expect(said(...struck, step(evictAll, 1, half, [free(0, 0)], 2))).toBe(CONFORMS);
    expect(said(...struck, step(evictAll, 2, half, [free(0, 0)], 2))).toMatch(
      /^migrate\.evict-all evict-all /,
    );
    expect(said(...struck, step(evictAll, 1, [WRITE_0, PRESENT], [free(1, 0)], 2))).not.toBe(CONFORMS);
  });

  test('an entry does not change between WRITE and READ without a command on its page', () => {
    expect(said(...resident, step(softDirty(0, 0), 'dirty', [READ_0, UNMAPPED]))).toBe(
      'track.no-callbacks soft-dirty entries',
    );
    // Clearing the soft-dirty bit may remove write permission, so that the next store is noticed.
    expect(said(...resident, step(clearSoftDirty(0), 'ok', [READ_0, UNMAPPED]))).toBe(CONFORMS);
    expect(said(...resident, step(pageMap(0, 0), 'special-sole', [READ_0, UNMAPPED]))).toBe(
      'query.no-callbacks page-map entries',
    );
    expect(said(...resident, step(move(0, 0, 1), 'ok', [UNMAPPED, READ_0]))).toBe('move.entry move entries');
  });
});

test('a fork in a world of one process is never judged', () => {
  expect(verdictName(judged([...stored, [fork(0, 1), undefined]], { profile, scope: SMALL }))).toBe(CONFORMS);
});

describe('a wrong charge is attributed to its cause', () => {
  const two = (entries: readonly number[], charged: number): Snapshot =>
    snapshotOf(entries, charged, { scope: PAIR, profile });
  const mapped: ObservedStep = [map(0, 0), observationOf('ok', [], two([UNPOPULATED, UNMAPPED], 0))];
  const both = (command: Command, charged: number): ObservedStep => [
    command,
    observationOf('ok', [], two([PRESENT, PRESENT], charged)),
  ];
  const one = (command: Command): ObservedStep => [
    command,
    observationOf('ok', [], two([PRESENT, UNMAPPED], 1)),
  ];
  const says = (...steps: readonly ObservedStep[]): string =>
    verdictName(judged([mapped, ...steps], { profile, scope: PAIR }));

  test.each([
    [1, 'fork.pin-stays fork accounting'],
    [2, CONFORMS],
    [3, 'account.charge fork accounting'],
  ])('at fork of a pinned page: %i charged', (charged, verdict) => {
    expect(says(one(pin(0, 0)), both(fork(0, 1), charged))).toBe(verdict);
  });

  test.each([
    [0, 'pin.sees-stores unmap accounting'],
    [1, CONFORMS],
    [2, 'account.charge unmap accounting'],
  ])('at unmap of a pinned page: %i charged', (charged, verdict) => {
    const gone = observationOf('ok', [], two([UNMAPPED, UNMAPPED], charged));
    expect(says(one(pin(0, 0)), [unmap(0, 0), gone])).toBe(verdict);
  });

  test.each([
    [1, 'fork.isolation store accounting'],
    [2, CONFORMS],
    [3, 'account.charge store accounting'],
  ])('at a store to a shared page: %i charged', (charged, verdict) => {
    expect(says(one(store(0, 0, 1)), both(fork(0, 1), 1), both(store(1, 0, 2), charged))).toBe(verdict);
  });
});
