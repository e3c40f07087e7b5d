import type { RequirementId } from '../../requirements/catalogue.ts';
import { type AttributionTable, type Outcome, outcome, refinement } from './attribution.ts';

const HOST = outcome({
  result: 'types.host-value',
  value: 'types.host-value',
  faults: 'types.host-no-callbacks',
  frees: 'types.host-no-callbacks',
  entry: 'types.host-stays',
});
const IN_SYSTEM = outcome({
  result: 'fault.migrates-back',
  value: 'fault.last-value',
  covers: ['fault.no-needless-call'],
});
const TRAPPED = outcome({
  result: 'watch.traps-store',
  value: 'watch.traps-store',
  faults: 'watch.traps-store',
  entry: 'watch.traps-store',
  charge: 'watch.traps-store',
  covers: ['watch.traps-store'],
});

/** Accesses by the CPU, a pin, populate or the kernel, unless a page migrates to system memory. */
export const ACCESS = {
  unmapped: outcome({
    result: 'unmap.access-faults',
    value: 'unmap.access-faults',
    covers: ['unmap.access-faults'],
  }),
  denied: outcome({
    result: 'protect.enforced',
    value: 'protect.enforced',
    covers: ['protect.enforced'],
  }),
  deniedOnDevice: outcome({
    result: 'fault.permission-first',
    value: 'fault.permission-first',
    faults: 'fault.permission-first',
    frees: 'fault.permission-first',
    entry: 'fault.permission-first',
    sharers: 'fault.permission-first',
    covers: ['protect.enforced', 'fault.permission-first'],
  }),
  poison: outcome({
    result: 'failure.poison-lasts',
    value: 'failure.poison-lasts',
    faults: 'failure.poison-lasts',
    entry: 'failure.poison-lasts',
    covers: ['failure.poison-lasts'],
  }),
  lost: outcome({
    result: 'removal.access-fails',
    value: 'removal.access-fails',
    faults: 'removal.access-fails',
    entry: 'removal.access-fails',
    covers: ['removal.access-fails'],
  }),
  notInherited: outcome({
    result: 'fork.not-inherited',
    value: 'fork.not-inherited',
    faults: 'fork.not-inherited',
    covers: ['fork.not-inherited'],
  }),
  inheritedEmpty: outcome({
    result: 'fork.inherited-empty',
    value: 'fork.inherited-empty',
    faults: 'fork.inherited-empty',
    entry: 'fork.inherited-empty',
    covers: ['fork.inherited-empty'],
  }),
  unpopulated: outcome({
    result: 'unmap.reads-zero',
    value: 'unmap.reads-zero',
    entry: 'unmap.reads-zero',
    covers: ['fault.no-needless-call'],
  }),
  loadedUnpopulated: refinement({ covers: ['unmap.reads-zero'] }),
  /** A load of a page that is watched for stores. */
  loadedWatched: refinement({ covers: ['watch.passes-loads'] }),
  /** A load of a page that was shared before. */
  loadedShared: refinement({ covers: ['fork.isolation'] }),
  host: outcome({ covers: ['types.host-value', 'types.host-no-callbacks'] }, HOST),
  sharedMemory: outcome(
    {
      result: 'types.shared-value',
      value: 'types.shared-value',
      faults: 'types.shared-stays',
      frees: 'types.shared-stays',
      entry: 'types.shared-stays',
      covers: ['types.shared-value', 'types.shared-stays'],
    },
    HOST,
  ),
  file: outcome({
    result: 'types.file-stays',
    value: 'types.file-stays',
    entry: 'types.file-stays',
    faults: 'fault.no-needless-call',
    covers: ['types.file-stays'],
  }),
  inSystem: IN_SYSTEM,
  /** A page that was on a device before. */
  movedInSystem: outcome({ value: 'migrate.transparent', covers: ['migrate.transparent'] }, IN_SYSTEM),
  /** A page that was shared before. */
  sharedInSystem: outcome({
    result: 'fault.migrates-back',
    value: 'fork.isolation',
    entry: 'fork.isolation',
    charge: 'fork.isolation',
    covers: ['fault.no-needless-call'],
  }),
  movedShared: refinement({ covers: ['migrate.transparent'] }),
  /** A copy of a page of a file that was neither on a device nor shared before. */
  fileCopy: refinement({ result: 'types.file-copy', value: 'types.file-copy', covers: ['types.file-copy'] }),
  /** Any other copy of a page of a file, and a store that makes one. */
  copyOfFile: refinement({ covers: ['types.file-copy'] }),
  populatedInFolio: refinement({ value: 'folio.populates-zero' }),
  collapsed: refinement({ value: 'folio.collapse-keeps' }),
  /** A page whose mapping was moved since it was stored to. */
  remapped: refinement({ value: 'move.value' }),
  storedByKernel: refinement({ value: 'kernel.store-visible' }),
  exclusive: outcome({
    result: 'exclusive.revoked',
    value: 'exclusive.revoked',
    entry: 'exclusive.revoked',
    covers: ['exclusive.revoked'],
  }),
  trappedMissing: outcome({
    result: 'watch.traps-missing',
    entry: 'watch.traps-missing',
    covers: ['watch.traps-missing'],
  }),
  /** A store to a page that is watched for stores. */
  trapped: TRAPPED,
  /** The same where the page was modified since the watch began. */
  trappedAfterChange: outcome(
    { result: 'watch.survives', value: 'watch.survives', covers: ['watch.survives'] },
    TRAPPED,
  ),
  trappedUnpopulated: outcome({
    result: 'watch.unpopulated',
    value: 'watch.unpopulated',
    entry: 'watch.unpopulated',
    charge: 'watch.unpopulated',
    covers: ['watch.traps-store', 'watch.unpopulated'],
  }),
  /** A load that is trapped although the page is watched for stores only. */
  loadTrapped: refinement({ result: 'watch.passes-loads' }),
  /** An access to a page that is not watched, but trapped. */
  unwatchedTrapped: refinement({ result: 'watch.own' }),
  /** The same in profiles that can only watch for missing pages. */
  populatedTrapped: refinement({ result: 'watch.traps-missing' }),
  atLimit: outcome({
    result: 'account.limit-holds',
    value: 'account.limit-holds',
    charge: 'account.limit-holds',
    entry: 'account.limit-holds',
  }),
  /** A store by one of several processes that map the page: it gets its own copy. */
  copied: refinement({ covers: ['fork.isolation'] }),
  /** The same where no other requirement determines the charge: a copy that is not charged looks like a missing copy. */
  copyCharged: refinement({ charge: 'fork.isolation' }),
  /** The same where the page is pinned. */
  copiedWhilePinned: refinement({ covers: ['fork.pin-stays'] }),
} as const satisfies AttributionTable;

