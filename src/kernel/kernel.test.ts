import { describe, expect, it } from 'vitest';
import { kernelLoad, kernelStore, lock, peek, populate, unlock } from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, UNPOPULATED, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe('kernel access', () => {
  it('faults like the CPU, and answers with errors', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 5);
    world.fork(0, 1);
    world.inject('oom', 1);
    expect(world.do(kernelLoad(0, 0))).toBe('ENOMEM');
    world.inject('sigbus', 1);
    expect(world.do(kernelStore(0, 0, 6))).toBe('EFAULT');
    world.heal();
    expect(world.do(kernelLoad(0, 0))).toBe(5);
    expect(world.events).toEqual(['fault 0.0', 'free 0']);
    expect([world.do(kernelStore(0, 0, 6)), world.load(0, 0), world.load(1, 0)]).toEqual(['ok', 6, 5]);
    world.protect(0, 0, 'read');
    expect([world.do(kernelStore(0, 0, 7)), world.do(kernelLoad(0, 0))]).toEqual(['EFAULT', 6]);
  });

  it('moves nothing where it must not fault', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1, 6);
    world.map(0, 2);
    expect([0, 1, 2].map((page) => world.do(peek(0, page)))).toEqual(['EFAULT', 6, 0]);
    expect([world.events, world.entry(0, 0)]).toEqual([[], deviceEntry(0, true)]);
    world.protect(0, 1, 'none');
    expect(world.do(peek(0, 1))).toBe('EFAULT');
  });
});

describe('populate', () => {
  it('brings a page back, and makes it the own one of whoever may write', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1);
    world.fork(0, 1);
    world.protect(1, 1, 'read');
    expect([world.do(populate(0, 0)), world.do(populate(0, 1)), world.do(populate(1, 1))]).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect([world.entry(0, 1), world.entry(1, 1), world.state.charged]).toEqual([PRESENT, UNPOPULATED, 3]);
    world.unmap(0, 1);
    expect(world.do(populate(0, 1))).toBe('ENOMEM');
  });
});

describe('a lock', () => {
  it('keeps a page from being discarded, not from moving; it holds even where the page could not come', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 5);
    world.inject('sigbus', 1);
    expect(world.do(lock(0, 0))).toBe('EFAULT');
    expect(world.do({ op: 'discard', process: 0, page: 0 })).toBe('EINVAL');
    expect([world.toSystem(0, 0), world.toDevice(0, 0)]).toEqual([['moved'], ['moved']]);
    world.fork(0, 1);
    expect(world.do({ op: 'discard', process: 1, page: 0 })).toBe('ok');
    world.do(unlock(0, 0));
    expect([world.do({ op: 'discard', process: 0, page: 0 }), world.load(0, 0)]).toEqual(['ok', 0]);
  });
});
