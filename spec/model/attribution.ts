import { type RequirementId, ruleIndex } from '../requirements/catalogue.ts';
import type { ErrorName } from '../vocabulary/result.ts';

/**
 * The requirement that is broken when a clause of a step fails. Each path through a command has its own attribution, because
 * the same wrong count breaks one requirement after a fork and another after a fault.
 */
export interface Attribution {
  /** The kind of result: a signal, an error, moved or skipped. */
  readonly result: RequirementId;
  /** The value that a load returned. */
  readonly value: RequirementId;
  /** The number of page_fault calls, and the page of each. */
  readonly faults: RequirementId;
  /** The frames that were freed. */
  readonly frees: RequirementId;
  /** The place of the page that the command names, after the step. */
  readonly entry: RequirementId;
  /** The place that the other entries of the same object show. */
  readonly sharers: RequirementId;
  /** A WRITE entry where only READ is allowed. */
  readonly writable: RequirementId;
  /** Reference and map counts. */
  readonly references: RequirementId;
  readonly mappings: RequirementId;
  /** The number of charged pages. */
  readonly charge: RequirementId;
  /** In a world with blocks: which entries are whole, and which frames hold large folios. */
  readonly folio: RequirementId;
}

/** For a command that accesses no page and therefore changes none. */
export const AT_REST: Attribution = {
  result: 'robust.at-rest',
  value: 'migrate.transparent',
  faults: 'fault.no-needless-call',
  frees: 'count.free-once',
  entry: 'robust.at-rest',
  sharers: 'robust.at-rest',
  writable: 'protect.never-upgrades',
  references: 'count.references',
  mappings: 'count.mappings',
  charge: 'account.charge',
  folio: 'folio.splits-entry-only',
};

/** An attribution that differs from `base` in some clauses. */
export const attribution = (changes: Partial<Attribution>, base: Attribution = AT_REST): Attribution => ({
  ...base,
  ...changes,
});

// Attributions of memory accesses: the requirement of each clause, for each outcome of an access.

const REFUSED_UNMAPPED = attribution({ result: 'unmap.access-faults', value: 'unmap.access-faults' });
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
  folio: 'folio.fault-ends',
});

/** A command that cannot split a large folio, because an injection refuses it. */
export const SPLIT_REFUSED = attribution({
  result: 'folio.split-refused',
  value: 'folio.split-refused',
  faults: 'fault.calls-once',
  frees: 'folio.split-refused',
  entry: 'folio.split-refused',
  sharers: 'folio.split-refused',
  references: 'folio.split-refused',
  mappings: 'folio.split-refused',
  charge: 'folio.split-refused',
  folio: 'folio.split-refused',
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
export function faultedAttribution(
  past: keyof typeof FAULTED_VALUES,
  extras: boolean,
  direct: boolean,
): Attribution {
  const variants = FAULTED_ATTRIBUTIONS[past];
  if (extras) return direct ? variants.directWithExtras : variants.withExtras;
  return direct ? variants.direct : variants.alone;
}

const faulted = (past: keyof typeof FAULTED_VALUES, extras: boolean, direct: boolean): Attribution => ({
  ...FAULTED,
  value: FAULTED_VALUES[past],
  ...(past === 'shared' ? { charge: 'fork.isolation' } : {}),
  ...(extras ? { result: 'fault.extras-optional' } : {}),
  ...(direct ? { faults: 'fault.never-direct' } : {}),
});

const variantsOf = (past: keyof typeof FAULTED_VALUES) => ({
  alone: faulted(past, false, false),
  direct: faulted(past, false, true),
  withExtras: faulted(past, true, false),
  directWithExtras: faulted(past, true, true),
});

const FAULTED_ATTRIBUTIONS = {
  unpopulated: variantsOf('unpopulated'),
  shared: variantsOf('shared'),
  plain: variantsOf('plain'),
};

const FAILED_ORIGIN = attribution({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.poison-releases',
  entry: 'failure.poison',
  sharers: 'failure.sharers-keep',
  references: 'failure.poison-releases',
  mappings: 'failure.poison-releases',
});
const FAILED_LINUX = attribution({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.nothing-lost',
  entry: 'failure.nothing-lost',
  sharers: 'failure.nothing-lost',
  references: 'failure.nothing-lost',
  mappings: 'failure.nothing-lost',
});
const OUT_OF_MEMORY = attribution({
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

/** A kind of memory access: the results when it fails, and the rules that require them. */
export interface AccessKind {
  readonly unmapped: 'SIGSEGV' | ErrorName;
  readonly denied: 'SIGSEGV' | ErrorName;
  readonly lost: 'SIGBUS' | 'ok' | ErrorName;
  readonly memory: 'oom' | 'ok' | ErrorName;
  /** The rule for an access to an unmapped page; and the rule for an access without permission, if there is one. */
  readonly gone: Refusal;
  readonly refused: Refusal | undefined;
  /** The rule for a page that cannot migrate to system memory, if there is one; and the attributions of the failures. */
  readonly failure: number | undefined;
  readonly failedOrigin: Attribution;
  readonly failedLinux: Attribution;
  readonly outOfMemory: Attribution;
}

interface Refusal {
  readonly rule: number;
  readonly attribution: Attribution;
}

const GONE: Refusal = { rule: ruleIndex('unmap.access-faults'), attribution: REFUSED_UNMAPPED };

/** A load or store by the process itself. */
export const BY_CPU: AccessKind = {
  unmapped: 'SIGSEGV',
  denied: 'SIGSEGV',
  lost: 'SIGBUS',
  memory: 'oom',
  gone: GONE,
  refused: undefined,
  failure: undefined,
  failedOrigin: FAILED_ORIGIN,
  failedLinux: FAILED_LINUX,
  outOfMemory: OUT_OF_MEMORY,
};

const refusedBy = (requirement: RequirementId): Refusal => ({
  rule: ruleIndex(requirement),
  attribution: attribution({
    result: requirement,
    value: requirement,
    faults: requirement,
    entry: requirement,
    frees: requirement,
  }),
});

/** An access that fails with errors and has its own rules for them. */
const withErrors = (refused: RequirementId, failure: RequirementId): AccessKind => ({
  unmapped: 'EFAULT',
  denied: 'EFAULT',
  lost: 'EFAULT',
  memory: 'ENOMEM',
  gone: GONE,
  refused: refusedBy(refused),
  failure: ruleIndex(failure),
  failedOrigin: { ...FAILED_ORIGIN, result: failure },
  failedLinux: { ...FAILED_LINUX, result: failure },
  outOfMemory: { ...OUT_OF_MEMORY, result: failure },
});

/** A pin for writing. */
export const BY_PIN: AccessKind = withErrors('pin.permission', 'pin.failure');

export const BY_READ_PIN: AccessKind = withErrors('pin.read-permission', 'pin.failure');

/** An access by the kernel to a user address. */
export const BY_KERNEL: AccessKind = withErrors('kernel.access-errors', 'kernel.access-errors');

/** An access by populate or lock. */
export const BY_POPULATE: AccessKind = {
  ...withErrors('populate.failure', 'populate.failure'),
  unmapped: 'ENOMEM',
  gone: refusedBy('populate.failure'),
};

/** An access by a protect of a locked page. The protect returns ok even if this access fails. */
export const BY_PROTECT: AccessKind = { ...BY_POPULATE, lost: 'ok', memory: 'ok', failure: undefined };

/** An access by make-exclusive. */
export const BY_EXCLUSIVE: AccessKind = withErrors('exclusive.permission', 'exclusive.returns-first');