/** An access that `requirement` forbids, by a command that has its own rule for that. */
export const accessRefused = (requirement: RequirementId): Outcome =>
  outcome({
    result: requirement,
    value: requirement,
    faults: requirement,
    entry: requirement,
    frees: requirement,
    covers: [requirement],
  });

/** Accesses by the kernel to a user address. */
export const KERNEL_ACCESS = {
  migratedBack: outcome({
    result: 'kernel.access-returns',
    value: 'kernel.access-returns',
    faults: 'kernel.access-returns',
    entry: 'kernel.access-returns',
    sharers: 'fault.moves-all',
  }),
  /** The same after any number of calls of page_fault. */
  afterFault: refinement({ covers: ['kernel.access-returns'] }),
  stored: refinement({ covers: ['kernel.store-visible'] }),
  nofault: outcome({ result: 'kernel.nofault-value', value: 'kernel.nofault-value' }),
  nofaultOnDevice: outcome({
    result: 'kernel.nofault-does-not-migrate',
    value: 'kernel.nofault-does-not-migrate',
    faults: 'kernel.nofault-does-not-migrate',
    frees: 'kernel.nofault-does-not-migrate',
    entry: 'kernel.nofault-does-not-migrate',
    sharers: 'kernel.nofault-does-not-migrate',
    covers: ['kernel.nofault-does-not-migrate'],
  }),
  /** A page that is not on a device, and may be read. */
  nofaultReadable: refinement({ covers: ['kernel.nofault-value'] }),
} as const satisfies AttributionTable;
