import { type Attribution, attribution } from './attribution.ts';

// Attributions of memory accesses: the requirement of each clause, for each outcome of an access.

export const REFUSED_UNMAPPED = attribution({ result: 'unmap.access-faults', value: 'unmap.access-faults' });
export const REFUSED_ON_DEVICE = attribution({
  result: 'fault.permission-first',
  value: 'fault.permission-first',
  faults: 'fault.permission-first',
  frees: 'fault.permission-first',
  entry: 'fault.permission-first',
  sharers: 'fault.permission-first',
});
export const REFUSED = attribution({ result: 'protect.enforced', value: 'protect.enforced' });
export const POISON_ACCESSED = attribution({
  result: 'failure.poison-lasts',
  value: 'failure.poison-lasts',
  faults: 'failure.poison-lasts',
  entry: 'failure.poison-lasts',
});
export const LOST_ACCESSED = attribution({
  result: 'removal.access-fails',
  value: 'removal.access-fails',
  faults: 'removal.access-fails',
  entry: 'removal.access-fails',
});
export const NOT_INHERITED_ACCESSED = attribution({
  result: 'fork.not-inherited',
  value: 'fork.not-inherited',
  faults: 'fork.not-inherited',
});
export const HOST_ACCESSED = attribution({
  result: 'types.host-value',
  value: 'types.host-value',
  faults: 'types.host-no-callbacks',
  frees: 'types.host-no-callbacks',
  entry: 'types.host-stays',
});
export const UNPOPULATED_ACCESSED = attribution({
  result: 'unmap.reads-zero',
  value: 'unmap.reads-zero',
  entry: 'unmap.reads-zero',
});
export const INHERITED_EMPTY_ACCESSED = attribution({
  result: 'fork.inherited-empty',
  value: 'fork.inherited-empty',
  faults: 'fork.inherited-empty',
  entry: 'fork.inherited-empty',
});
export const NEVER_MOVED = attribution({ result: 'fault.migrates-back', value: 'fault.last-value' });
export const IN_SYSTEM: Attribution = { ...NEVER_MOVED, value: 'migrate.transparent' };
export const SHARED_IN_SYSTEM = attribution({
  result: 'fault.migrates-back',
  value: 'fork.isolation',
  entry: 'fork.isolation',
  charge: 'fork.isolation',
});
const FAULTED = attribution({
  result: 'fault.migrates-back',
  value: 'fault.last-value',
  faults: 'fault.calls-once',
  frees: 'count.free-once',
  entry: 'fault.never-direct',
  sharers: 'fault.moves-all',
});

/** The requirement for a wrong value after a fault, which depends on the history of the object. */
const FAULTED_VALUES = {
  unpopulated: 'migrate.unpopulated-is-zero',
  shared: 'fork.isolation',
  plain: 'fault.last-value',
} as const;

/**
 * The attribution of an access that migrates a page to system memory.
 *
 * @param extras whether further pages may have migrated: then they may be the reason why the access failed
 * @param direct whether the driver was not called at all
 */
export const faultedAttribution = (
  past: keyof typeof FAULTED_VALUES,
  extras: boolean,
  direct: boolean,
): Attribution => FAULTED_ATTRIBUTIONS[`${past} ${extras} ${direct}`];

const faulted = (past: keyof typeof FAULTED_VALUES, extras: boolean, direct: boolean): Attribution => ({
  ...FAULTED,
  value: FAULTED_VALUES[past],
  ...(past === 'shared' ? { charge: 'fork.isolation' } : {}),
  ...(extras ? { result: 'fault.extras-optional' } : {}),
  ...(direct ? { faults: 'fault.never-direct' } : {}),
});

