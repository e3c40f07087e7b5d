import { describe, expect, it } from 'vitest';
import type { Command, CommandOf } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { clearSoftDirty, collapse, softDirty, split } from '../../spec/vocabulary/shorthand.ts';
import { TestWorld } from './test-world.fixture.ts';

const SMALL: Partial<Scope> = { processes: 2, pages: 4, frames: 4, slots: 1, block: 2 };
const BIG: Partial<Scope> = { processes: 2, pages: 8, frames: 8, slots: 1, block: 4 };

const mapBlock = (page: number, process = 0): Command => ({
  op: 'map',
  process,
  page,
  kind: 'private',
  protection: 'write',
  whole: true,
});
const out = (page: number, count: number): CommandOf<'migrate-to-device'> => ({
  op: 'migrate-to-device',
  process: 0,
  page,
  count,
  compound: true,
});
const back = (page: number, count: number): Command => ({ ...out(page, count), op: 'migrate-to-system' });
const discard = (page: number): Command => ({ op: 'discard', process: 0, page });
const evictRange = (frame: number, frames: number): Command => ({ op: 'evict-range', frame, frames });

/** A world in which the first block of process 0 holds 7 in its first page and is one large folio on frame 0. */
function onDevice(scope = SMALL): TestWorld {
  const world = new TestWorld('linux-7.3', undefined, scope);
  world.do(mapBlock(0));
  world.store(0, 0, 7);
  world.do(out(0, scope.block ?? 1));
  return world;
}

/** What the snapshot shows of frames and entries: counts, and which are large or whole. */
function shown(world: TestWorld): object {
  const { refs, maps, rss, charged, whole, large } = world.state;
  const marks = (of: readonly boolean[] | undefined): string =>
    (of ?? []).map((is) => (is ? 'x' : '-')).join('');
  return {
    refs: refs?.join(''),
    maps: maps?.join(''),
    rss,
    charged,
    whole: marks(whole),
    large: marks(large),
  };
}

describe('a large folio on the device', () => {
  it('has one entry, one reference and one charge for all its pages', () => {
    const world = onDevice();
    expect(world.events).toEqual(['alloc 0']);
    expect(shown(world)).toEqual({
      refs: '1100',
      maps: '1100',
      rss: [2, 0],
      charged: 2,
      whole: 'xx------',
      large: 'xx--',
    });
    expect(world.deviceLoad(0, 0)).toBe(7);
    expect(world.deviceLoad(0, 1)).toBe(0);
  });

  it('stays large when a part is discarded, and is freed with its last entry', () => {
    const world = onDevice();
    world.do(discard(0));
    expect(shown(world)).toEqual({
      refs: '1100',
      maps: '1100',
      rss: [1, 0],
      charged: 2,
      whole: '--------',
      large: 'xx--',
    });
    world.do(discard(1));
    expect(world.seen?.events).toEqual([{ event: 'free', frame: 0, refs: 0, maps: 0, large: true }]);
    expect(world.state.charged).toBe(0);
  });

  it('is shared by fork as a whole, and keeps the entries of the child when the parent splits its own', () => {
    const world = onDevice();
    world.fork(0, 1);
    expect(shown(world)).toMatchObject({ refs: '2200', whole: 'xx--xx--' });
    world.protect(0, 1, 'read');
    expect(shown(world)).toMatchObject({ refs: '3300', maps: '3300', whole: '----xx--', large: 'xx--' });
    expect(world.state.entries?.slice(0, 2)).toEqual(world.state.entries?.slice(4, 6));
  });

  it('migrates to system memory as a whole on a fault', () => {
    const world = onDevice();
    expect(world.load(0, 0)).toBe(7);
    expect(world.events).toEqual(['fault 0.0', 'free 0']);
    expect(shown(world)).toMatchObject({ refs: '0000', whole: 'xx------', rss: [2, 0], charged: 2 });
  });

  it('is split by a fault without a large page, and only the accessed page moves', () => {
    const world = onDevice(BIG);
    world.inject('no-large-page', 1);
    expect(world.load(0, 2)).toBe(0);
    expect(world.seen?.events.at(-1)).toEqual({ event: 'free', frame: 2, refs: 0, maps: 0 });
    expect(shown(world)).toMatchObject({ refs: '11010000', large: '--------', rss: [4, 0], charged: 4 });
  });

  it('stays whole if the accessed page cannot migrate', () => {
    const world = onDevice();
    world.inject('sigbus', 1);
    expect(world.load(0, 1)).toBe('SIGBUS');
    expect(shown(world)).toMatchObject({ refs: '1100', whole: 'xx------', large: 'xx--' });
  });

  it('is split by the eviction of a part, which frees the frame of a page without an entry', () => {
    const world = onDevice(BIG);
    world.do(discard(1));
    expect(world.do(evictRange(1, 2))).toBe(1);
    const splits = ['split 0 tail 1', 'split 0 tail 2', 'split 0 tail 3', 'split 0'];
    expect(world.events).toEqual([...splits, 'free 1', 'free 2']);
    expect(shown(world)).toMatchObject({ refs: '10010000', large: '--------', rss: [3, 0], charged: 3 });
  });

  it('is evicted as a whole by a range that contains it', () => {
    const world = onDevice();
    expect(world.do(evictRange(0, 4))).toBe(2);
    expect(world.seen?.events).toEqual([{ event: 'free', frame: 0, refs: 0, maps: 0, large: true }]);
  });
});

