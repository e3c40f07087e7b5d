import { type Blame, blame } from './blame.ts';

// What each clause means at each way that a touch of memory can take.

export const REFUSED_UNMAPPED = blame({ result: 'unmap.then-refused', value: 'unmap.then-refused' });
export const REFUSED_ON_DEVICE = blame({
  result: 'fault.permission-first',
  value: 'fault.permission-first',
  faults: 'fault.permission-first',
  frees: 'fault.permission-first',
  entry: 'fault.permission-first',
  sharers: 'fault.permission-first',
});
export const REFUSED = blame({ result: 'protect.enforced', value: 'protect.enforced' });
export const POISON_TOUCHED = blame({
  result: 'failure.poison-lasts',
  value: 'failure.poison-lasts',
  faults: 'failure.poison-lasts',
  entry: 'failure.poison-lasts',
});
export const LOST_TOUCHED = blame({
  result: 'removal.access-fails',
  value: 'removal.access-fails',
  faults: 'removal.access-fails',
  entry: 'removal.access-fails',
});
export const NOT_INHERITED_TOUCHED = blame({
  result: 'fork.not-inherited',
  value: 'fork.not-inherited',
  faults: 'fork.not-inherited',
});
export const HOST_TOUCHED = blame({
  result: 'types.host-value',
  value: 'types.host-value',
  faults: 'types.host-quiet',
  frees: 'types.host-quiet',
  entry: 'types.host-stays',
});
export const HOLE_TOUCHED = blame({
  result: 'unmap.reads-zero',
  value: 'unmap.reads-zero',
  entry: 'unmap.reads-zero',
});
export const INHERITED_EMPTY_TOUCHED = blame({
  result: 'fork.inherited-empty',
  value: 'fork.inherited-empty',
  faults: 'fork.inherited-empty',
  entry: 'fork.inherited-empty',
});
export const NEVER_MOVED = blame({ result: 'fault.brings-back', value: 'fault.last-value' });
export const IN_SYSTEM: Blame = { ...NEVER_MOVED, value: 'migrate.transparent' };
export const SHARED_IN_SYSTEM = blame({
  result: 'fault.brings-back',
  value: 'fork.isolation',
  entry: 'fork.isolation',
  charge: 'fork.isolation',
});
const FAULTED = blame({
  result: 'fault.brings-back',
  value: 'fault.last-value',
  faults: 'fault.calls-once',
  frees: 'count.free-once',
  entry: 'fault.never-direct',
  sharers: 'fault.moves-all',
});

/** What a wrong value after a fault means: it depends on what the object has been through. */
const FAULTED_VALUES = {
  hole: 'migrate.hole-is-zero',
  shared: 'fork.isolation',
  plain: 'fault.last-value',
} as const;

/**
 * The blame for a touch that brings a page back.
 *
 * @param extras whether more might have come back: then a failing touch may be theirs
 * @param direct whether the driver was not called at all
 */
export const faultedBlame = (past: keyof typeof FAULTED_VALUES, extras: boolean, direct: boolean): Blame =>
  FAULTED_BLAMES[`${past} ${extras} ${direct}`];

const faulted = (past: keyof typeof FAULTED_VALUES, extras: boolean, direct: boolean): Blame => ({
  ...FAULTED,
  value: FAULTED_VALUES[past],
  ...(past === 'shared' ? { charge: 'fork.isolation' } : {}),
  ...(extras ? { result: 'fault.extras-optional' } : {}),
  ...(direct ? { faults: 'fault.never-direct' } : {}),
});

