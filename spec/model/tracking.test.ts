import { describe, expect, test } from 'vitest';
import { PROFILES } from '../profiles/profile.ts';
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
  makeExclusive,
  map,
  move,
  pageMap,
  pin,
  populate,
  protect,
  softDirty,
  spawn,
  store,
  toDevice,
  toSystem,
  watch,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

const EITHER = ['clean', 'dirty'];

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const survives = PROFILES[profile].tracksThroughMigration;
  const world = (): Model => new Model({ profile });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const cleared = (...before: readonly Command[]): Model => inSystem().go(...before, clearSoftDirty(0));
  const asked = (model: Model, process = 0, page = 0): readonly string[] =>
    model.outcomesIn(softDirty(process, page), /^\w+/);

  test('in a new mapping every page is dirty', () => {
    expect(
      world()
        .go(map(0, 0, 'none'))
        .outcomes(softDirty(0, 0)),
    ).toEqual(['dirty: hole:n .']);
  });

  test('a clear disturbs nothing, and makes every page of the process clean', () => {
    const model = inSystem().go(map(0, 1), toDevice(0, 1), fork(0, 1));
    expect(model.outcomes(clearSoftDirty(0))).toEqual(['ok: a7@sys+c b0@f0R+c | a7@sys b0@f0R']);
    model.go(clearSoftDirty(0));
    expect([asked(model), asked(model, 0, 1)]).toEqual([['clean'], ['clean']]);
  });

  test('a clear may take the permission to write away, so that the next store is noticed', () => {
    expect(inSystem().go(toDevice(0, 0)).outcomes(clearSoftDirty(0))).toEqual(['ok: a7@f0E+c .']);
    const model = inSystem().go(spawn(1), map(1, 0), toDevice(0, 0), toDevice(1, 0));
    expect(model.outcomes(clearSoftDirty(0))).toEqual(['ok: a7@f0E+c . | b0@f1W .']);
    expect(asked(model.go(clearSoftDirty(0), store(0, 0, 8)))).toEqual(['dirty']);
    // WRITE is not likely where the write permission was removed in system memory.
    expect(inSystem().go(clearSoftDirty(0)).outcomesIn(toDevice(0, 0), /new\w/)).toEqual(['', 'newE']);
  });

  test('a page that is pinned may be left dirty', () => {
    const pinned = inSystem().go(pin(0, 0), clearSoftDirty(0));
    expect(asked(pinned)).toEqual(['clean', 'dirty']);
    expect(asked(inSystem().go(clearSoftDirty(0), pin(0, 0), clearSoftDirty(0)))).toEqual(['clean', 'dirty']);
  });

  test.each<[string, Command]>([
    ['store', store(0, 0, 8)],
    ['kernel-store', kernelStore(0, 0, 8)],
  ])('after a %s the page is dirty, until it is cleared', (_, command) => {
    expect(asked(cleared().go(command))).toEqual(['dirty']);
    expect(asked(cleared(toDevice(0, 0)).go(command))).toEqual(['dirty']);
    expect(asked(cleared().go(command, clearSoftDirty(0)))).toEqual(['clean']);
  });

  test('a store that was not answered ok does not count', () => {
    const model = cleared(protect(0, 0, 'read')).go(store(0, 0, 8));
    expect(asked(model)).toEqual(['clean']);
  });

  test('of another page it says nothing', () => {
    expect(asked(inSystem().go(map(0, 1), clearSoftDirty(0), store(0, 1, 8)))).toEqual(['clean']);
  });

  test.each<[string, readonly Command[]]>([
    ['loads', [load(0, 0), kernelLoad(0, 0), deviceLoad(0, 0)]],
    ['a fork', [fork(0, 1)]],
    ['a protection', [protect(0, 0, 'read')]],
    ['queries', [pageMap(0, 0), softDirty(0, 0)]],
  ])('%s keep it clean', (_, commands) => {
    expect(asked(cleared().go(...commands))).toEqual(['clean']);
  });

  test('the child of a fork has clean pages for clean ones', () => {
    const model = cleared().go(fork(0, 1));
    expect(asked(model, 1)).toEqual(['clean']);
    expect(asked(model.go(store(1, 0, 8)), 0)).toEqual(['clean']);
  });

  test.each<[string, readonly Command[], readonly Command[]]>([
    ['to the device', [], [toDevice(0, 0)]],
    ['back by a migration', [toDevice(0, 0)], [toSystem(0, 0)]],
    ['back by an eviction', [toDevice(0, 0)], [evict(0, 0)]],
    ['back by a load', [toDevice(0, 0)], [load(0, 0)]],
  ])('a page that moves %s is as it was from 5.18 on', (_, before, moves) => {
    expect(asked(cleared(...before).go(...moves))).toEqual(survives ? ['clean'] : EITHER);
    expect(asked(inSystem().go(...before, store(0, 0, 8), ...before, ...moves))).toEqual(
      survives ? ['dirty'] : EITHER,
    );
  });

  test('a page that comes along is as it was, too', () => {
    const model = inSystem().go(map(0, 1), toDevice(0, 0, 2), clearSoftDirty(0));
    model.goWhere(load(0, 0), 'b0@sys');
    expect(asked(model, 0, 1)).toEqual(survives ? ['clean'] : EITHER);
  });

  test('a hole that moves may turn dirty', () => {
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
  ])('after a %s either may be answered', (_, command) => {
    expect(asked(cleared().go(command))).toEqual(EITHER);
    expect(asked(inSystem().go(command))).toEqual(EITHER);
  });

  test('after a move either, at the page where it is now', () => {
    expect(asked(cleared().go(move(0, 0, 1)), 0, 1)).toEqual(EITHER);
    expect(asked(inSystem().go(move(0, 0, 1, true)), 0, 0)).toEqual(EITHER);
  });

  test('of a dirty page a fork or a protection on the device may make a clean one', () => {
    const onDevice = inSystem().go(toDevice(0, 0), watch(0, 0, 'none'));
    expect(asked(onDevice.go(fork(0, 1)))).toEqual(EITHER);
    expect(asked(inSystem().go(fork(0, 1)))).toEqual(['dirty']);
    expect(asked(inSystem().go(fork(0, 1)), 1)).toEqual(EITHER);
    expect(asked(inSystem().go(toDevice(0, 0), protect(0, 0, 'read')))).toEqual(EITHER);
    expect(asked(inSystem().go(protect(0, 0, 'read')))).toEqual(['dirty']);
  });

  test.runIf(PROFILES[profile].failedFaultPoisons)('of poison either may be answered', () => {
    const model = inSystem().go(toDevice(0, 0), clearSoftDirty(0), inject('sigbus'), load(0, 0));
    expect(asked(model)).toEqual(EITHER);
  });
});
