import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import { ruleIndex } from '../requirements/catalogue.ts';
import type { RaceSide } from '../vocabulary/command.ts';
import {
  close,
  detach,
  deviceLoad,
  deviceStore,
  discard,
  evict,
  exit,
  fork,
  inject,
  kernelLoad,
  kernelStore,
  load,
  makeExclusive,
  map,
  mapHost,
  move,
  pin,
  protect,
  race,
  store,
  toDevice,
  toSystem,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const inSystem = (): Model => new Model({ profile, pages: 1 }).go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));

  test('two concurrent accesses migrate a page back once', () => {
    expect(onDevice().outcomes(race(load(0, 0), load(0, 0)))).toEqual(['7 & 7: a7@sys; fault 1; leaves f0']);
    expect(onDevice().outcomes(race(store(0, 0, 9), store(0, 0, 9)))).toEqual([
      'ok & ok: a9@sys; fault 1; leaves f0',
    ]);
  });

  test('loads of a shared page in two processes may each migrate further pages of the process back', () => {
    const shared = new Model({ profile, frames: 3 }).go(
      map(0, 0),
      map(0, 1),
      store(0, 1, 7),
      fork(0, 1),
      toDevice(0, 1),
      toDevice(0, 0),
      toDevice(1, 0),
    );
    const left = shared.outcomesIn(race(load(0, 1), load(1, 1)), /leaves.*/);
    // Where page_fault locks the page, one of the two calls it.
    expect(left.includes('leaves f0 f1 f2')).toBe(!PROFILES[profile].faultLocksPage);
    expect(left).toContain('leaves f0');
  });

  test('a load concurrent with a store returns the old, the new or a torn value', () => {
    expect(onDevice().outcomes(race(load(0, 0), store(0, 0, 9)))).toEqual([
      '7 & ok: a9@sys; fault 1; leaves f0',
      '9 & ok: a9@sys; fault 1; leaves f0',
      'torn & ok: a9@sys; fault 1; leaves f0',
    ]);
    expect(onDevice().outcomesIn(race(discard(0, 0), load(0, 0)), /^ok & \w+/)).toEqual([
      'ok & 0',
      'ok & 7',
      'ok & torn',
    ]);
    const common = new Model({ profile, pages: 1 }).go(mapHost(0, 0), fork(0, 1));
    expect(common.outcomesIn(race(load(1, 0), store(0, 0, 9)), /^\w+/)).toEqual(['0', '9', 'torn']);
  });

  test('a load in another process does not see a store to a shared page', () => {
    expect(
      onDevice()
        .go(fork(0, 1))
        .outcomes(race(load(0, 0), store(1, 0, 9))),
    ).toEqual(['7 & ok: a7@sys | b9@sys; fault 1; leaves f0']);
  });

  test('a load concurrent with an unmap succeeds or gets SIGSEGV', () => {
    expect(onDevice().outcomes(race(load(0, 0), unmap(0, 0)))).toEqual([
      '7 & ok: .; fault 1; leaves f0',
      'SIGSEGV & ok: .; fault 1; leaves f0',
      'SIGSEGV & ok: .; leaves f0',
    ]);
    // The page migrated to system for both processes, and then one of them unmapped it.
    expect(
      onDevice()
        .go(fork(0, 1))
        .outcomes(race(load(0, 0), unmap(0, 0))),
    ).toContain('SIGSEGV & ok: . | a7@sys; fault 1; leaves f0');
  });

  test('a migration may skip a page that is accessed concurrently', () => {
    expect(onDevice().outcomes(race(load(0, 0), toSystem(0, 0)))).toEqual([
      '7 & moved: a7@sys; leaves f0',
      '7 & skipped: a7@sys; fault 1; leaves f0',
    ]);
    expect(inSystem().outcomes(race(load(0, 0), toDevice(0, 0)))).toEqual([
      '7 & moved: a7@newL; takes 1',
      '7 & moved: a7@sys; fault 1; leaves new; takes 1',
      '7 & skipped: a7@sys',
    ]);
  });

  test('a fork concurrent with an eviction shares the page, wherever it is', () => {
    expect(onDevice().outcomes(race(evict(0, 0), fork(0, 1)))).toEqual([
      'moved & ok: a7@sys | a7@sys; leaves f0',
      'skipped & ok: a7@f0R | a7@f0R',
    ]);
  });

  test('the outcomes do not depend on the order in which the commands are named', () => {
    const turned = (outcome: string): string => outcome.replace(/^(.*?) & (.*?):/, '$2 & $1:');
    for (const [left, right] of [
      [load(0, 0), toSystem(0, 0)],
      [store(0, 0, 9), unmap(0, 0)],
      [fork(0, 1), evict(0, 0)],
    ] satisfies (readonly [RaceSide, RaceSide])[]) {
      const outcomes = onDevice().outcomes(race(left, right)).map(turned).toSorted();
      expect(onDevice().outcomes(race(right, left))).toEqual(outcomes);
    }
  });

  test('one of two concurrent loads fails if an injection strikes once; in origin both fail', () => {
    const poisons = profile === 'origin';
    const outcomes = onDevice()
      .go(inject('sigbus', 1))
      .outcomesIn(race(load(0, 0), load(0, 0)), /^\w+ & \w+/);
    expect(outcomes).toEqual(poisons ? ['SIGBUS & SIGBUS'] : ['7 & SIGBUS', 'SIGBUS & 7']);
  });

  test('a further page may migrate back by the second call of page_fault after it failed in the first', () => {
    const two = new Model({ profile, frames: 2 }).go(map(0, 0), map(0, 1), toDevice(0, 0), toDevice(0, 1));
    const once = two.go(inject('sigbus', 1, { process: 0, page: 0 }));
    expect(once.outcomesIn(load(0, 1), /leaves(?: f\d)+/)).toEqual(['leaves f1']);
    // Where page_fault locks the page, the second access waits for the only call.
    const outcomes = PROFILES[profile].faultLocksPage ? ['leaves f1'] : ['leaves f0 f1', 'leaves f1'];
    expect(once.outcomesIn(race(load(0, 1), load(0, 1)), /leaves(?: f\d)+/)).toEqual(outcomes);
    // Each retry of the access may use one injection.
    const twice = two.go(inject('sigbus', 2, { process: 0, page: 0 }));
    expect(twice.outcomesIn(race(load(0, 1), load(0, 1)), /leaves(?: f\d)+/)).toEqual(outcomes);
    const lasting = two.go(inject('sigbus', 'until-healed', { process: 0, page: 0 }));
    expect(lasting.outcomesIn(race(load(0, 1), load(0, 1)), /leaves(?: f\d)+/)).toEqual(['leaves f1']);
  });

  test('a migration concurrent with a store may migrate the copy of a file page before the store completes', () => {
    const file = new Model({ profile, pages: 1 }).go(map(0, 0, 'write', 'file'));
    expect(file.outcomesIn(race(store(0, 0, 9), toDevice(0, 0)), /^ok & \w+: \w+@\w+/)).toEqual([
      'ok & moved: a9@newL',
      'ok & moved: a9@sys',
      'ok & skipped: a9@sys',
    ]);
    expect(file.outcomesIn(race(load(0, 0), toDevice(0, 0)), /& \w+/)).toEqual(['& skipped']);
  });

  test('a second concurrent load may be struck as well', () => {
    const outcomes = onDevice()
      .go(inject('sigbus', 3))
      .outcomesIn(race(load(0, 0), load(0, 0)), /sigbus \d/);
    expect(outcomes).toEqual(profile === 'origin' ? ['sigbus 1', 'sigbus 2'] : ['sigbus 1']);
  });

  test('race requirements are covered only if the commands conflict', () => {
    const rules = (['one-order', 'value', 'page-fault-calls', 'frame-accounting', 'entries'] as const).map(
      (name) => ruleIndex(`race.${name}`),
    );
    const two = new Model({ profile }).go(map(0, 0), store(0, 0, 7), map(0, 1), toDevice(0, 0));
    expect(rules.filter((rule) => two.coveredBy(race(load(0, 0), load(0, 0))).has(rule))).toEqual(rules);
    expect([...two.coveredBy(race(load(0, 0), load(0, 1)))]).toEqual([]);
  });
});

