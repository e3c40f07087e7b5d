import type { RequirementId } from '../../requirements/catalogue.ts';
import { type Attribution, attribution, type AttributionTable } from './attribution.ts';

const HOST = attribution({
  result: 'types.host-value',
  value: 'types.host-value',
  faults: 'types.host-no-callbacks',
  frees: 'types.host-no-callbacks',
  entry: 'types.host-stays',
});
const NEVER_MOVED = attribution({ result: 'fault.migrates-back', value: 'fault.last-value' });
const TRAPPED = attribution({
  result: 'watch.traps-store',
  value: 'watch.traps-store',
  faults: 'watch.traps-store',
  entry: 'watch.traps-store',
  charge: 'watch.traps-store',
});

/** Accesses by the CPU, a pin, populate or the kernel, unless a page migrates to system memory. */
export const ACCESS = {
  unmapped: attribution({ result: 'unmap.access-faults', value: 'unmap.access-faults' }),
  denied: attribution({ result: 'protect.enforced', value: 'protect.enforced' }),
  deniedOnDevice: attribution({
    result: 'fault.permission-first',
    value: 'fault.permission-first',
    faults: 'fault.permission-first',
    frees: 'fault.permission-first',
    entry: 'fault.permission-first',
    sharers: 'fault.permission-first',
  }),
  poison: attribution({
    result: 'failure.poison-lasts',
    value: 'failure.poison-lasts',
    faults: 'failure.poison-lasts',
    entry: 'failure.poison-lasts',
  }),
  lost: attribution({
    result: 'removal.access-fails',
    value: 'removal.access-fails',
    faults: 'removal.access-fails',
    entry: 'removal.access-fails',
  }),
  notInherited: attribution({
    result: 'fork.not-inherited',
    value: 'fork.not-inherited',
    faults: 'fork.not-inherited',
  }),
  inheritedEmpty: attribution({
    result: 'fork.inherited-empty',
    value: 'fork.inherited-empty',
    faults: 'fork.inherited-empty',
    entry: 'fork.inherited-empty',
  }),
  unpopulated: attribution({
    result: 'unmap.reads-zero',
    value: 'unmap.reads-zero',
    entry: 'unmap.reads-zero',
  }),
  host: HOST,
  sharedMemory: attribution(
    {
      result: 'types.shared-value',
      value: 'types.shared-value',
      faults: 'types.shared-stays',
      frees: 'types.shared-stays',
      entry: 'types.shared-stays',
    },
    HOST,
  ),
  file: attribution({
    result: 'types.file-stays',
    value: 'types.file-stays',
    entry: 'types.file-stays',
    faults: 'fault.no-needless-call',
  }),
  fileCopy: attribution({ result: 'types.file-copy', value: 'types.file-copy' }, NEVER_MOVED),
  neverMoved: NEVER_MOVED,
  /** A page that was on a device before. */
  inSystem: attribution({ value: 'migrate.transparent' }, NEVER_MOVED),
  /** A page that was shared before. */
  sharedInSystem: attribution({
    result: 'fault.migrates-back',
    value: 'fork.isolation',
    entry: 'fork.isolation',
    charge: 'fork.isolation',
  }),
  exclusive: attribution({
    result: 'exclusive.revoked',
    value: 'exclusive.revoked',
    entry: 'exclusive.revoked',
  }),
  trappedMissing: attribution({ result: 'watch.traps-missing', entry: 'watch.traps-missing' }),
  /** A store to a page that is watched for stores. */
  trapped: TRAPPED,
  /** The same where the page was modified since the watch began. */
  trappedAfterChange: attribution({ result: 'watch.survives', value: 'watch.survives' }, TRAPPED),
  trappedUnpopulated: attribution({
    result: 'watch.unpopulated',
    value: 'watch.unpopulated',
    entry: 'watch.unpopulated',
    charge: 'watch.unpopulated',
  }),
  atLimit: attribution({
    result: 'account.limit-holds',
    value: 'account.limit-holds',
    charge: 'account.limit-holds',
    entry: 'account.limit-holds',
  }),
} as const satisfies AttributionTable;

/** An access that `requirement` forbids, by a command that has its own rule for that. */
export const accessRefused = (requirement: RequirementId): Attribution =>
  attribution({
    result: requirement,
    value: requirement,
    faults: requirement,
    entry: requirement,
    frees: requirement,
  });

/** Accesses by the kernel to a user address. */
export const KERNEL_ACCESS = {
  migratedBack: attribution({
    result: 'kernel.access-returns',
    value: 'kernel.access-returns',
    faults: 'kernel.access-returns',
    entry: 'kernel.access-returns',
    sharers: 'fault.moves-all',
  }),
  nofault: attribution({ result: 'kernel.nofault-value', value: 'kernel.nofault-value' }),
  nofaultOnDevice: attribution({
    result: 'kernel.nofault-does-not-migrate',
    value: 'kernel.nofault-does-not-migrate',
    faults: 'kernel.nofault-does-not-migrate',
    frees: 'kernel.nofault-does-not-migrate',
    entry: 'kernel.nofault-does-not-migrate',
    sharers: 'kernel.nofault-does-not-migrate',
  }),
} as const satisfies AttributionTable;
