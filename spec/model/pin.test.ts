import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import {
  fork,
  inject,
  limit,
  load,
  map,
  pin,
  protect,
  readPin,
  store,
  toDevice,
  unmap,
  unpin,
  watch,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

const first = (outcome: string | undefined): string => outcome?.split(':')[0] ?? '';

describe.each(ProfileName.options)('a pin for reading in %s', (profile) => {
  const { readPinUnshares, failedFaultPoisons } = PROFILES[profile];
  const world = (): Model => new Model({ profile, pages: 1, frames: 2, slots: 2 });
  const stored = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const shared = (): Model => stored().go(fork(0, 1));

  test('needs a readable mapping and a free slot', () => {
    expect(
      first(
        stored()
          .go(protect(0, 0, 'read'))
          .outcomes(readPin(0, 0))[0],
      ),
    ).toBe('ok');
    expect(
      first(
        stored()
          .go(protect(0, 0, 'none'))
          .outcomes(readPin(0, 0))[0],
      ),
    ).toBe('EFAULT');
    expect(first(stored().go(unmap(0, 0)).outcomes(readPin(0, 0))[0])).toBe('EFAULT');
    expect(first(stored().go(pin(0, 0)).outcomes(readPin(0, 0))[0])).toBe('EBUSY');
  });

  test('migrates a page on the device back and blocks its migration', () => {
    const model = stored().go(toDevice(0, 0));
    expect(model.outcomes(readPin(0, 0))[0]).toMatch(/^ok: a7@sys; fault 1; leaves f0/);
    expect(first(model.go(readPin(0, 0)).outcomes(toDevice(0, 0))[0])).toBe('skipped');
    const failing = stored().go(toDevice(0, 0), inject('sigbus'));
    expect(failing.outcomes(readPin(0, 0))[0]).toMatch(
      failedFaultPoisons ? /^EFAULT: poison/ : /^EFAULT: a7@f0/,
    );
  });

  test('sees stores of its process, and persists after unmap', () => {
    expect(
      first(
        stored()
          .go(readPin(0, 0), store(0, 0, 8))
          .outcomes(unpin())[0],
      ),
    ).toBe('8');
    expect(first(stored().go(readPin(0, 0), unmap(0, 0)).outcomes(unpin())[0])).toBe('7');
  });

  test('gives the process an object of its own or holds the shared one, by profile', () => {
    const model = shared();
    expect(model.outcomes(readPin(0, 0))[0]).toMatch(
      readPinUnshares ? /^ok: (a7@sys \| b7@sys|b7@sys \| a7@sys)/ : /^ok: a7@sys \| a7@sys/,
    );
    const left = model.go(readPin(0, 0), store(0, 0, 8));
    expect(first(left.outcomes(unpin())[0])).toBe(readPinUnshares ? '8' : '7');
  });

  test.runIf(readPinUnshares)('fails at the limit of a group if it needs a copy', () => {
    expect(first(shared().go(limit(1)).outcomes(readPin(0, 0))[0])).toBe('ENOMEM');
  });

  test.runIf(readPinUnshares)('succeeds under userfaultfd write-protection, which stays in force', () => {
    const model = shared().go(watch(0, 0, 'write-protect'), readPin(0, 0));
    expect(first(model.outcomes(store(0, 0, 8))[0])).toBe('trapped');
  });

  test('makes fork copy the page like any pinned page', () => {
    const model = stored().go(readPin(0, 0));
    expect(model.outcomes(fork(0, 1))[0]).toMatch(
      PROFILES[profile].forkCopiesPinned ? /^ok: a7@sys \| b7@sys/ : /^ok: a7@sys \| a7@sys/,
    );
  });

  test('of an unpopulated page holds the zero page or populates it', () => {
    const model = world().go(map(0, 0));
    expect(model.outcomes(readPin(0, 0)).map((outcome) => outcome.split(';')[0])).toEqual([
      'ok: a0@sys',
      'ok: hole',
    ]);
    model.go(readPin(0, 0), store(0, 0, 7));
    expect(first(model.outcomes(unpin())[0])).toBe('0');
    expect(first(model.outcomes(load(0, 0))[0])).toBe('7');
  });

  test('of a file page holds the value of the file', () => {
    const model = world().go(map(0, 0, 'read', 'file'), readPin(0, 0));
    expect(first(model.outcomes(unpin())[0])).toBe('30000');
  });

  test('of an unpopulated page under userfaultfd is trapped', () => {
    expect(
      first(
        world()
          .go(map(0, 0), watch(0, 0, 'missing'))
          .outcomes(readPin(0, 0))[0],
      ),
    ).toBe('trapped');
  });
});