describe.each(ProfileName.options)('in %s', (profile) => {
  const inSystem = (): Model => new Model({ profile, pages: 2 }).go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));
  const answers = /^\S+ & \S+(?=:)/;

  test('a fork concurrent with a store copies the old, the new or a torn value', () => {
    const after = inSystem().outcomesIn(race(store(0, 0, 9), fork(0, 1)), /[ab]-?\d+@sys/);
    expect(after).toContain('a9@sys');
    const child = inSystem()
      .outcomes(race(kernelStore(0, 0, 9), fork(0, 1)))
      .map((outcome) => /\| b(-?\d+)@sys/.exec(outcome)?.[1] ?? 'shared');
    expect(new Set(child)).toEqual(new Set(['shared', '7', '-1']));
  });

  test('two concurrent stores leave one of the values or a torn value', () => {
    const left = inSystem().outcomesIn(race(store(0, 0, 8), kernelStore(0, 0, 9)), /a-?\d+@sys/);
    expect(left).toEqual(['a-1@sys', 'a8@sys', 'a9@sys']);
  });

  test('a store that fails partway may leave a torn value', () => {
    expect(inSystem().outcomesIn(race(store(0, 0, 9), protect(0, 0, 'read')), /^\w+ & ok: a-?\d+/)).toEqual([
      'SIGSEGV & ok: a-1',
      'SIGSEGV & ok: a7',
      'ok & ok: a9',
    ]);
  });

  test('a store whose page migrates to the device partway and cannot migrate back may leave a torn value', () => {
    const left = (model: Model): readonly string[] =>
      model.outcomesIn(race(store(0, 0, 9), toDevice(0, 0)), /^SIGBUS & moved: a-?\d+|a-1/);
    const half = profile === 'origin' ? [] : ['SIGBUS & moved: a-1', 'SIGBUS & moved: a7'];
    expect(left(inSystem().go(inject('sigbus', 1))).filter(Boolean)).toEqual(half);
    expect(left(inSystem()).filter(Boolean)).toEqual([]);
  });

  test('a torn page stays torn until the next store', () => {
    const torn = inSystem()
      .outcomes(race(store(0, 0, 8), store(0, 0, 9)))
      .some((outcome) => outcome.includes('a-1@sys'));
    expect(torn).toBe(true);
  });

  test('a store to an unpopulated page concurrent with a protect may leave a page of zeros', () => {
    const unpopulated = new Model({ profile, pages: 1 }).go(map(0, 0));
    expect(
      unpopulated.outcomesIn(race(store(0, 0, 9), protect(0, 0, 'read')), /^SIGSEGV & ok: a0@sys/),
    ).toContain('SIGSEGV & ok: a0@sys');
  });

  test('a command that finds no mapping fails or skips the page', () => {
    expect(inSystem().outcomesIn(race(unmap(0, 0), evict(0, 0)), answers)).toEqual(['ok & skipped']);
    expect(inSystem().outcomesIn(race(unmap(0, 0), discard(0, 0)), answers)).toEqual([
      'ok & ENOMEM',
      'ok & ok',
    ]);
    expect(inSystem().outcomesIn(race(unmap(0, 0), protect(0, 0, 'none')), answers)).toEqual([
      'ok & ENOMEM',
      'ok & ok',
    ]);
    expect(inSystem().outcomesIn(race(unmap(0, 0), move(0, 0, 1)), answers)).toEqual([
      'ok & EFAULT',
      'ok & ok',
    ]);
    expect(inSystem().outcomesIn(race(exit(0), kernelLoad(0, 0)), answers)).toEqual([
      'ok & 7',
      'ok & EFAULT',
    ]);
  });

  test('a pin concurrent with a migration keeps the page or migrates it back', () => {
    expect(inSystem().outcomesIn(race(pin(0, 0), toDevice(0, 0)), /^.* & \w+: a7@\w+/)).toEqual([
      'ok & moved: a7@sys',
      'ok & skipped: a7@sys',
    ]);
    expect(onDevice().outcomesIn(race(pin(0, 0), pin(0, 0)), answers)).toEqual(['EBUSY & ok', 'ok & EBUSY']);
  });

  test('an unpin concurrent with a store returns the old, the new or a torn value', () => {
    const pinned = inSystem().go(pin(0, 0));
    expect(pinned.outcomesIn(race(unpin(), store(0, 0, 9)), answers)).toEqual([
      '7 & ok',
      '9 & ok',
      'torn & ok',
    ]);
  });

  test('a detach may leave the page of the concurrent command', () => {
    expect(onDevice().outcomesIn(race(detach, load(0, 0)), answers)).toEqual(['EBUSY & 7', 'ok & 7']);
    expect(onDevice().outcomesIn(race(detach, deviceLoad(0, 0)), answers)).toEqual([
      'EBUSY & 7',
      'ok & 7',
      'ok & ENODEV',
    ]);
    expect(onDevice().outcomesIn(race(detach, detach), answers)).toContain('ok & ENODEV');
    expect(inSystem().outcomesIn(race(close, toDevice(0, 0)), answers)).toEqual([
      'ok & moved',
      'ok & skipped',
    ]);
  });

  test('a device store that migrates its page back may be visible before it completes', () => {
    const shared = onDevice().go(fork(0, 1));
    const seen = shared.outcomesIn(race(deviceStore(0, 0, 9), load(0, 0)), answers);
    expect(seen).toEqual(expect.arrayContaining(['ok & 7', 'ok & 9']));
  });

  test('an eviction follows a page that a concurrent move has moved', () => {
    const struck = onDevice().go(inject('sigbus', 'until-healed', { process: 0, page: 0 }));
    expect(struck.outcomesIn(race(evict(0, 0), move(0, 0, 1)), answers)).toEqual([
      'moved & ok',
      'skipped & ok',
    ]);
  });

  test.skipIf(profile === 'origin' || profile === 'linux-4.14')(
    'make-exclusive concurrent with a load leaves the page exclusive or present',
    () => {
      const outcomes = inSystem().outcomes(race(makeExclusive(0, 0), load(0, 0)));
      expect(outcomes.length).toBeGreaterThan(1);
    },
  );

  test.skipIf(profile === 'origin' || profile === 'linux-4.14')(
    'of two pins for one slot, the one that is refused may have ended exclusive access',
    () => {
      const exclusive = new Model({ profile, pages: 1 }).go(map(0, 0), fork(0, 1), makeExclusive(1, 0));
      const refused = exclusive
        .outcomes(race(pin(1, 0, 0), pin(0, 0, 0)))
        .filter((outcome) => outcome.startsWith('EBUSY & ok'));
      expect(refused).toEqual([
        'EBUSY & ok: a0@sys | b0@sys; pins a0@sys',
        'EBUSY & ok: a0@sys | b0@sysX; pins a0@sys',
      ]);
    },
  );
});
