import { describe, expect, test } from 'vitest';
import type { Protection } from '../vocabulary/command.ts';
import {
  discard,
  evict,
  exit,
  fork,
  heal,
  inject,
  load,
  map,
  pin,
  protect,
  spawn,
  store,
  toDevice,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import { Model } from './outcomes.fixture.ts';

const struck = (model: Model, ...kinds: readonly ('sigbus' | 'oom')[]): Model =>
  model.go(...kinds.map((kind) => inject(kind)));

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (setting: ConstructorParameters<typeof Model>[0] = {}): Model =>
    new Model({ profile, processes: 2, pages: 1, frames: 1, ...setting });
  /** Process 0 maps the value 7 on frame 0. */
  const onDevice = (setting: ConstructorParameters<typeof Model>[0] = {}): Model =>
    world(setting).go(map(0, 0), store(0, 0, 7), toDevice(0, 0));
  /** Both processes map the value 7 on frame 0. */
  const shared = (setting: ConstructorParameters<typeof Model>[0] = {}): Model =>
    onDevice(setting).go(fork(0, 1));

  test('a case begins with process 0 and nothing mapped', () => {
    expect(world().words).toBe('.');
    expect(world().go(spawn(1)).words).toBe('. | .');
  });

  describe('1: an unmapped page, or an access without permission', () => {
    test('SIGSEGV for an unmapped page, or EFAULT for a pin', () => {
      const model = onDevice().go(unmap(0, 0));
      expect(model.outcomes(load(0, 0))).toEqual(['SIGSEGV: .']);
      expect(model.outcomes(store(0, 0, 9))).toEqual(['SIGSEGV: .']);
      expect(model.outcomes(pin(0, 0))).toEqual(['EFAULT: .']);
    });

    test.each<[Protection, string, string, string]>([
      ['none', 'SIGSEGV', 'SIGSEGV', 'EFAULT'],
      ['read', '7', 'SIGSEGV', 'EFAULT'],
      ['write', '7', 'ok', 'ok'],
    ])(
      'an access to system memory succeeds or fails by the protection %s',
      (protection, loaded, stored, pinned) => {
        const model = world().go(map(0, 0), store(0, 0, 7), protect(0, 0, protection));
        expect(model.outcomesIn(load(0, 0), /^\w+/)).toEqual([loaded]);
        expect(model.outcomesIn(store(0, 0, 9), /^\w+/)).toEqual([stored]);
        expect(model.outcomesIn(pin(0, 0), /^\w+/)).toEqual([pinned]);
      },
    );

    test('a page on the device does not change, and the driver is not called', () => {
      const none = onDevice().go(protect(0, 0, 'none'), inject('sigbus', 'until-healed'));
      const read = onDevice().go(protect(0, 0, 'read'), inject('sigbus', 'until-healed'));
      expect(none.outcomes(load(0, 0))).toEqual(['SIGSEGV: a7@f0R:n; sigbus lasts']);
      expect(none.outcomes(store(0, 0, 9))).toEqual(['SIGSEGV: a7@f0R:n; sigbus lasts']);
      expect(none.outcomes(pin(0, 0))).toEqual(['EFAULT: a7@f0R:n; sigbus lasts']);
      expect(read.outcomes(store(0, 0, 9))).toEqual(['SIGSEGV: a7@f0R:r; sigbus lasts']);
      expect(read.outcomes(pin(0, 0))).toEqual(['EFAULT: a7@f0R:r; sigbus lasts']);
    });

    test('host memory and unpopulated pages fail alike', () => {
      expect(
        world()
          .go(map(0, 0, 'none', 'host'))
          .outcomes(load(0, 0)),
      ).toEqual(['SIGSEGV: host0:n']);
      expect(
        world()
          .go(map(0, 0, 'read', 'host'))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['SIGSEGV: host0:r']);
      expect(
        world()
          .go(map(0, 0, 'none'))
          .outcomes(load(0, 0)),
      ).toEqual(['SIGSEGV: hole:n']);
      expect(
        world()
          .go(map(0, 0, 'read'))
          .outcomes(pin(0, 0)),
      ).toEqual(['EFAULT: hole:r']);
    });
  });

  test('3: host memory is accessed in place and shared by all processes', () => {
    const model = world().go(map(0, 0, 'write', 'host'), fork(0, 1));
    expect(model.outcomes(store(1, 0, 9))).toEqual(['ok: host9 | host9']);
    expect(model.go(store(1, 0, 9)).outcomes(load(0, 0))).toEqual(['9: host9 | host9']);
    expect(model.outcomes(pin(0, 0))).toEqual(['ok: host9 | host9; pins host page 0']);
    // Host memory keeps its content while no process maps it.
    model.go(exit(0), exit(1), spawn(0), map(0, 0, 'read', 'host'));
    expect(model.outcomes(load(0, 0))).toEqual(['9: host9:r']);
  });

  const unpopulated = (): Model => world().go(map(0, 0), fork(0, 1));

  describe('4: an unpopulated page', () => {
    test('a load returns 0 and does not populate the page', () => {
      expect(unpopulated().outcomes(load(1, 0))).toEqual(['0: hole | hole']);
    });

    test('a store creates an object in this process only', () => {
      expect(unpopulated().outcomes(store(1, 0, 9))).toEqual(['ok: hole | a9@sys']);
    });

    test('a pin creates an object of value 0', () => {
      expect(unpopulated().outcomes(pin(1, 0))).toEqual(['ok: hole | a0@sys; pins a0@sys']);
    });
  });

  describe('5: a page on the device, without failures', () => {
    test('an access calls page_fault once, and the frame is freed', () => {
      expect(onDevice().outcomes(load(0, 0))).toEqual(['7: a7@sys; fault 1; leaves f0']);
      expect(onDevice().outcomes(store(0, 0, 9))).toEqual(['ok: a9@sys; fault 1; leaves f0']);
      expect(onDevice().outcomes(pin(0, 0))).toEqual(['ok: a7@sys; fault 1; leaves f0; pins a7@sys']);
    });

    test('all entries in all processes change together, regardless of their protections (E2)', () => {
      const model = shared().go(protect(0, 0, 'none'));
      expect(model.outcomes(load(1, 0))).toEqual(['7: a7@sys:n | a7@sys; fault 1; leaves f0']);
    });

    test('a store or a pin then breaks the sharing as in system memory (E2)', () => {
      expect(shared().outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys | b9@sys; fault 1; leaves f0']);
      expect(shared().outcomes(pin(1, 0))).toEqual(['ok: a7@sys | b7@sys; fault 1; leaves f0; pins b7@sys']);
    });

    test('any subset of the other pages of this process may migrate back as well', () => {
      const model = new Model({ profile, processes: 2, pages: 3, frames: 4 }).go(
        map(0, 0),
        map(0, 1),
        map(0, 2),
        store(0, 0, 7),
        toDevice(0, 0, 2),
        fork(0, 1),
        store(1, 2, 6),
        toDevice(1, 2),
        toDevice(0, 2),
      );
      expect(model.words).toBe('a7@f0R b0@f1R c0@f3W | a7@f0R b0@f1R d6@f2W');
      // Page 2 of process 1 is another object, which this process does not map.
      expect(model.outcomes(load(0, 0))).toEqual([
        '7: a7@sys b0@f1R c0@f3W | a7@sys b0@f1R d6@f2W; fault 1; leaves f0',
        '7: a7@sys b0@f1R c0@sys | a7@sys b0@f1R d6@f2W; fault 1; leaves f0 f3',
        '7: a7@sys b0@sys c0@f3W | a7@sys b0@sys d6@f2W; fault 1; leaves f0 f1',
        '7: a7@sys b0@sys c0@sys | a7@sys b0@sys d6@f2W; fault 1; leaves f0 f1 f3',
      ]);
    });
  });

  describe('5: a page on the device, with injected failures', () => {
    const poisons = PROFILES[profile].failedFaultPoisons;

    test('SIGBUS for a sole mapper poisons its entry in origin, and changes nothing later (D1, D2; D5)', () => {
      const outcome = poisons ? 'poison; fault 1; leaves f0' : 'a7@f0W; fault 1';
      expect(struck(onDevice(), 'sigbus').outcomes(load(0, 0))).toEqual([`SIGBUS: ${outcome}`]);
      expect(struck(onDevice(), 'sigbus').outcomes(store(0, 0, 9))).toEqual([`SIGBUS: ${outcome}`]);
      expect(struck(onDevice(), 'sigbus').outcomes(pin(0, 0))).toEqual([`EFAULT: ${outcome}`]);
    });

    test('SIGBUS for a sharer leaves the entries of the others (D1, D4; D5)', () => {
      const outcome = poisons ? 'a7@f0R | poison; fault 1' : 'a7@f0R | a7@f0R; fault 1';
      const model = struck(shared(), 'sigbus');
      expect(model.outcomes(store(1, 0, 9))).toEqual([`SIGBUS: ${outcome}`]);
      expect(model.outcomes(pin(1, 0))).toEqual([`EFAULT: ${outcome}`]);
      // An access of another process calls the driver again, and may succeed.
      model.go(load(1, 0));
      expect(model.outcomes(load(0, 0))).toEqual([
        `7: a7@sys | ${poisons ? 'poison' : 'a7@sys'}; fault 1; leaves f0`,
      ]);
    });

    test('SIGBUS migrates no other object', () => {
      const model = new Model({ profile }).go(map(0, 0), map(0, 1), toDevice(0, 0, 2), inject('sigbus'));
      expect(model.outcomes(load(0, 0))).toEqual([
        poisons ? 'SIGBUS: poison a0@f1W; fault 1; leaves f0' : 'SIGBUS: a0@f0W b0@f1W; fault 1',
      ]);
    });

    test.runIf(poisons)('2: poison fails without a callback, even after the device is healed (D3)', () => {
      const model = struck(onDevice(), 'sigbus').go(load(0, 0), heal);
      expect(model.outcomes(load(0, 0))).toEqual(['SIGBUS: poison']);
      expect(model.outcomes(store(0, 0, 9))).toEqual(['SIGBUS: poison']);
      expect(model.outcomes(pin(0, 0))).toEqual(['EFAULT: poison']);
      // The permission is checked before the poison entry.
      model.go(protect(0, 0, 'none'));
      expect(model.outcomes(load(0, 0))).toEqual(['SIGSEGV: poison:n']);
    });

    test.runIf(!poisons)('the next access calls page_fault again (D5)', () => {
      const model = onDevice().go(inject('sigbus', 2), load(0, 0));
      expect(model.outcomes(load(0, 0))).toEqual(['SIGBUS: a7@f0W; fault 1']);
      expect(model.go(load(0, 0)).outcomes(load(0, 0))).toEqual(['7: a7@sys; fault 1; leaves f0']);
    });

    test('out of memory is returned, or the fault is retried until it succeeds', () => {
      expect(struck(onDevice(), 'oom').outcomes(load(0, 0))).toEqual([
        '7: a7@sys; fault 2; leaves f0',
        'oom: a7@f0W; fault 1',
      ]);
      expect(struck(shared(), 'oom').outcomes(pin(1, 0))).toEqual([
        'ENOMEM: a7@f0R | a7@f0R; fault 1',
        'ok: a7@sys | b7@sys; fault 2; leaves f0; pins b7@sys',
      ]);
    });

    test('n injected failures lead to up to n + 1 calls, after each of which the access may fail', () => {
      expect(
        onDevice()
          .go(inject('oom', 3))
          .outcomes(store(0, 0, 9)),
      ).toEqual([
        'ok: a9@sys; fault 4; leaves f0',
        'oom: a7@f0W; fault 1; oom 2',
        'oom: a7@f0W; fault 2; oom 1',
        'oom: a7@f0W; fault 3',
      ]);
    });

    test('without the capability oom-result the fault is retried', () => {
      const model = onDevice({ without: ['oom-result'] }).go(inject('oom', 2));
      expect(model.outcomes(load(0, 0))).toEqual(['7: a7@sys; fault 3; leaves f0']);
      // A call that can return an error may still return it.
      expect(model.outcomes(pin(0, 0))).toEqual([
        'ENOMEM: a7@f0W; fault 1; oom 1',
        'ENOMEM: a7@f0W; fault 2',
        'ok: a7@sys; fault 3; leaves f0; pins a7@sys',
      ]);
    });

    test('a lasting injection is not retried forever', () => {
      const model = onDevice().go(inject('oom', 'until-healed'));
      expect(model.outcomes(load(0, 0))).toEqual(['oom: a7@f0W; fault 1; oom lasts']);
    });

    test('either of two injections may strike, and is used up', () => {
      const lost = poisons ? 'poison' : 'a7@f0W';
      const leaves = poisons ? '; leaves f0' : '';
      expect(struck(onDevice(), 'sigbus', 'oom').outcomes(load(0, 0))).toEqual([
        `SIGBUS: ${lost}; fault 1${leaves}; oom 1`,
        `SIGBUS: ${lost}; fault 2${leaves}`,
        'oom: a7@f0W; fault 1; sigbus 1',
      ]);
    });

    test.each([1, 2, 3] as const)('an injection of sigbus for %i times strikes as often', (remaining) => {
      const model = new Model({ profile: 'linux-6.1' }).go(map(0, 0), toDevice(0, 0));
      model.go(inject('sigbus', remaining));
      for (let strike = 0; strike < remaining; strike++) {
        expect(model.outcomesIn(load(0, 0), /^\w+/)).toEqual(['SIGBUS']);
        model.go(load(0, 0));
      }
      expect(model.outcomes(load(0, 0))).toEqual(['0: a0@sys .; fault 1; leaves f0']);
    });

    test('an injection of sigbus until healed strikes until heal', () => {
      const model = shared().go(inject('sigbus', 'until-healed'), load(0, 0));
      expect(model.outcomesIn(load(1, 0), /^\w+/)).toEqual(['SIGBUS']);
      expect(model.go(heal).outcomesIn(load(1, 0), /^\w+/)).toEqual(['7']);
    });

    test('the victim is the object at the page, in any process that accesses it', () => {
      const victim = { process: 0, page: 0 };
      const together = shared().go(inject('sigbus', 1, victim));
      expect(together.outcomesIn(load(1, 0), /^\w+/)).toEqual(['SIGBUS']);
      const apart = shared().go(store(1, 0, 9), toDevice(1, 0), inject('sigbus', 1, victim));
      expect(apart.outcomes(load(1, 0))).toEqual(['9: a7@sys | b9@sys; fault 1; leaves f0; sigbus 1']);
    });

    test('an injection whose victim page has no object does not strike', () => {
      const model = onDevice().go(inject('sigbus', 1, { process: 1, page: 0 }));
      expect(model.outcomes(load(0, 0))).toEqual(['7: a7@sys; fault 1; leaves f0; sigbus 1']);
    });

    test('an injection that strikes a further page of the fault does not fail the access, and may be used up', () => {
      const model = new Model({ profile }).go(map(0, 0), map(0, 1), store(0, 0, 7), toDevice(0, 0, 2));
      model.go(inject('sigbus', 2, { process: 0, page: 1 }));
      expect(model.outcomes(load(0, 0))).toEqual([
        '7: a7@sys b0@f1W; fault 1; leaves f0; sigbus 1',
        '7: a7@sys b0@f1W; fault 1; leaves f0; sigbus 2',
      ]);
      model.go(inject('sigbus', 'until-healed', { process: 0, page: 1 }));
      expect(model.outcomes(load(0, 0))).toEqual(['7: a7@sys b0@f1W; fault 1; leaves f0; sigbus lasts']);
    });

    test('no-frame and no-copy strike no access', () => {
      const model = onDevice().go(inject('no-frame'), inject('no-copy'));
      expect(model.outcomes(load(0, 0))).toEqual(['7: a7@sys; fault 1; leaves f0; no-frame 1; no-copy 1']);
    });
  });

  const sharing = (): Model => world().go(map(0, 0), store(0, 0, 7), fork(0, 1));

  describe('6: system memory', () => {
    test('a load keeps the sharing', () => {
      expect(sharing().outcomes(load(1, 0))).toEqual(['7: a7@sys | a7@sys']);
    });

    test('a store by a sole mapper writes in place', () => {
      expect(
        world()
          .go(map(0, 0), store(0, 0, 7))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['ok: a9@sys']);
    });

    test('a store or a pin breaks the sharing', () => {
      expect(sharing().outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys | b9@sys']);
      expect(sharing().outcomes(pin(1, 0))).toEqual(['ok: a7@sys | b7@sys; pins b7@sys']);
    });
  });

  describe('pins', () => {
    test('a busy slot is checked first', () => {
      const model = world().go(map(0, 0), pin(0, 0), protect(0, 0, 'none'));
      expect(model.outcomes(pin(0, 0))).toEqual(['EBUSY: a0@sys:n; pins a0@sys']);
    });

    test('unpin returns the current value and releases the pin', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), pin(0, 0), store(0, 0, 8));
      expect(model.outcomes(unpin())).toEqual(['8: a8@sys']);
      expect(model.go(unpin()).outcomes(unpin())).toEqual(['EINVAL: a8@sys']);
    });

    test.each([
      ['unmap', unmap(0, 0), '.'],
      ['discard', discard(0, 0), 'hole'],
      ['exit', exit(0), ''],
    ])('a pin persists after %s', (_, command, entries) => {
      const model = world().go(map(0, 0), store(0, 0, 7), pin(0, 0), command);
      expect(model.words).toBe(`${entries}; pins a7@sys`);
      expect(model.outcomes(unpin())).toEqual([`7: ${entries}`]);
    });

    test('a pin of host memory returns its value', () => {
      const model = world().go(map(0, 0, 'write', 'host'), pin(0, 0), store(0, 0, 9), unmap(0, 0));
      expect(model.outcomes(unpin())).toEqual(['9: .']);
    });

    test('two pins hold one object', () => {
      const model = world({ slots: 2 }).go(map(0, 0), pin(0, 0, 0), pin(0, 0, 1), unmap(0, 0));
      expect(model.go(unpin(0)).words).toBe('.; pins a0@sys');
      expect(model.outcomes(unpin(1))).toEqual(['0: .']);
    });

    test('a pinned object never migrates', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), pin(0, 0));
      expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: a7@sys; pins a7@sys']);
      expect(model.outcomes(evict(0, 0))).toEqual(['skipped: a7@sys; pins a7@sys']);
    });
  });
});
