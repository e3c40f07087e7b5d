import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../profiles/profile.ts';
import {
  deviceLoad,
  deviceStore,
  fork,
  load,
  map,
  onDevice,
  store,
  toDevice,
  unmap,
} from '../vocabulary/shorthand.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { deviceEntry, UNPOPULATED, PRESENT, type Snapshot, UNMAPPED } from '../vocabulary/snapshot.ts';
import { alloc, fault, free } from '../vocabulary/driver-events.fixture.ts';
import {
  judged,
  snapshotOf,
  verdictName,
  PAIR,
  type ObservedStep,
  observationOf,
} from './observations.fixture.ts';

/** One process of two pages; device 0 has frames 0 and 1, device 1 frames 2 and 3. */
const TWO: Scope = { processes: 1, pages: 2, frames: 2, slots: 0, devices: 2 };

const WRITE_0 = deviceEntry(0, true);
const READ_0 = deviceEntry(0, false);
const WRITE_2 = deviceEntry(2, true);

const CONFORMS = 'conforms';

/** Page 0 holds 7. */
const stored = (profile: ProfileName, scope: Scope): readonly ObservedStep[] => {
  const rest = Array.from({ length: scope.processes * scope.pages - 1 }, () => UNMAPPED);
  return [
    [map(0, 0), observationOf('ok', [], snapshotOf([UNPOPULATED, ...rest], 0, { scope, profile }))],
    [store(0, 0, 7), observationOf('ok', [], snapshotOf([PRESENT, ...rest], 1, { scope, profile }))],
  ];
};

describe.each(['origin', 'linux-5.18', 'linux-6.19'] as const)('frames of two devices in %s', (profile) => {
  const idle = { origin: 1, 'linux-5.18': 0, 'linux-6.19': 0 }[profile];
  const shown = (entries: readonly number[]): Snapshot => snapshotOf(entries, 1, { scope: TWO, profile });
  const said = (...steps: readonly ObservedStep[]): string =>
    verdictName(judged([...stored(profile, TWO), ...steps], { profile, scope: TWO }));
  const moved: ObservedStep = [
    onDevice(1, toDevice(0, 0)),
    observationOf(['moved'], [alloc(2)], shown([WRITE_2, UNMAPPED])),
  ];

  test('a page migrates to a frame of the named device', () => {
    expect(said(moved)).toBe(CONFORMS);
    const elsewhere = observationOf(['moved'], [alloc(0)], shown([WRITE_0, UNMAPPED]));
    expect(said([onDevice(1, toDevice(0, 0)), elsewhere])).toBe(
      'migrate.result-per-page migrate-to-device entries',
    );
  });

  const back = shown([PRESENT, UNMAPPED]);
  const accessed = (device: number | undefined): string =>
    said(moved, [load(0, 0), observationOf(7, [fault(0, 0, 2, device), free(2, idle)], back)]);

  test('page_fault is called in the driver of the device that owns the page', () => {
    expect([accessed(1), accessed(undefined)]).toEqual([CONFORMS, CONFORMS]);
    expect(accessed(0)).toBe('devices.owner-called load callbacks');
  });

  test('no frame of the other device is freed', () => {
    const wrong = observationOf(7, [fault(0, 0, 2, 1), free(0, idle)], back);
    expect(said(moved, [load(0, 0), wrong])).toBe('count.free-once load callbacks');
  });
});

