import { describe, expect, test } from 'vitest';
import { Admission } from './admission.ts';
import { Capability } from './capability.ts';
import type { Command } from './command.ts';
import {
  detach,
  deviceLoad,
  discard,
  evict,
  exit,
  fork,
  kernelStore,
  load,
  map,
  move,
  pin,
  protect,
  race,
  spawn,
  store,
  toDevice,
  unmap,
  whole,
} from './shorthand.ts';

describe('a race without race-extended', () => {
  const basic = new Set(Capability.options.filter((one) => one !== 'race-extended'));
  const scope = { processes: 3, pages: 2, frames: 1, slots: 1 };
  const world = (...before: readonly Command[]): Admission => {
    const admission = new Admission(scope, 'linux-6.1', basic);
    for (const command of [map(0, 0), map(0, 1), fork(0, 1), ...before]) admission.admit(command);
    return admission;
  };

  test('is sent if each of its commands would be sent', () => {
    const admission = world();
    expect(admission.refusal(race(load(0, 0), store(0, 0, 1)))).toBeUndefined();
    expect(admission.refusal(race(load(0, 0), load(2, 0)))).toBe('the process is not alive');
    expect(admission.refusal(race(toDevice(0, 1, 2), load(0, 0)))).toBe('outside the scope');
  });

  test('is sent if each of its commands would be sent after the other', () => {
    const admission = world();
    expect(admission.refusal(race(unmap(0, 0), load(0, 0)))).toBeUndefined();
    expect(admission.refusal(race(toDevice(0, 0, 2), unmap(0, 0)))).toBeUndefined();
    for (const one of [unmap(0, 0), discard(0, 0), evict(0, 0), toDevice(0, 0)]) {
      expect(admission.refusal(race(one, unmap(0, 0)))).toBe('one command would be refused after the other');
    }
    expect(admission.refusal(race(fork(0, 2), fork(1, 2)))).toBe(
      'one command would be refused after the other',
    );
  });

  test('is not recorded by a query for its refusal', () => {
    const admission = world();
    expect(admission.refusal(race(unmap(0, 0), fork(1, 2)))).toBeUndefined();
    expect(admission.refusal(race(unmap(0, 0), fork(0, 2)))).toBe('the mapping afterwards would be unknown');
    expect(admission.refusal(fork(0, 2))).toBeUndefined();
    expect(admission.refusal(discard(0, 0))).toBeUndefined();
  });

  test('has the effects of both commands on later admission', () => {
    const admission = world(race(unmap(0, 0), fork(1, 2)));
    expect(admission.refusal(spawn(2))).toBe('the process slot is busy');
    expect(admission.refusal(discard(0, 0))).toBe('the page is not mapped');
  });

  test('is not sent if it could leave a torn page', () => {
    const admission = world();
    const refused = 'a page could keep half of a store';
    expect(admission.refusal(race(store(0, 0, 1), store(0, 0, 2)))).toBe(refused);
    expect(admission.refusal(race(store(0, 0, 1), discard(0, 0)))).toBe(refused);
    expect(admission.refusal(race(fork(0, 2), store(0, 0, 1)))).toBe(refused);
    expect(admission.refusal(race(store(0, 0, 1), store(0, 0, 1)))).toBeUndefined();
    expect(admission.refusal(race(store(0, 0, 1), store(1, 0, 2)))).toBeUndefined();
    expect(admission.refusal(race(store(0, 0, 1), unmap(0, 0)))).toBeUndefined();
    expect(admission.refusal(race(fork(1, 2), store(0, 0, 1)))).toBeUndefined();
    const common = new Admission({ processes: 2, pages: 1, frames: 1, slots: 1 }, 'linux-6.1', basic);
    for (const command of [map(0, 0, 'write', 'host'), fork(0, 1)]) common.admit(command);
    expect(common.refusal(race(store(0, 0, 1), store(1, 0, 2)))).toBe(refused);
    expect(common.refusal(race(store(0, 0, 1), unmap(1, 0)))).toBe(refused);
  });

  test('needs the capability for races, and those of its commands', () => {
    const small = { processes: 1, pages: 1, frames: 1, slots: 0 };
    const offers = (...names: readonly Capability[]): Admission => {
      const admission = new Admission(small, 'linux-6.1', new Set(names));
      admission.admit(map(0, 0));
      return admission;
    };
    const command = race(load(0, 0), evict(0, 0));
    expect(offers('race', 'evict').admit(command)).toBeUndefined();
    expect(offers('race').admit(command)).toBe('the target does not offer it');
    expect(offers('evict').admit(command)).toBe('the target does not offer it');
  });

  test('is sent in a world with blocks, with a command on a whole block as well', () => {
    const blocks = new Admission(
      { processes: 3, pages: 4, frames: 2, slots: 1, block: 2 },
      'linux-7.3',
      new Set(Capability.options.filter((one) => one !== 'race-extended')),
    );
    for (const command of [whole(map(0, 0)), whole(map(0, 2)), fork(0, 1)]) blocks.admit(command);
    expect(blocks.refusal(race(load(0, 1), whole(discard(0, 0))))).toBeUndefined();
    expect(blocks.refusal(race(store(0, 1, 1), whole(discard(0, 2))))).toBeUndefined();
    expect(blocks.refusal(race(store(0, 1, 1), whole(discard(1, 0))))).toBeUndefined();
    expect(blocks.refusal(race(whole(discard(0, 0)), store(0, 1, 1)))).toBe(
      'a page could keep half of a store',
    );
    expect(blocks.refusal(race(fork(0, 2), whole(unmap(0, 0))))).toBe(
      'the mapping afterwards would be unknown',
    );
    expect(blocks.admit(race(load(0, 1), pin(0, 0)))).toBe('the target does not offer it');
  });
});

