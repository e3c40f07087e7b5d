import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import {
  close,
  deviceExchange,
  discard,
  fork,
  heal,
  inject,
  load,
  lock,
  makeExclusive,
  map,
  move,
  pin,
  protect,
  store,
  toDevice,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));

  test.each<[string, Model, string]>([
    ['an unpopulated page', world().go(map(0, 0, 'read')), '. hole:r'],
    ['a page in system memory', inSystem(), '. a7@sys'],
    ['a WRITE entry', onDevice(), '. a7@f0W'],
    ['a READ entry', onDevice().allRead(), '. a7@f0R'],
    ['a page without permission', onDevice().go(protect(0, 0, 'none')), '. a7@f0R:n'],
    ['a locked page', inSystem().go(lock(0, 0)), '. a7@sys+l'],
    ['a pinned page', inSystem().go(pin(0, 0)), '. a7@sys; pins a7@sys'],
  ])('%s moves unchanged', (_, model, state) => {
    expect(model.outcomes(move(0, 0, 1))).toEqual([`ok: ${state}`]);
  });

  test('the other sharers keep their values', () => {
    expect(
      onDevice()
        .go(fork(0, 1))
        .outcomes(move(1, 0, 1)),
    ).toEqual(['ok: a7@f0R . | . a7@f0R']);
  });

  test('the state of the device is irrelevant', () => {
    const model = onDevice().go(close, inject('sigbus', 'until-healed'), inject('oom', 'until-healed'));
    expect(model.outcomes(move(0, 0, 1))).toEqual(['ok: . a7@f0W; sigbus lasts; oom lasts; closed']);
  });

  test('the page is accessed at its new address and not at the old one', () => {
    const model = onDevice().go(move(0, 0, 1));
    expect(model.outcomes(load(0, 1))).toEqual(['7: . a7@sys; fault 1; leaves f0']);
    expect(model.outcomes(load(0, 0))).toEqual(['SIGSEGV: . a7@f0W']);
    expect(model.go(map(0, 0)).outcomes(load(0, 0))).toContain('0: hole a7@f0W');
  });

  test('the victim of an injection is the page at its current address', () => {
    const model = onDevice().go(move(0, 0, 1), inject('sigbus', 1, { process: 0, page: 0 }));
    expect(model.outcomesIn(load(0, 1), /^\w+/)).toEqual(['7']);
    model.go(heal, inject('sigbus', 1, { process: 0, page: 1 }));
    expect(model.outcomesIn(load(0, 1), /^\w+/)).toEqual(['SIGBUS']);
  });

  test.runIf(PROFILES[profile].failedFaultPoisons)('poison moves unchanged', () => {
    const model = onDevice().go(inject('sigbus'), load(0, 0));
    expect(model.outcomes(move(0, 0, 1))).toEqual(['ok: . poison']);
  });

  describe('with keep', () => {
    test('leaves an unpopulated, unlocked page with the same protection', () => {
      expect(onDevice().outcomes(move(0, 0, 1, true))).toEqual(['ok: hole a7@f0W']);
      expect(
        onDevice()
          .go(protect(0, 0, 'read'))
          .outcomes(move(0, 0, 1, true)),
      ).toEqual(['ok: hole:r a7@f0R:r']);
      expect(
        inSystem()
          .go(lock(0, 0))
          .outcomes(move(0, 0, 1, true)),
      ).toEqual(['ok: hole a7@sys+l']);
    });

    test('moves the lock to the new address', () => {
      const model = inSystem().go(lock(0, 0), move(0, 0, 1, true));
      expect(model.outcomesIn(discard(0, 0), /^\w+/)).toEqual(['ok']);
      expect(model.outcomesIn(discard(0, 1), /^\w+/)).toEqual(['EINVAL']);
    });
  });

  test('an exclusive entry may become present', () => {
    const model = inSystem().go(makeExclusive(0, 0));
    expect(model.outcomes(move(0, 0, 1))).toEqual(['ok: . a7@sysx']);
    model.goWhere(move(0, 0, 1), 'x');
    // A snapshot in between settles exclusive access; the result of an exchange would settle it as well.
    expect(model.words).toBe('. a7@sys');
    expect(model.outcomes(deviceExchange(0, 1, 9))).toEqual(['EINVAL: . a7@sys']);
  });
});