const FAULTED_BLAMES = {
  'hole true true': faulted('hole', true, true),
  'hole true false': faulted('hole', true, false),
  'hole false true': faulted('hole', false, true),
  'hole false false': faulted('hole', false, false),
  'shared true true': faulted('shared', true, true),
  'shared true false': faulted('shared', true, false),
  'shared false true': faulted('shared', false, true),
  'shared false false': faulted('shared', false, false),
  'plain true true': faulted('plain', true, true),
  'plain true false': faulted('plain', true, false),
  'plain false true': faulted('plain', false, true),
  'plain false false': faulted('plain', false, false),
} as const satisfies { readonly [K in `${keyof typeof FAULTED_VALUES} ${boolean} ${boolean}`]: Blame };
export const FAILED_ORIGIN = blame({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.poison-releases',
  entry: 'failure.poison',
  sharers: 'failure.sharers-keep',
  references: 'failure.poison-releases',
  mappings: 'failure.poison-releases',
});
export const FAILED_LINUX = blame({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.nothing-lost',
  entry: 'failure.nothing-lost',
  sharers: 'failure.nothing-lost',
  references: 'failure.nothing-lost',
  mappings: 'failure.nothing-lost',
});
export const OUT_OF_MEMORY = blame({
  result: 'failure.oom',
  value: 'failure.oom',
  faults: 'failure.oom',
  frees: 'failure.oom-keeps',
  entry: 'failure.oom-keeps',
  sharers: 'failure.oom-keeps',
  references: 'failure.oom-keeps',
  mappings: 'failure.oom-keeps',
});
export const PINNED = blame({
  result: 'pin.brings-back',
  value: 'pin.brings-back',
  faults: 'pin.brings-back',
  entry: 'pin.brings-back',
  sharers: 'fault.moves-all',
});
/** A pin for reading, of a page that others see, too; of a page that is not there; and what either comes to. */
export const READ_PINNED_OWN = blame({
  result: 'pin.read-own',
  entry: 'pin.read-own',
  sharers: 'pin.read-own',
  charge: 'pin.read-own',
});
export const READ_PINNED_SHARED = blame({
  result: 'pin.read-shares',
  entry: 'pin.read-shares',
  sharers: 'pin.read-shares',
  charge: 'pin.read-shares',
});
export const READ_PINNED_EMPTY = blame({
  result: 'pin.read-empty',
  value: 'pin.read-empty',
  entry: 'pin.read-empty',
  charge: 'pin.read-empty',
});
export const SLOT = blame({ result: 'pin.slot', value: 'pin.slot' });
export const UNPINNED = blame({ result: 'pin.sees-stores', value: 'pin.sees-stores' });
export const EMPTY_UNPINNED = blame({ result: 'pin.read-empty', value: 'pin.read-empty' });
export const SHARED_UNPINNED: Blame = { ...UNPINNED, value: 'fork.pin-stays' };
export const SHARED_MEMORY_TOUCHED: Blame = {
  ...HOST_TOUCHED,
  result: 'types.shared-value',
  value: 'types.shared-value',
  faults: 'types.shared-stays',
  frees: 'types.shared-stays',
  entry: 'types.shared-stays',
};
export const FILE_TOUCHED = blame({
  result: 'types.file-stays',
  value: 'types.file-stays',
  entry: 'types.file-stays',
  faults: 'fault.no-needless-call',
});
export const FILE_COPY_TOUCHED: Blame = {
  ...NEVER_MOVED,
  result: 'types.file-copy',
  value: 'types.file-copy',
};
export const EXCLUSIVE_TOUCHED = blame({
  result: 'exclusive.revoked',
  value: 'exclusive.revoked',
  entry: 'exclusive.revoked',
});
export const MISSING_TOUCHED = blame({ result: 'watch.traps-missing', entry: 'watch.traps-missing' });
/** A page that is watched for stores: what a store to it must not do, on either side of a fault. */
const TRAPPED = blame({
  result: 'watch.traps-store',
  value: 'watch.traps-store',
  charge: 'watch.traps-store',
});
export const STORE_TRAPPED: Blame = { ...TRAPPED, entry: 'watch.traps-store', faults: 'watch.traps-store' };
/** A hole that is watched for stores. */
export const UNPOPULATED_TRAPPED = blame({
  result: 'watch.unpopulated',
  value: 'watch.unpopulated',
  entry: 'watch.unpopulated',
  charge: 'watch.unpopulated',
});
export const STORE_TRAPPED_AFTER_FAULT: Blame = {
  ...FAULTED,
  result: TRAPPED.result,
  value: TRAPPED.value,
  charge: TRAPPED.charge,
};
export const WATCH_SURVIVED: Blame = { ...STORE_TRAPPED, result: 'watch.survives', value: 'watch.survives' };
export const WATCH_SURVIVED_FAULT: Blame = {
  ...STORE_TRAPPED_AFTER_FAULT,
  result: 'watch.survives',
  value: 'watch.survives',
};
const AT_LIMIT = {
  result: 'account.limit-holds',
  value: 'account.limit-holds',
  charge: 'account.limit-holds',
} as const;
export const NO_ROOM_TO_CHARGE = blame({ ...AT_LIMIT, entry: 'account.limit-holds' });
export const NO_ROOM_AFTER_FAULT: Blame = { ...FAULTED, ...AT_LIMIT };