describe('a migration with large folios', () => {
  it('falls back to base pages if there is no block of frames', () => {
    const world = new TestWorld('linux-7.3', undefined, SMALL);
    world.do(mapBlock(0));
    world.store(0, 1, 5);
    world.inject('no-large-frame', 1);
    expect(world.do(out(0, 2))).toEqual(['moved', 'moved']);
    expect(shown(world)).toMatchObject({ refs: '1100', whole: '--------', large: '----' });
    expect(world.deviceLoad(0, 1)).toBe(5);
  });

  it('takes an unpopulated block, and splits a folio that the range does not cover', () => {
    const world = new TestWorld('linux-7.3', undefined, SMALL);
    world.do(mapBlock(2));
    expect(world.do(out(2, 2))).toEqual(['whole', 'whole']);
    expect(world.do(back(2, 1))).toEqual(['moved']);
    expect(shown(world)).toMatchObject({ refs: '0100', whole: '--------', large: '----', charged: 2 });
  });

  it('skips a folio with a pinned page, and fork copies each of its pages', () => {
    const world = new TestWorld('linux-7.3', undefined, SMALL);
    world.do(mapBlock(0));
    world.pin(0, 0);
    expect(world.do(out(0, 2))).toEqual(['skipped', 'skipped']);
    world.fork(0, 1);
    expect(shown(world)).toMatchObject({ rss: [2, 2], charged: 4 });
    world.store(0, 0, 3);
    expect(world.unpin()).toBe(3);
  });

  it('reuses the frames of a large folio for base pages', () => {
    const world = onDevice();
    world.unmap(0, 0);
    world.unmap(0, 1);
    world.mapOnDevice(0, 2, 1);
    world.mapOnDevice(0, 3, 2);
    expect(shown(world)).toMatchObject({ refs: '1100', maps: '1100', large: '----' });
  });
});

describe('split', () => {
  it('leaves the pages where they are, in every process, and tells the driver', () => {
    const world = onDevice();
    world.fork(0, 1);
    expect(world.do(split(0, 1))).toBe('ok');
    expect(world.events).toEqual(['split 0 tail 1', 'split 0']);
    expect(shown(world)).toMatchObject({ refs: '2200', whole: '--------', large: '----', charged: 2 });
    expect(world.do(split(0, 1))).toBe('EINVAL');
    expect(world.load(1, 0)).toBe(7);
  });

  it('changes nothing if it is refused, as often as the injection says', () => {
    const world = onDevice();
    world.inject('no-split', 1);
    expect(world.do(split(0, 0))).toBe('EBUSY');
    expect(world.events).toEqual([]);
    expect(shown(world)).toMatchObject({ refs: '1100', whole: 'xx------', large: 'xx--' });
    expect(world.do(split(0, 0))).toBe('ok');
  });

  it('is refused once for all pages of a range, which are skipped', () => {
    const world = onDevice();
    world.inject('no-split', 1);
    expect(world.do({ op: 'migrate-to-system', process: 0, page: 0, count: 2 })).toEqual([
      'skipped',
      'skipped',
    ]);
    expect(shown(world)).toMatchObject({ refs: '1100', large: 'xx--' });
    expect(world.do({ op: 'migrate-to-system', process: 0, page: 0, count: 2 })).toEqual(['moved', 'moved']);
  });

  it('fails an access that needs it, and no access that does not', () => {
    const world = onDevice();
    world.inject('no-split', 'until-healed');
    world.inject('no-large-page', 1);
    expect(world.load(0, 0)).toBe('SIGBUS');
    expect(shown(world)).toMatchObject({ refs: '1100', large: 'xx--' });
    expect(world.load(0, 0)).toBe(7);
  });
});