describe('a race with race-extended', () => {
  const world = (...before: readonly Command[]): Admission => {
    const admission = new Admission({ processes: 3, pages: 3, frames: 1, slots: 1 }, 'linux-6.1');
    for (const command of [map(0, 0), map(0, 1), fork(0, 1), ...before]) admission.admit(command);
    return admission;
  };
  const senseless = 'one command would be refused after the other';

  test('may contain every other command, and needs the capability', () => {
    const basic = new Admission(
      { processes: 3, pages: 3, frames: 1, slots: 1 },
      'linux-6.1',
      new Set(Capability.options.filter((one) => one !== 'race-extended')),
    );
    basic.admit(map(0, 0));
    for (const side of [kernelStore(0, 0, 1), pin(0, 0), protect(0, 0, 'read'), deviceLoad(0, 0), detach]) {
      expect(world().refusal(race(load(0, 0), side))).toBeUndefined();
      expect(basic.admit(race(load(0, 0), side))).toBe('the target does not offer it');
    }
  });

  test('may leave a torn page', () => {
    const admission = world();
    for (const other of [store(0, 0, 2), discard(0, 0), fork(0, 2), protect(0, 0, 'read')]) {
      expect(admission.refusal(race(store(0, 0, 1), other))).toBeUndefined();
    }
  });

  test('may contain commands on an unmapped page or an ended process', () => {
    const admission = world();
    for (const other of [discard(0, 0), evict(0, 0), toDevice(0, 0), unmap(0, 0), move(0, 0, 2)]) {
      expect(admission.refusal(race(unmap(0, 0), other))).toBeUndefined();
    }
    for (const other of [kernelStore(1, 0, 1), evict(1, 0), pin(1, 0), deviceLoad(1, 0)]) {
      expect(admission.refusal(race(exit(1), other))).toBeUndefined();
    }
  });

  test('is not sent if one of its commands would be senseless after the other', () => {
    const admission = world();
    for (const other of [load(1, 0), unmap(1, 0), fork(1, 2), exit(1)]) {
      expect(admission.refusal(race(exit(1), other))).toBe(senseless);
    }
    expect(admission.refusal(race(fork(0, 2), fork(1, 2)))).toBe(senseless);
    expect(admission.refusal(race(move(0, 0, 2), move(0, 1, 2)))).toBe(senseless);
  });

  test('permits only accesses afterwards to a page that is mapped in one order only', () => {
    const admission = world(race(fork(0, 2), unmap(0, 0)));
    expect(admission.refusal(load(2, 0))).toBeUndefined();
    expect(admission.refusal(discard(2, 0))).toBe('the page is not mapped');
    expect(admission.refusal(map(2, 0))).toBe('the page is mapped already');
    expect(admission.refusal(discard(0, 0))).toBe('the page is not mapped');
    const moved = world(race(unmap(0, 0), move(0, 0, 2)));
    expect(moved.refusal(load(0, 2))).toBe('the page was never mapped');
    expect(moved.refusal(map(0, 2))).toBe('the page is mapped already');
  });
});