describe('an access to a page on another device', () => {
  const said = (profile: ProfileName, ...steps: readonly ObservedStep[]): string => {
    const there: ObservedStep = [
      toDevice(0, 0),
      observationOf(['moved'], [alloc(0)], snapshotOf([WRITE_0, UNMAPPED], 1, { scope: TWO, profile })),
    ];
    return verdictName(judged([...stored(profile, TWO), there, ...steps], { profile, scope: TWO }));
  };
  const stays = (profile: ProfileName): Snapshot =>
    snapshotOf([WRITE_0, UNMAPPED], 1, { scope: TWO, profile });
  const comes = (profile: ProfileName): Snapshot =>
    snapshotOf([PRESENT, UNMAPPED], 1, { scope: TWO, profile });
  const asked = (idle: number): readonly ReturnType<typeof alloc>[] => [fault(0, 0, 0, 0), free(0, idle)];
  const other = onDevice(1, deviceLoad(0, 0));
  const otherStore = onDevice(1, deviceStore(0, 0, 9));

  test('migrates the page to system memory from Linux 6.1 on', () => {
    expect(said('linux-6.1', [other, observationOf(7, asked(0), comes('linux-6.1'))])).toBe(CONFORMS);
    expect(said('linux-6.1', [otherStore, observationOf('ok', asked(0), comes('linux-6.1'))])).toBe(CONFORMS);
    expect(said('linux-6.1', [other, observationOf(7, [], stays('linux-6.1'))])).toBe(
      'devices.foreign-access device-load callbacks',
    );
    expect(said('linux-6.1', [other, observationOf('EFAULT', [], stays('linux-6.1'))])).toBe(
      'devices.foreign-access device-load result',
    );
  });

  test('may fail before Linux 6.1, or read the page in place', () => {
    expect(said('linux-5.18', [other, observationOf(7, asked(0), comes('linux-5.18'))])).toBe(CONFORMS);
    expect(said('linux-5.18', [other, observationOf('EFAULT', [], stays('linux-5.18'))])).toBe(CONFORMS);
    expect(said('linux-5.18', [other, observationOf(7, [], stays('linux-5.18'))])).toBe(CONFORMS);
    expect(said('linux-5.18', [other, observationOf(8, [], stays('linux-5.18'))])).toBe(
      'devices.foreign-value device-load value',
    );
  });

  test('never stores to the page in place', () => {
    expect(said('linux-5.18', [otherStore, observationOf('ok', asked(0), comes('linux-5.18'))])).toBe(
      CONFORMS,
    );
    expect(said('linux-5.18', [otherStore, observationOf('EFAULT', [], stays('linux-5.18'))])).toBe(CONFORMS);
    expect(said('linux-5.18', [otherStore, observationOf('ok', [], stays('linux-5.18'))])).toBe(
      'devices.foreign-value device-store callbacks',
    );
    // If callbacks are not shown, the entries decide.
    const blind = { profile: 'linux-5.18', scope: TWO, without: ['callbacks', 'allocations'] } as const;
    const there: ObservedStep = [toDevice(0, 0), observationOf(['moved'], [], stays('linux-5.18'))];
    const inPlace: ObservedStep = [otherStore, observationOf('ok', [], stays('linux-5.18'))];
    expect(verdictName(judged([...stored('linux-5.18', TWO), there, inPlace], blind))).toBe(
      'devices.foreign-value device-store entries',
    );
  });
});

describe('reference counts', () => {
  const said = (
    profile: ProfileName,
    shared: Partial<Snapshot>,
    freed: number,
    after: Partial<Snapshot> = {},
  ): string => {
    const scope = PAIR;
    const steps: readonly ObservedStep[] = [
      ...stored(profile, scope),
      [
        toDevice(0, 0),
        observationOf(['moved'], [alloc(0)], snapshotOf([WRITE_0, UNMAPPED], 1, { scope, profile })),
      ],
      [fork(0, 1), observationOf('ok', [], snapshotOf([READ_0, READ_0], 1, { scope, profile, ...shared }))],
      [unmap(1, 0), observationOf('ok', [], snapshotOf([READ_0, UNMAPPED], 1, { scope, profile, ...after }))],
      [
        load(0, 0),
        observationOf(
          7,
          [fault(0, 0, 0), free(0, freed)],
          snapshotOf([PRESENT, UNMAPPED], 1, { scope, profile }),
        ),
      ],
    ];
    return verdictName(judged(steps, { profile, scope }));
  };

  test.each<[ProfileName, two: number, one: number, freed: number]>([
    ['origin', 3, 2, 1],
    ['linux-4.14', 3, 2, 1],
    ['linux-5.18', 2, 1, 0],
    ['linux-6.1', 2, 1, 0],
    ['linux-6.12', 2, 1, 0],
    ['linux-6.19', 2, 1, 0],
  ])('in %s: %i for two entries, %i for one, and %i in page_free', (profile, two, one, freed) => {
    const idle = { origin: 1, 'linux-4.14': 1, 'linux-5.18': 1 }[String(profile)] ?? 0;
    const withTwo = { refs: [two, idle] };
    const withOne = { refs: [one, idle] };
    expect(said(profile, withTwo, freed, withOne)).toBe(CONFORMS);
    expect(said(profile, { refs: [two + 1, idle] }, freed)).toBe('fork.counts fork counts');
    expect(said(profile, { refs: [two, 1 - idle] }, freed)).toBe('count.idle fork counts');
    expect(said(profile, withTwo, freed, { refs: [one + 1, idle] })).toBe('unmap.releases unmap counts');
    expect(said(profile, withTwo, 1 - freed, withOne)).toBe('count.free-unmapped load callbacks');
  });

  test('a minimum count of 0 is wrong only before Linux 5.18', () => {
    expect(said('linux-4.14', { least: [0, 1] }, 1)).toBe('count.never-zero fork counts');
    expect(said('linux-5.18', { least: [0, 1] }, 0)).toBe(CONFORMS);
    expect(said('linux-6.1', { least: [0, 0] }, 0)).toBe(CONFORMS);
  });
});
