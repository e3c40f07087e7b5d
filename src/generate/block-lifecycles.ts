import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Command, CommandOf, InjectionKind, Op, Protection } from '../../spec/vocabulary/command.ts';
import { blockIn, blockStart } from '../../spec/vocabulary/scope.ts';
import {
  type Beginning,
  injectAs,
  type Lifecycle,
  lifecyclesOf,
  type LifecycleStep,
  type Place,
  type Setting,
  type Steps,
  stepToDevice,
  stepToSystem,
} from './lifecycles.ts';

// Lifecycles of large folios: a block is mapped whole or page by page and has a large folio or base pages; something
// changes in a part or in the whole of it; commands show what became of it.

/** The block of a page, or the page itself if it belongs to none. */
const blockOf = ({ process, page }: Place, { scope }: Setting): Place => ({
  process,
  page: blockStart(scope, page) ?? page,
});

/** The command on the whole block instead of the page. */
const whole =
  (make: (place: Place) => CommandOf<'map' | 'unmap' | 'discard' | 'protect'>): LifecycleStep =>
  (place, setting) => ({ ...make(blockOf(place, setting)), whole: true });

const mapPage = (place: Place): CommandOf<'map'> => ({
  op: 'map',
  ...place,
  kind: 'private',
  protection: 'write',
});
const unmapPage = (place: Place): CommandOf<'unmap'> => ({ op: 'unmap', ...place });
const discardPage = (place: Place): CommandOf<'discard'> => ({ op: 'discard', ...place });
const protectPage =
  (protection: Protection) =>
  (place: Place): CommandOf<'protect'> => ({ op: 'protect', ...place, protection });

const unmapBlock = whole(unmapPage);
/** A block of base pages, or of a large one. */
const newBase: Steps = ['clear', mapPage, 'beside', mapPage, 'parent'];
const newBlock: Steps = ['clear', whole(mapPage)];

const compound =
  (op: 'migrate-to-device' | 'migrate-to-system'): LifecycleStep =>
  (place, setting) => ({
    op,
    ...blockOf(place, setting),
    count: blockIn(setting.scope),
    compound: true,
    ...setting.device,
  });
const out = compound('migrate-to-device');
const back = compound('migrate-to-system');
const pagesOut: LifecycleStep = (place, setting) => ({
  op: 'migrate-to-device',
  ...blockOf(place, setting),
  count: blockIn(setting.scope),
  ...setting.device,
});

/** A move to the same place in the next block. */
const moveTo = (place: Place, { random, scope }: Setting): CommandOf<'move'> => ({
  op: 'move',
  ...place,
  to: (place.page + blockIn(scope)) % scope.pages,
  keep: random.nextInt(0, 2) === 0,
});
const moveBlock: LifecycleStep = (place, setting) => ({
  ...moveTo(blockOf(place, setting), setting),
  whole: true,
});

const collapse: LifecycleStep = (place) => ({ op: 'collapse', ...place });
const split: LifecycleStep = (place) => ({ op: 'split', ...place });

/** A block of frames, a part of one, or the end of one with the beginning of the next. */
const evictFrames = (_: Place, { random, scope }: Setting): Command => {
  const block = blockIn(scope);
  const first = random.nextInt(0, Math.max(0, scope.frames - 1));
  const isWhole = random.nextInt(0, 1) === 0;
  const frame = isWhole ? first - (first % block) : first;
  return {
    op: 'evict-range',
    frame,
    frames: Math.min(scope.frames - frame, isWhole ? block : random.nextInt(1, block)),
  };
};

const SHOW: readonly Steps[] = [
  ['load'],
  ['store', 'beside', 'load'],
  ['beside', 'load'],
  ['beside', 'device-load', 'parent', 'load'],
  ['device-load'],
  ['child', 'load'],
  ['child', 'store', 'parent', 'load'],
  ['fork', 'child', 'load'],
  [out],
  [back],
  [stepToSystem],
  ['evict'],
  [evictFrames],
  [unmapPage],
  [unmapBlock],
  [whole(protectPage('write')), 'store'],
  [protectPage('write'), 'store'],
];

const begins = (...set: Steps): Beginning => ({ set, end: ['clear'], show: SHOW, unpopulated: 5 });
const injects = (kind: InjectionKind, ...set: Steps): Beginning => ({
  ...begins(injectAs(kind), ...set),
  end: ['heal'],
});

/** Pages whose soft-dirty bits are asked for after each change. */
const tracks = (...set: Steps): Beginning => ({
  set,
  end: ['clear-soft-dirty', 'store'],
  show: [['soft-dirty'], ['soft-dirty'], ['beside', 'soft-dirty'], ['child', 'soft-dirty']],
  unpopulated: 5,
});