const FAULTED_ATTRIBUTIONS = {
  'unpopulated true true': faulted('unpopulated', true, true),
  'unpopulated true false': faulted('unpopulated', true, false),
  'unpopulated false true': faulted('unpopulated', false, true),
  'unpopulated false false': faulted('unpopulated', false, false),
  'shared true true': faulted('shared', true, true),
  'shared true false': faulted('shared', true, false),
  'shared false true': faulted('shared', false, true),
  'shared false false': faulted('shared', false, false),
  'plain true true': faulted('plain', true, true),
  'plain true false': faulted('plain', true, false),
  'plain false true': faulted('plain', false, true),
  'plain false false': faulted('plain', false, false),
} as const satisfies { readonly [K in `${keyof typeof FAULTED_VALUES} ${boolean} ${boolean}`]: Attribution };
export const FAILED_ORIGIN = attribution({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.poison-releases',
  entry: 'failure.poison',
  sharers: 'failure.sharers-keep',
  references: 'failure.poison-releases',
  mappings: 'failure.poison-releases',
});
export const FAILED_LINUX = attribution({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.nothing-lost',
  entry: 'failure.nothing-lost',
  sharers: 'failure.nothing-lost',
  references: 'failure.nothing-lost',
  mappings: 'failure.nothing-lost',
});
export const OUT_OF_MEMORY = attribution({
  result: 'failure.oom',
  value: 'failure.oom',
  faults: 'failure.oom',
  frees: 'failure.oom-keeps',
  entry: 'failure.oom-keeps',
  sharers: 'failure.oom-keeps',
  references: 'failure.oom-keeps',
  mappings: 'failure.oom-keeps',
});
export const PINNED = attribution({
  result: 'pin.migrates-back',
  value: 'pin.migrates-back',
  faults: 'pin.migrates-back',
  entry: 'pin.migrates-back',
  sharers: 'fault.moves-all',
});
/** A pin for reading that breaks the sharing of its page; one that keeps it; and one of an unpopulated page. */
export const READ_PINNED_OWN = attribution({
  result: 'pin.read-own',
  entry: 'pin.read-own',
  sharers: 'pin.read-own',
  charge: 'pin.read-own',
});
export const READ_PINNED_SHARED = attribution({
  result: 'pin.read-shares',
  entry: 'pin.read-shares',
  sharers: 'pin.read-shares',
  charge: 'pin.read-shares',
});
export const READ_PINNED_EMPTY = attribution({
  result: 'pin.read-empty',
  value: 'pin.read-empty',
  entry: 'pin.read-empty',
  charge: 'pin.read-empty',
});
export const SLOT = attribution({ result: 'pin.slot', value: 'pin.slot' });
export const UNPINNED = attribution({ result: 'pin.sees-stores', value: 'pin.sees-stores' });
export const EMPTY_UNPINNED = attribution({ result: 'pin.read-empty', value: 'pin.read-empty' });
export const SHARED_UNPINNED: Attribution = { ...UNPINNED, value: 'fork.pin-stays' };
export const SHARED_MEMORY_ACCESSED: Attribution = {
  ...HOST_ACCESSED,
  result: 'types.shared-value',
  value: 'types.shared-value',
  faults: 'types.shared-stays',
  frees: 'types.shared-stays',
  entry: 'types.shared-stays',
};
export const FILE_ACCESSED = attribution({
  result: 'types.file-stays',
  value: 'types.file-stays',
  entry: 'types.file-stays',
  faults: 'fault.no-needless-call',
});
export const FILE_COPY_ACCESSED: Attribution = {
  ...NEVER_MOVED,
  result: 'types.file-copy',
  value: 'types.file-copy',
};
export const EXCLUSIVE_ACCESSED = attribution({
  result: 'exclusive.revoked',
  value: 'exclusive.revoked',
  entry: 'exclusive.revoked',
});
export const MISSING_ACCESSED = attribution({ result: 'watch.traps-missing', entry: 'watch.traps-missing' });
/** A trapped store to a page that is watched for stores, with or without a fault before the trap. */
const TRAPPED = attribution({
  result: 'watch.traps-store',
  value: 'watch.traps-store',
  charge: 'watch.traps-store',
});
export const STORE_TRAPPED: Attribution = {
  ...TRAPPED,
  entry: 'watch.traps-store',
  faults: 'watch.traps-store',
};
/** An unpopulated page that is watched for stores. */
export const UNPOPULATED_TRAPPED = attribution({
  result: 'watch.unpopulated',
  value: 'watch.unpopulated',
  entry: 'watch.unpopulated',
  charge: 'watch.unpopulated',
});
export const STORE_TRAPPED_AFTER_FAULT: Attribution = {
  ...FAULTED,
  result: TRAPPED.result,
  value: TRAPPED.value,
  charge: TRAPPED.charge,
};
export const WATCH_SURVIVED: Attribution = {
  ...STORE_TRAPPED,
  result: 'watch.survives',
  value: 'watch.survives',
};
export const WATCH_SURVIVED_FAULT: Attribution = {
  ...STORE_TRAPPED_AFTER_FAULT,
  result: 'watch.survives',
  value: 'watch.survives',
};
const AT_LIMIT = {
  result: 'account.limit-holds',
  value: 'account.limit-holds',
  charge: 'account.limit-holds',
} as const;
export const NO_ROOM_TO_CHARGE = attribution({ ...AT_LIMIT, entry: 'account.limit-holds' });
export const NO_ROOM_AFTER_FAULT: Attribution = { ...FAULTED, ...AT_LIMIT };
