import type { RequirementId } from '../../requirements/catalogue.ts';
import { type AttributionTable, type Outcome, outcome, refinement } from './attribution.ts';

const MIGRATED = outcome({
  result: 'fault.migrates-back',
  value: 'fault.last-value',
  faults: 'fault.calls-once',
  frees: 'count.free-once',
  entry: 'fault.never-direct',
  sharers: 'fault.moves-all',
  folio: 'folio.fault-ends',
});
const TRAPPED = outcome(
  { result: 'watch.traps-store', value: 'watch.traps-store', charge: 'watch.traps-store' },
  MIGRATED,
);

/** Accesses that call page_fault. */
export const FAULT = {
  called: refinement({ covers: ['fault.calls-once'] }),
  /** With several devices. */
  calledAmongDevices: refinement({ covers: ['devices.owner-called'] }),
  /** A page on a device that is closed. */
  calledWhileClosed: refinement({ covers: ['device.close-keeps'] }),
  /** A driver with further pages on the device that the process does not map. */
  calledBesidePagesOfOthers: refinement({ covers: ['fault.extras-own'] }),
  /** A further page that the driver may have tried to migrate. */
  extraPage: refinement({ covers: ['fault.extras-optional'] }),
  migratedBack: refinement({
    covers: [
      'fault.migrates-back',
      'fault.never-direct',
      'fault.last-value',
      'count.free-once',
      'count.free-unmapped',
    ],
  }),
  /** A page with several entries. */
  migratedShared: refinement({ covers: ['fault.moves-all'] }),
  /** The same where the fault fails and poisons one of them. */
  poisonedShared: refinement({ covers: ['failure.sharers-keep'] }),
  migratedAtLimit: refinement({ covers: ['account.limit-spares-return'] }),
  /** Further clauses of a migration by the first call of page_fault. */
  onceWhileClosed: refinement({ result: 'device.close-keeps' }),
  onceAtLimit: refinement({ result: 'account.limit-spares-return' }),
  onceInFolio: refinement({ value: 'folio.keeps-values' }),
  /** A store to a page that is watched for stores. */
  trapped: TRAPPED,
  /** The same where the page was modified since the watch began. */
  trappedAfterChange: outcome({ result: 'watch.survives', value: 'watch.survives' }, TRAPPED),
  atLimit: outcome(
    { result: 'account.limit-holds', value: 'account.limit-holds', charge: 'account.limit-holds' },
    MIGRATED,
  ),
} as const satisfies AttributionTable;

const OUT_OF_MEMORY = outcome({
  result: 'failure.oom',
  value: 'failure.oom',
  faults: 'failure.oom',
  frees: 'failure.oom-keeps',
  entry: 'failure.oom-keeps',
  sharers: 'failure.oom-keeps',
  references: 'failure.oom-keeps',
  mappings: 'failure.oom-keeps',
  covers: ['failure.oom'],
});

/** Faults in which the page cannot migrate to system memory. */
export const FAILED_FAULT = {
  /** The driver fails, and the entry becomes poison. */
  poisoned: outcome({
    result: 'failure.sigbus',
    value: 'failure.sigbus',
    faults: 'fault.calls-once',
    frees: 'failure.poison-releases',
    entry: 'failure.poison',
    sharers: 'failure.sharers-keep',
    references: 'failure.poison-releases',
    mappings: 'failure.poison-releases',
    covers: ['failure.sigbus', 'failure.poison', 'failure.poison-releases'],
  }),
  /** The driver fails, and the page stays on the device. */
  kept: outcome({
    result: 'failure.sigbus',
    value: 'failure.sigbus',
    faults: 'fault.calls-once',
    frees: 'failure.nothing-lost',
    entry: 'failure.nothing-lost',
    sharers: 'failure.nothing-lost',
    references: 'failure.nothing-lost',
    mappings: 'failure.nothing-lost',
    covers: ['failure.sigbus', 'failure.nothing-lost'],
  }),
  /** The driver has no memory, and the page stays on the device. */
  outOfMemory: outcome({ covers: ['failure.oom-keeps'] }, OUT_OF_MEMORY),
  /** The driver had no memory at first, and was called again. */
  retried: OUT_OF_MEMORY,
} as const satisfies AttributionTable;

export type FailedFault = Readonly<Record<keyof typeof FAILED_FAULT, Outcome>>;

/** The failed faults of a command that has its own rule, `requirement`, for the result. */
export const failedFaultWith = (requirement: RequirementId): FailedFault => ({
  poisoned: outcome({ result: requirement, covers: [requirement] }, FAILED_FAULT.poisoned),
  kept: outcome({ result: requirement, covers: [requirement] }, FAILED_FAULT.kept),
  outOfMemory: outcome({ result: requirement, covers: [requirement] }, FAILED_FAULT.outOfMemory),
  retried: outcome({ result: requirement }, FAILED_FAULT.retried),
});

/** The requirement for a wrong value after a fault, which depends on the history of the object. */
const MIGRATED_VALUES = {
  unpopulated: 'migrate.unpopulated-is-zero',
  shared: 'fork.isolation',
  plain: 'fault.last-value',
} as const;

/**
 * An access that migrates a page to system memory, by the first call of page_fault. `FAULT.migratedBack` has its coverage.
 *
 * @param extras whether further pages may have migrated: then they may be the reason why the access failed
 * @param direct whether the driver was not called at all
 */
export function migratedByFault(
  past: keyof typeof MIGRATED_VALUES,
  extras: boolean,
  direct: boolean,
): Outcome {
  const variants = MIGRATED_BY_FAULT[past];
  if (extras) return direct ? variants.directWithExtras : variants.withExtras;
  return direct ? variants.direct : variants.alone;
}

const migrated = (past: keyof typeof MIGRATED_VALUES, extras: boolean, direct: boolean): Outcome =>
  outcome(
    {
      value: MIGRATED_VALUES[past],
      ...(past === 'shared' ? { charge: 'fork.isolation' } : {}),
      ...(extras ? { result: 'fault.extras-optional' } : {}),
      ...(direct ? { faults: 'fault.never-direct' } : {}),
    },
    MIGRATED,
  );

const variantsOf = (past: keyof typeof MIGRATED_VALUES) => ({
  alone: migrated(past, false, false),
  direct: migrated(past, false, true),
  withExtras: migrated(past, true, false),
  directWithExtras: migrated(past, true, true),
});

const MIGRATED_BY_FAULT = {
  unpopulated: variantsOf('unpopulated'),
  shared: variantsOf('shared'),
  plain: variantsOf('plain'),
};