const BEGINNINGS: readonly Beginning[] = [
  begins(...newBlock, out),
  begins(...newBlock, 'store', out),
  begins(...newBlock, 'store', 'beside', 'store', 'parent', out),
  begins(...newBlock, out, 'fork'),
  begins(...newBlock, 'store', out, 'fork'),
  begins(...newBlock, 'store'),
  begins(...newBlock, 'store', 'fork'),
  begins(...newBlock, 'store', 'fork', out),
  begins(...newBlock, 'store', out, back),
  begins(...newBlock, 'store', pagesOut),
  begins(...newBlock, 'store', stepToDevice),
  begins(...newBlock, 'device-store'),
  begins(...newBlock, 'store', 'pin'),
  begins(...newBase, out),
  begins(...newBase, 'store', out),
  injects('no-large-frame', ...newBlock, 'store', out),
  injects('no-large-page', ...newBlock, 'store'),
  injects('no-large-page', ...newBlock, 'store', out),
  begins(...newBase, 'store', 'beside', 'store', 'parent', collapse),
  begins(...newBase, 'store', collapse, out),
  begins(...newBase, 'store', 'fork', collapse),
  injects('no-split', ...newBlock, 'store', out),
  tracks(...newBlock, 'clear-soft-dirty', 'store'),
  tracks(...newBlock, 'clear-soft-dirty', 'store', out),
  tracks(...newBlock, 'store', out, 'clear-soft-dirty'),
  tracks(...newBase, 'clear-soft-dirty', 'store', collapse),
];

const CHANGES: readonly Steps[] = [
  [unmapPage],
  [unmapBlock],
  [discardPage],
  [whole(discardPage)],
  [protectPage('read')],
  [protectPage('none')],
  [whole(protectPage('read'))],
  [protectPage('read'), protectPage('write')],
  [whole(protectPage('read')), whole(protectPage('write'))],
  ['make-room', moveTo],
  ['make-room', moveBlock],
  ['make-room', moveBlock, 'make-room', moveBlock],
  ['fork'],
  ['fork', 'child', 'store', 'parent'],
  ['fork', 'child', unmapPage, 'parent'],
  ['fork', 'child', unmapBlock, 'parent'],
  ['fork', 'child', out, 'parent'],
  ['fork', whole(protectPage('read')), whole(protectPage('write'))],
  ['load'],
  ['store'],
  [out],
  [back],
  [out, 'load', out],
  [out, back, out],
  [stepToDevice],
  [stepToSystem],
  [evictFrames],
  ['device-store'],
  ['beside', 'device-store', 'parent'],
  [split],
  ['fork', split],
  [unmapPage, 'beside', split, 'parent'],
  [collapse],
  [stepToSystem, collapse],
  ['clear-soft-dirty'],
];

const FAILURES: readonly Steps[] = [
  [injectAs('no-large-page'), 'load'],
  [injectAs('no-large-page'), back],
  [injectAs('no-large-page'), out, 'evict'],
  [injectAs('no-large-page'), ...newBlock, 'store'],
  [injectAs('no-large-frame'), out],
  [injectAs('sigbus', 'oom'), out, 'load'],
  [injectAs('sigbus', 'oom'), out, back],
  [injectAs('sigbus', 'oom'), out, evictFrames],
  [injectAs('no-frame', 'no-copy'), ...newBlock, 'store', out],
  [injectAs('no-split'), split, 'load'],
  [injectAs('no-split'), stepToSystem],
  [injectAs('no-split'), protectPage('read'), 'load'],
  [injectAs('no-split'), injectAs('no-large-page'), 'load'],
  [injectAs('no-split'), pagesOut],
  [injectAs('no-split'), evictFrames],
  ['pin', collapse, 'unpin'],
  ['pin', out, 'unpin'],
  ['beside', 'pin', 'parent', out, 'unpin'],
  ['evict-all'],
  ['detach', 'attach'],
  ['exit', 'spawn', ...newBlock],
  ['successor'],
  ['kernel-store'],
  ['populate'],
  ['again', 'again'],
  ['end', 'again'],
];

/** The lifecycles of large folios that a target offers. */
export const blockLifecyclesFor = (
  capabilities: ReadonlySet<Capability>,
  focused: ReadonlySet<Op>,
): readonly Lifecycle[] =>
  lifecyclesOf(BEGINNINGS, { capabilities, focused }, () => ({
    frequent: CHANGES,
    others: FAILURES,
  }));
