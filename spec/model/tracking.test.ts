import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import type { Command } from '../vocabulary/command.ts';
import {
  advise,
  clearSoftDirty,
  deviceLoad,
  deviceStore,
  discard,
  evict,
  fork,
  inject,
  kernelLoad,
  kernelStore,
  load,
  lock,
  makeExclusive,
  map,
  move,
  pageMap,
  peek,
  pin,
  populate,
  protect,
  softDirty,
  spawn,
  store,
  toDevice,
  toSystem,
  unmap,
  watch,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

const EITHER = ['clean', 'dirty'];

describe.each(ProfileName.options)('in %s', (profile) => {
  const survives = PROFILES[profile].tracksThroughMigration;
  const world = (): Model => new Model({ profile });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const cleared = (...before: readonly Command[]): Model => inSystem().go(...before, clearSoftDirty(0));
  const asked = (model: Model, process = 0, page = 0): readonly string[] =>
    model.outcomesIn(softDirty(process, page), /^\w+/);

  test('every page of a new mapping is dirty', () => {
    expect(
      world()
        .go(map(0, 0, 'none'))
        .outcomes(softDirty(0, 0)),
    ).toEqual(['dirty: hole:n .']);
  });

  test('clear-soft-dirty makes every page of the process clean and migrates nothing', () => {
    const model = inSystem().go(map(0, 1), toDevice(0, 1), fork(0, 1));
    expect(model.outcomes(clearSoftDirty(0))).toEqual(['ok: a7@sys+c b0@f0R+c | a7@sys b0@f0R']);
    model.go(clearSoftDirty(0));
    expect([asked(model), asked(model, 0, 1)]).toEqual([['clean'], ['clean']]);
  });

  test('clear-soft-dirty may make a WRITE entry READ, to record the next store', () => {
    expect(inSystem().go(toDevice(0, 0)).outcomes(clearSoftDirty(0))).toEqual(['ok: a7@f0E+c .']);
    const model = inSystem().go(spawn(1), map(1, 0), toDevice(0, 0), toDevice(1, 0));
    expect(model.outcomes(clearSoftDirty(0))).toEqual(['ok: a7@f0E+c . | b0@f1W .']);
    expect(asked(model.go(clearSoftDirty(0), store(0, 0, 8)))).toEqual(['dirty']);
    // WRITE is not likely where the write permission was removed in system memory.
    expect(inSystem().go(clearSoftDirty(0)).outcomesIn(toDevice(0, 0), /new\w/)).toEqual(['', 'newE']);
  });

  test('a pinned page may stay dirty', () => {
    const pinned = inSystem().go(pin(0, 0), clearSoftDirty(0));
    expect(asked(pinned)).toEqual(['clean', 'dirty']);
    expect(asked(inSystem().go(clearSoftDirty(0), pin(0, 0), clearSoftDirty(0)))).toEqual(['clean', 'dirty']);
  });

  test.each<[string, Command]>([
    ['store', store(0, 0, 8)],
    ['kernel-store', kernelStore(0, 0, 8)],
  ])('a %s makes the page dirty until it is cleared', (_, command) => {
    expect(asked(cleared().go(command))).toEqual(['dirty']);
    expect(asked(cleared(toDevice(0, 0)).go(command))).toEqual(['dirty']);
    expect(asked(cleared().go(command, clearSoftDirty(0)))).toEqual(['clean']);
  });

  test('a store that fails does not make the page dirty', () => {
    const model = cleared(protect(0, 0, 'read')).go(store(0, 0, 8));
    expect(asked(model)).toEqual(['clean']);
  });

  test('a store does not make another page dirty', () => {
    expect(asked(inSystem().go(map(0, 1), clearSoftDirty(0), store(0, 1, 8)))).toEqual(['clean']);
  });

  test.each<[string, readonly Command[]]>([
    ['loads', [load(0, 0), kernelLoad(0, 0), deviceLoad(0, 0)]],
    ['a fork', [fork(0, 1)]],
    ['a protection', [protect(0, 0, 'read')]],
    ['queries', [pageMap(0, 0), softDirty(0, 0)]],
  ])('a clean page stays clean: %s', (_, commands) => {
    expect(asked(cleared().go(...commands))).toEqual(['clean']);
  });

  test('a clean page is clean in the child of a fork', () => {
    const model = cleared().go(fork(0, 1));
    expect(asked(model, 1)).toEqual(['clean']);
    expect(asked(model.go(store(1, 0, 8)), 0)).toEqual(['clean']);
  });

  test.each<[string, readonly Command[], readonly Command[]]>([
    ['to the device', [], [toDevice(0, 0)]],
    ['back by a migration', [toDevice(0, 0)], [toSystem(0, 0)]],
    ['back by an eviction', [toDevice(0, 0)], [evict(0, 0)]],
    ['back by a load', [toDevice(0, 0)], [load(0, 0)]],
  ])('a page that migrates %s keeps its soft-dirty bit from 5.18 on', (_, before, moves) => {
    expect(asked(cleared(...before).go(...moves))).toEqual(survives ? ['clean'] : EITHER);
    expect(asked(inSystem().go(...before, store(0, 0, 8), ...before, ...moves))).toEqual(
      survives ? ['dirty'] : EITHER,
    );
  });

  test('a further page of a fault keeps its soft-dirty bit from 5.18 on', () => {
    const model = inSystem().go(map(0, 1), toDevice(0, 0, 2), clearSoftDirty(0));
    model.goWhere(load(0, 0), 'b0@sys');
    expect(asked(model, 0, 1)).toEqual(survives ? ['clean'] : EITHER);
  });

  test('an unpopulated page that migrates may become dirty', () => {
    expect(asked(world().go(map(0, 0), clearSoftDirty(0), toDevice(0, 0)))).toEqual(EITHER);
    expect(asked(world().go(map(0, 0), toDevice(0, 0)))).toEqual(survives ? ['dirty'] : EITHER);
  });

  test.each<[string, Command]>([
    ['pin', pin(0, 0)],
    ['populate', populate(0, 0)],
    ['device-store', deviceStore(0, 0, 8)],
    ['make-exclusive', makeExclusive(0, 0)],
    ['watch', watch(0, 0, 'missing')],
    ['advise', advise(0, 0, 'cold')],
    ['discard', discard(0, 0)],
  ])('a page may be clean or dirty after %s', (_, command) => {
    expect(asked(cleared().go(command))).toEqual(EITHER);
    expect(asked(inSystem().go(command))).toEqual(EITHER);
  });

  test('a page may be clean or dirty after a move, at its new address', () => {
    expect(asked(cleared().go(move(0, 0, 1)), 0, 1)).toEqual(EITHER);
    expect(asked(inSystem().go(move(0, 0, 1, true)), 0, 0)).toEqual(EITHER);
  });

  test('a fork or protect of a dirty page on the device may make it clean', () => {
    const onDevice = inSystem().go(toDevice(0, 0), watch(0, 0, 'none'));
    expect(asked(onDevice.go(fork(0, 1)))).toEqual(EITHER);
    expect(asked(inSystem().go(fork(0, 1)))).toEqual(['dirty']);
    expect(asked(inSystem().go(fork(0, 1)), 1)).toEqual(EITHER);
    expect(asked(inSystem().go(toDevice(0, 0), protect(0, 0, 'read')))).toEqual(EITHER);
    expect(asked(inSystem().go(protect(0, 0, 'read')))).toEqual(['dirty']);
  });

  test.runIf(PROFILES[profile].failedFaultPoisons)('poison may be clean or dirty', () => {
    const model = inSystem().go(toDevice(0, 0), clearSoftDirty(0), inject('sigbus'), load(0, 0));
    expect(asked(model)).toEqual(EITHER);
  });
});

const stores: readonly Command[] = [store(0, 0, 9), kernelStore(0, 0, 9), pin(0, 0), populate(0, 0)];
const accesses: readonly Command[] = [load(0, 0), kernelLoad(0, 0), ...stores];

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, pages: 1, frames: 2 });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));

  describe('userfaultfd for missing pages', () => {
    const unpopulated = (): Model => world().go(map(0, 0), watch(0, 0, 'missing'));

    test.each(accesses)('traps $op of an unpopulated page, which changes nothing', (command) => {
      expect(unpopulated().outcomes(command)).toEqual(['trapped: hole+m']);
    });

    test('traps a lock, which locks the mapping nevertheless', () => {
      expect(unpopulated().outcomes(lock(0, 0))).toEqual(['trapped: hole+l+m']);
    });

    test('traps or fails a device access', () => {
      expect(unpopulated().outcomes(deviceLoad(0, 0))).toEqual(['EFAULT: hole+m', 'trapped: hole+m']);
      expect(unpopulated().outcomes(deviceStore(0, 0, 9))).toEqual(['EFAULT: hole+m', 'trapped: hole+m']);
    });

    test('applies after the check of permissions', () => {
      const model = unpopulated().go(protect(0, 0, 'read'));
      expect(model.outcomes(store(0, 0, 9))).toEqual(['SIGSEGV: hole:r+m']);
      expect(model.outcomes(load(0, 0))).toEqual(['trapped: hole:r+m']);
      expect(model.outcomes(deviceStore(0, 0, 9))).toEqual(['EPERM: hole:r+m']);
    });

    test('prevents the migration of an unpopulated page', () => {
      expect(unpopulated().outcomes(toDevice(0, 0))).toEqual(['skipped: hole+m']);
    });

    test('does not affect a populated page until it is discarded', () => {
      const model = inSystem().go(watch(0, 0, 'missing'));
      expect(model.outcomes(store(0, 0, 9))).toEqual(['ok: a9@sys+m']);
      expect(model.outcomesIn(toDevice(0, 0), /moved.*/)).toContain('moved: a7@newL+m; takes 1');
      expect(model.go(discard(0, 0)).outcomes(load(0, 0))).toEqual(['trapped: hole+m']);
      const back = onDevice().go(watch(0, 0, 'missing'));
      expect(back.outcomes(load(0, 0))).toEqual(['7: a7@sys+m; fault 1; leaves f0']);
    });

    test('is neither inherited by a child nor kept by a new mapping', () => {
      const model = unpopulated().go(fork(0, 1));
      expect(model.outcomes(load(1, 0))).toEqual(['0: hole+m | hole']);
      expect(model.go(unmap(0, 0), map(0, 0)).outcomes(load(0, 0))).toEqual(['0: hole | hole']);
    });

    test('ends with watch none, or when it is replaced', () => {
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
  describe.runIf(PROFILES[profile].tracksThroughMigration)('userfaultfd write-protection', () => {
    const watched = (model: Model): Model => model.go(watch(0, 0, 'write-protect'));

    test('migrates nothing, and makes a WRITE entry READ in its process only', () => {
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

    test.each(stores)('traps $op in system memory, which changes nothing', (command) => {
      expect(watched(inSystem()).outcomes(command)).toEqual(['trapped: a7@sys+w']);
      expect(watched(inSystem().go(fork(0, 1))).outcomes(command)).toEqual(['trapped: a7@sys+w | a7@sys']);
    });

    test.each(stores)('traps $op on the device, for which the page may migrate back', (command) => {
      expect(watched(onDevice()).outcomes(command)).toEqual([
        'trapped: a7@f0R+w',
        'trapped: a7@sys+w; fault 1; leaves f0',
      ]);
    });

    test('permits a trapped access to fail while its page migrates back', () => {
      const model = watched(onDevice()).go(inject('sigbus'));
      expect(model.outcomes(store(0, 0, 9))).toEqual([
        'SIGBUS: a7@f0R+w; fault 1',
        'trapped: a7@f0R+w; sigbus 1',
      ]);
      expect(model.outcomesIn(kernelStore(0, 0, 9), /^\w+/)).toEqual(['EFAULT', 'trapped']);
    });

    test('does not affect loads of any kind', () => {
      expect(watched(inSystem()).outcomes(load(0, 0))).toEqual(['7: a7@sys+w']);
      expect(watched(inSystem()).outcomes(kernelLoad(0, 0))).toEqual(['7: a7@sys+w']);
      expect(watched(onDevice()).outcomes(load(0, 0))).toEqual(['7: a7@sys+w; fault 1; leaves f0']);
      expect(watched(onDevice()).outcomes(deviceLoad(0, 0))).toEqual(['7: a7@f0R+w']);
      expect(watched(inSystem()).outcomesIn(peek(0, 0), /^\w+/)).toEqual(['7', 'EFAULT']);
    });

    test('traps or fails a device store, which stores nothing', () => {
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

    test('traps or fails make-exclusive', () => {
      expect(watched(inSystem()).outcomes(makeExclusive(0, 0))).toEqual([
        'EFAULT: a7@sys+w',
        'trapped: a7@sys+w',
      ]);
    });

    test('does not affect populate and store of a read-only page', () => {
      const model = watched(inSystem()).go(protect(0, 0, 'read'));
      expect(model.outcomes(populate(0, 0))).toEqual(['ok: a7@sys:r+w']);
      expect(model.outcomes(store(0, 0, 9))).toEqual(['SIGSEGV: a7@sys:r+w']);
    });

    test('persists through migration, fault and protect', () => {
      expect(watched(inSystem()).outcomes(toDevice(0, 0))).toEqual([
        'moved: a7@newR+w; takes 1',
        'skipped: a7@sys+w',
      ]);
      expect(watched(onDevice()).outcomes(toSystem(0, 0))).toContain('moved: a7@sys+w; leaves f0');
      const model = watched(inSystem()).go(toDevice(0, 0), protect(0, 0, 'read'), protect(0, 0, 'write'));
      expect(model.words).toBe('a7@f0R+w');
      expect(model.go(load(0, 0)).outcomes(store(0, 0, 9))).toEqual(['trapped: a7@sys+w']);
    });

    test('does not affect other sharers, and is not inherited', () => {
      const model = watched(inSystem()).go(fork(0, 1));
      expect(model.words).toBe('a7@sys+w | a7@sys');
      expect(model.outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys+w | b9@sys']);
    });

    test('ends with the entry, with watch none, or when it is replaced', () => {
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

    test('has no effect at an unpopulated page', () => {
      expect(watched(world().go(map(0, 0))).outcomes(store(0, 0, 9))).toEqual(['ok: a9@sys']);
    });
  });
});