describe('collapse', () => {
  it('makes a large folio of the pages of one process, and leaves those of others', () => {
    const world = new TestWorld('linux-7.3', undefined, SMALL);
    world.map(0, 0);
    world.map(0, 1);
    world.store(0, 0, 7);
    world.fork(0, 1);
    expect(world.do(collapse(0, 1))).toBe('ok');
    expect(shown(world)).toMatchObject({ whole: 'xx------', rss: [2, 1], charged: 3 });
    world.store(0, 0, 8);
    expect([world.load(0, 0), world.load(0, 1), world.load(1, 0)]).toEqual([8, 0, 7]);
    expect(world.do(out(0, 2))).toEqual(['whole', 'whole']);
  });

  it('fails while a page is on the device or pinned, and if the pages are not of one mapping', () => {
    const world = new TestWorld('linux-7.3', undefined, SMALL);
    world.map(0, 0);
    world.map(0, 1);
    world.store(0, 0, 7);
    world.do({ op: 'migrate-to-device', process: 0, page: 0, count: 1 });
    expect(world.do(collapse(0, 0))).toBe('EINVAL');
    expect(world.load(0, 0)).toBe(7);
    world.pin(0, 0);
    expect(world.do(collapse(0, 0))).toBe('EINVAL');
    world.unpin();
    world.protect(0, 1, 'read');
    expect(world.do(collapse(0, 0))).toBe('EINVAL');
    world.protect(0, 1, 'write');
    expect(world.do(collapse(0, 0))).toBe('ok');
  });
});

describe('soft-dirty', () => {
  const dirtiness = (world: TestWorld): unknown[] => [world.do(softDirty(0, 0)), world.do(softDirty(0, 1))];

  it('is one bit of a whole entry, which migration, a split and a collapse keep', () => {
    const world = onDevice();
    world.do(clearSoftDirty(0));
    expect(dirtiness(world)).toEqual(['clean', 'clean']);
    world.do(back(0, 2));
    expect(dirtiness(world)).toEqual(['clean', 'clean']);
    world.store(0, 0, 8);
    expect(dirtiness(world)).toEqual(['dirty', 'dirty']);
    world.do(out(0, 2));
    world.do(split(0, 0));
    expect(dirtiness(world)).toEqual(['dirty', 'dirty']);
  });

  it('is dirty after a collapse if a page of the block was', () => {
    const world = new TestWorld('linux-7.3', undefined, SMALL);
    world.map(0, 0);
    world.map(0, 1);
    world.do(clearSoftDirty(0));
    world.do(collapse(0, 0));
    expect(dirtiness(world)).toEqual(['clean', 'clean']);
    world.do(split(0, 0));
    world.store(0, 1, 7);
    expect(dirtiness(world)).toEqual(['clean', 'dirty']);
    world.do(collapse(0, 0));
    expect(dirtiness(world)).toEqual(['dirty', 'dirty']);
  });
});

it('needs a deposited page table for every whole entry', () => {
  const world = onDevice();
  world.fork(0, 1);
  world.world.kernel.process(1).deposits = 0;
  expect(() => world.unmap(1, 0)).toThrow('no deposited page table');
});

it('copies the state of a world with large folios', () => {
  const world = onDevice();
  world.do(discard(1));
  const copy = world.world.clone();
  expect(copy.digest()).toBe(world.world.digest());
  expect(copy.execute({ op: 'exit', process: 0 })).toEqual(world.world.execute({ op: 'exit', process: 0 }));
});
