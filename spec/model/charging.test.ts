import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import {
  charge,
  deviceStore,
  exit,
  fork,
  join,
  kernelStore,
  limit,
  load,
  map,
  pin,
  store,
  toDevice,
  toSystem,
  unmap,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const { joinMoves, forkCopiesPinned } = PROFILES[profile];
  const world = (): Model => new Model({ profile });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));
  const charges = (model: Model): readonly (readonly string[])[] =>
    [0, 1].map((group) => model.outcomesIn(charge(group), /^\w+/));

  describe('charge', () => {
    test('counts the objects that a group allocated, wherever they are', () => {
      expect(charges(world().go(map(0, 0)))).toEqual([['0'], ['0']]);
      expect(charges(inSystem())).toEqual([['1'], ['0']]);
      expect(charges(onDevice())).toEqual([['1'], ['0']]);
      expect(charges(onDevice().go(load(0, 0)))).toEqual([['1'], ['0']]);
      expect(charges(world().go(map(0, 0), toDevice(0, 0)))).toEqual([['1'], ['0']]);
      expect(charges(inSystem().go(fork(0, 1)))).toEqual([['1'], ['0']]);
      expect(charges(inSystem().go(fork(0, 1), store(1, 0, 8)))).toEqual([['2'], ['0']]);
    });

    test('includes a page that only a pin holds', () => {
      expect(charges(inSystem().go(pin(0, 0), unmap(0, 0)))).toEqual([['1'], ['0']]);
      expect(charges(inSystem().go(unmap(0, 0)))).toEqual([['0'], ['0']]);
    });

    test('does not include host, shared and file memory', () => {
      for (const kind of ['host', 'shared'] as const) {
        expect(charges(world().go(map(0, 0, 'write', kind), store(0, 0, 7)))).toEqual([['0'], ['0']]);
      }
      const file = world().go(map(0, 0, 'write', 'file'), load(0, 0));
      expect(charges(file)).toEqual([['0'], ['0']]);
      expect(charges(file.go(store(0, 0, 7)))).toEqual([['1'], ['0']]);
    });

    test('of a store goes to the current group of the process', () => {
      expect(charges(world().go(join(0, 1), map(0, 0), store(0, 0, 7)))).toEqual([['0'], ['1']]);
      const child = world().go(join(0, 1), map(0, 0), store(0, 0, 7), fork(0, 1), store(1, 0, 8));
      expect(charges(child)).toEqual([['0'], ['2']]);
    });
  });

  describe('join', () => {
    test('migrates no page', () => {
      expect(onDevice().go(fork(0, 1)).outcomes(join(0, 1))).toEqual(['ok: a7@f0R . | a7@f0R .']);
    });

    test('pages that only this process maps follow it', () => {
      expect(charges(inSystem().go(join(0, 1)))).toEqual(
        joinMoves === 'nothing' ? [['1'], ['0']] : [['0'], ['1']],
      );
    });

    test('pages on the device follow it as well', () => {
      const expected = {
        all: [['0'], ['1']],
        nothing: [['1'], ['0']],
        'what-is-in-system-memory': [
          ['0', '1'],
          ['0', '1'],
        ],
      }[joinMoves];
      expect(charges(onDevice().go(join(0, 1)))).toEqual(expected);
    });

    test('shared pages may be charged to the new group', () => {
      expect(charges(inSystem().go(fork(0, 1), join(0, 1)))).toEqual(
        joinMoves === 'nothing'
          ? [['1'], ['0']]
          : [
              ['0', '1'],
              ['0', '1'],
            ],
      );
    });

    test('pages that the process does not map keep their group', () => {
      expect(charges(inSystem().go(fork(0, 1), unmap(1, 0), join(1, 1)))).toEqual([['1'], ['0']]);
      expect(charges(inSystem().go(pin(0, 0), unmap(0, 0), join(0, 1)))).toEqual([['1'], ['0']]);
    });

    test('the slot of a process that ended begins in group 0 again', () => {
      const model = inSystem().go(fork(0, 1), join(1, 1), exit(1), fork(0, 1), store(1, 0, 8));
      expect(model.outcomesIn(charge(1), /^\w+/)).toEqual(joinMoves === 'nothing' ? ['0'] : ['0', '1']);
    });
  });

  describe('limit', () => {
    test('returns ok and changes nothing, even if more pages are charged already', () => {
      expect(onDevice().outcomes(limit(0))).toEqual(['ok: a7@f0W .']);
    });

    test('does not fail an access that needs no new page', () => {
      const model = onDevice().go(limit(0));
      expect(model.outcomes(load(0, 0))).toEqual(['7: a7@sys .; fault 1; leaves f0']);
      expect(model.outcomes(store(0, 0, 9))).toEqual(['ok: a9@sys .; fault 1; leaves f0']);
      expect(model.outcomesIn(toSystem(0, 0), /^\w+/)).toContain('moved');
      expect(inSystem().go(limit(0)).outcomesIn(toDevice(0, 0), /^\w+/)).toContain('moved');
    });

    test('fails an access that needs a new page, with out of memory', () => {
      expect(
        world()
          .go(map(0, 0), limit(0))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['oom: hole .']);
      expect(
        world()
          .go(map(0, 0, 'write', 'file'), limit(0))
          .outcomes(store(0, 0, 9)),
      ).toEqual(['oom: file .']);
      expect(
        inSystem()
          .go(fork(0, 1), limit(1))
          .outcomes(store(1, 0, 9)),
      ).toEqual(['oom: a7@sys . | a7@sys .']);
      expect(inSystem().go(fork(0, 1), limit(1)).outcomes(pin(1, 0))).toEqual([
        'ENOMEM: a7@sys . | a7@sys .',
      ]);
      expect(
        inSystem()
          .go(fork(0, 1), limit(1))
          .outcomes(kernelStore(1, 0, 9)),
      ).toEqual(['ENOMEM: a7@sys . | a7@sys .']);
    });

    test('does not undo the migration back that preceded the failed access', () => {
      expect(
        onDevice()
          .go(fork(0, 1), limit(1))
          .outcomes(store(1, 0, 9)),
      ).toEqual(['oom: a7@sys . | a7@sys .; fault 1; leaves f0']);
    });

    test('permits charges up to it, and any charges after it is removed', () => {
      const model = inSystem().go(fork(0, 1), limit(2));
      expect(model.outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys . | b9@sys .']);
      expect(model.go(limit(0), limit('none')).outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys . | b9@sys .']);
    });

    test('applies to one group only', () => {
      const model = inSystem().go(fork(0, 1), limit(0, 1));
      expect(model.outcomesIn(store(1, 0, 9), /^\w+/)).toEqual(['ok']);
      const other = world().go(join(0, 1), map(0, 0), limit(0, 1));
      expect(other.outcomesIn(store(0, 0, 9), /^\w+/)).toEqual(['oom']);
    });

    test('prevents the migration of an unpopulated page', () => {
      expect(world().go(map(0, 0), limit(0)).outcomes(toDevice(0, 0))).toEqual(['skipped: hole .']);
      // One of the two pages may be charged up to the limit.
      expect(
        world()
          .go(map(0, 0), map(0, 1), limit(1))
          .outcomesIn(toDevice(0, 0, 2), /^[\w ]+/),
      ).toEqual(['moved skipped', 'skipped moved', 'skipped skipped']);
    });

    test('fails a device store that needs a new page, and nothing is stored', () => {
      expect(
        world()
          .go(map(0, 0), limit(0))
          .outcomes(deviceStore(0, 0, 9)),
      ).toEqual(['EFAULT: hole .', 'ENOMEM: hole .']);
      expect(
        onDevice()
          .go(fork(0, 1), limit(1))
          .outcomesIn(deviceStore(1, 0, 9), /^\w+: a7@\w+ \. \| \S+ \./),
      ).toEqual([
        'EFAULT: a7@f0R . | a7@f0R .',
        'EFAULT: a7@sys . | a7@sys .',
        'ENOMEM: a7@f0R . | a7@f0R .',
        'ENOMEM: a7@sys . | a7@sys .',
      ]);
      expect(
        inSystem()
          .go(limit(0))
          .outcomes(deviceStore(0, 0, 9)),
      ).toEqual(['ok: a9@sys .']);
    });

    test.runIf(forkCopiesPinned)('does not prevent the copy of a pinned page at a fork', () => {
      const model = inSystem().go(pin(0, 0), limit(1));
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: a7@sys . | b7@sys .; pins a7@sys']);
      expect(charges(model.go(fork(0, 1)))).toEqual([['2'], ['0']]);
    });

    test.runIf(joinMoves === 'what-is-in-system-memory')(
      'permits both outcomes if the charge is unknown',
      () => {
        const model = onDevice().go(join(0, 1), map(0, 1), limit(1, 1));
        expect(model.outcomesIn(store(0, 1, 9), /^\w+/)).toEqual(['ok', 'oom']);
      },
    );
  });
});
