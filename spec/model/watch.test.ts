import { describe, expect, test } from 'vitest';
import { PROFILES } from '../profiles/profile.ts';
import type { Command } from '../vocabulary/command.ts';
import {
  deviceLoad,
  deviceStore,
  discard,
  fork,
  inject,
  kernelLoad,
  kernelStore,
  load,
  lock,
  makeExclusive,
  map,
  peek,
  pin,
  populate,
  protect,
  store,
  toDevice,
  toSystem,
  unmap,
  watch,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

const stores: readonly Command[] = [store(0, 0, 9), kernelStore(0, 0, 9), pin(0, 0), populate(0, 0)];
const accesses: readonly Command[] = [load(0, 0), kernelLoad(0, 0), ...stores];

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, pages: 1, frames: 2 });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));

  describe('for missing pages', () => {
    const unpopulated = (): Model => world().go(map(0, 0), watch(0, 0, 'missing'));

    test.each(accesses)('$op of a hole waits, and changes nothing', (command) => {
      expect(unpopulated().outcomes(command)).toEqual(['trapped: hole+m']);
    });

    test('a lock waits, and is one', () => {
      expect(unpopulated().outcomes(lock(0, 0))).toEqual(['trapped: hole+l+m']);
    });

    test('a device access waits, or fails', () => {
      expect(unpopulated().outcomes(deviceLoad(0, 0))).toEqual(['EFAULT: hole+m', 'trapped: hole+m']);
      expect(unpopulated().outcomes(deviceStore(0, 0, 9))).toEqual(['EFAULT: hole+m', 'trapped: hole+m']);
    });

    test('permission comes first', () => {
      const model = unpopulated().go(protect(0, 0, 'read'));
      expect(model.outcomes(store(0, 0, 9))).toEqual(['SIGSEGV: hole:r+m']);
      expect(model.outcomes(load(0, 0))).toEqual(['trapped: hole:r+m']);
      expect(model.outcomes(deviceStore(0, 0, 9))).toEqual(['EPERM: hole:r+m']);
    });

    test('the hole does not migrate', () => {
      expect(unpopulated().outcomes(toDevice(0, 0))).toEqual(['skipped: hole+m']);
    });

    test('a page that is there is not watched by this; when it is discarded, the hole is', () => {
      const model = inSystem().go(watch(0, 0, 'missing'));
      expect(model.outcomes(store(0, 0, 9))).toEqual(['ok: a9@sys+m']);
      expect(model.outcomesIn(toDevice(0, 0), /moved.*/)).toContain('moved: a7@newL+m; takes 1');
      expect(model.go(discard(0, 0)).outcomes(load(0, 0))).toEqual(['trapped: hole+m']);
      const back = onDevice().go(watch(0, 0, 'missing'));
      expect(back.outcomes(load(0, 0))).toEqual(['7: a7@sys+m; fault 1; leaves f0']);
    });

    test('nobody watches for the child, nor when it is mapped again', () => {
      const model = unpopulated().go(fork(0, 1));
      expect(model.outcomes(load(1, 0))).toEqual(['0: hole+m | hole']);
      expect(model.go(unmap(0, 0), map(0, 0)).outcomes(load(0, 0))).toEqual(['0: hole | hole']);
    });

    test('ends when it is said to, or replaced', () => {
      expect(
        unpopulated()
          .go(watch(0, 0, 'none'))
          .outcomes(load(0, 0)),
      ).toEqual(['0: hole']);
      expect(
        unpopulated()
          .go(watch(0, 0, 'write-protect'))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['ok: a9@sys']);
    });
  });

  // Watching for stores exists since Linux 5.18; earlier profiles are not tested for it.
  describe.runIf(PROFILES[profile].tracksThroughMigration)('for stores', () => {
    const watched = (model: Model): Model => model.go(watch(0, 0, 'write-protect'));

    test('nothing moves; a WRITE entry turns READ, and of no other process', () => {
      expect(inSystem().outcomes(watch(0, 0, 'write-protect'))).toEqual(['ok: a7@sys+w']);
      expect(onDevice().outcomes(watch(0, 0, 'write-protect'))).toEqual(['ok: a7@f0R+w']);
      expect(
        onDevice()
          .go(fork(0, 1))
          .outcomes(watch(1, 0, 'write-protect')),
      ).toEqual(['ok: a7@f0R | a7@f0R+w']);
      expect(
        onDevice()
          .go(inject('sigbus', 'until-healed'))
          .outcomes(watch(0, 0, 'write-protect')),
      ).toEqual(['ok: a7@f0R+w; sigbus lasts']);
    });

    test.each(stores)('$op in system memory waits, and changes nothing', (command) => {
      expect(watched(inSystem()).outcomes(command)).toEqual(['trapped: a7@sys+w']);
      expect(watched(inSystem().go(fork(0, 1))).outcomes(command)).toEqual(['trapped: a7@sys+w | a7@sys']);
    });

    test.each(stores)('$op on the device waits, and may bring the page back for it', (command) => {
      expect(watched(onDevice()).outcomes(command)).toEqual([
        'trapped: a7@f0R+w',
        'trapped: a7@sys+w; fault 1; leaves f0',
      ]);
    });

    test('bringing it back may fail like any other', () => {
      const model = watched(onDevice()).go(inject('sigbus'));
      expect(model.outcomes(store(0, 0, 9))).toEqual([
        'SIGBUS: a7@f0R+w; fault 1',
        'trapped: a7@f0R+w; sigbus 1',
      ]);
      expect(model.outcomesIn(kernelStore(0, 0, 9), /^\w+/)).toEqual(['EFAULT', 'trapped']);
    });

    test('loads of any kind go on as ever', () => {
      expect(watched(inSystem()).outcomes(load(0, 0))).toEqual(['7: a7@sys+w']);
      expect(watched(inSystem()).outcomes(kernelLoad(0, 0))).toEqual(['7: a7@sys+w']);
      expect(watched(onDevice()).outcomes(load(0, 0))).toEqual(['7: a7@sys+w; fault 1; leaves f0']);
      expect(watched(onDevice()).outcomes(deviceLoad(0, 0))).toEqual(['7: a7@f0R+w']);
      expect(watched(inSystem()).outcomesIn(peek(0, 0), /^\w+/)).toEqual(['7', 'EFAULT']);
    });

    test('a device store waits or fails, and stores nothing', () => {
      expect(watched(inSystem()).outcomes(deviceStore(0, 0, 9))).toEqual([
        'EFAULT: a7@sys+w',
        'trapped: a7@sys+w',
      ]);
      expect(watched(onDevice()).outcomesIn(deviceStore(0, 0, 9), /^\w+: a.@(f0R|sys)\+w/)).toEqual([
        'EFAULT: a7@f0R+w',
        'EFAULT: a7@sys+w',
        'trapped: a7@f0R+w',
        'trapped: a7@sys+w',
      ]);
    });

    test('a device takes the page for itself no more than it stores', () => {
      expect(watched(inSystem()).outcomes(makeExclusive(0, 0))).toEqual([
        'EFAULT: a7@sys+w',
        'trapped: a7@sys+w',
      ]);
    });

    test('a read-only page is populated for reading, and refuses stores as ever', () => {
      const model = watched(inSystem()).go(protect(0, 0, 'read'));
      expect(model.outcomes(populate(0, 0))).toEqual(['ok: a7@sys:r+w']);
      expect(model.outcomes(store(0, 0, 9))).toEqual(['SIGSEGV: a7@sys:r+w']);
    });

    test('stays through migration, fault and protect', () => {
      expect(watched(inSystem()).outcomes(toDevice(0, 0))).toEqual([
        'moved: a7@newR+w; takes 1',
        'skipped: a7@sys+w',
      ]);
      expect(watched(onDevice()).outcomes(toSystem(0, 0))).toContain('moved: a7@sys+w; leaves f0');
      const model = watched(inSystem()).go(toDevice(0, 0), protect(0, 0, 'read'), protect(0, 0, 'write'));
      expect(model.words).toBe('a7@f0R+w');
      expect(model.go(load(0, 0)).outcomes(store(0, 0, 9))).toEqual(['trapped: a7@sys+w']);
    });

    test('does not concern the other sharers, and is not handed down', () => {
      const model = watched(inSystem()).go(fork(0, 1));
      expect(model.words).toBe('a7@sys+w | a7@sys');
      expect(model.outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys+w | b9@sys']);
    });

    test('ends with the entry, or when it is said to', () => {
      expect(
        watched(inSystem())
          .go(discard(0, 0))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['ok: a9@sys']);
      expect(
        watched(inSystem())
          .go(unmap(0, 0), map(0, 0))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['ok: a9@sys']);
      expect(
        watched(inSystem())
          .go(watch(0, 0, 'none'))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['ok: a9@sys']);
      expect(
        watched(inSystem())
          .go(watch(0, 0, 'missing'))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['ok: a9@sys+m']);
    });

    test('has no effect at a hole', () => {
      expect(watched(world().go(map(0, 0))).outcomes(store(0, 0, 9))).toEqual(['ok: a9@sys']);
    });
  });
});
