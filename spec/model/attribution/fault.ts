import type { RequirementId } from '../../requirements/catalogue.ts';
import { type Attribution, attribution, type AttributionTable } from './attribution.ts';

const MIGRATED = attribution({
  result: 'fault.migrates-back',
  value: 'fault.last-value',
  faults: 'fault.calls-once',
  frees: 'count.free-once',
  entry: 'fault.never-direct',
  sharers: 'fault.moves-all',
  folio: 'folio.fault-ends',
});
const TRAPPED = attribution(
  { result: 'watch.traps-store', value: 'watch.traps-store', charge: 'watch.traps-store' },
  MIGRATED,
);

/** Accesses that fail after a page has migrated to system memory. */
export const FAULT = {
  /** A store to a page that is watched for stores. */
  trapped: TRAPPED,
  /** The same where the page was modified since the watch began. */
  trappedAfterChange: attribution({ result: 'watch.survives', value: 'watch.survives' }, TRAPPED),
  atLimit: attribution(
    { result: 'account.limit-holds', value: 'account.limit-holds', charge: 'account.limit-holds' },
    MIGRATED,
  ),
} as const satisfies AttributionTable;

/** Faults in which the page cannot migrate to system memory. */
export const FAILED_FAULT = {
  /** The driver fails, and the entry becomes poison. */
  poisoned: attribution({
    result: 'failure.sigbus',
    value: 'failure.sigbus',
    faults: 'fault.calls-once',
    frees: 'failure.poison-releases',
    entry: 'failure.poison',
    sharers: 'failure.sharers-keep',
    references: 'failure.poison-releases',
    mappings: 'failure.poison-releases',
  }),
  /** The driver fails, and the page stays on the device. */
  kept: attribution({
    result: 'failure.sigbus',
    value: 'failure.sigbus',
    faults: 'fault.calls-once',
    frees: 'failure.nothing-lost',
    entry: 'failure.nothing-lost',
    sharers: 'failure.nothing-lost',
    references: 'failure.nothing-lost',
    mappings: 'failure.nothing-lost',
  }),
  outOfMemory: attribution({
    result: 'failure.oom',
    value: 'failure.oom',
    faults: 'failure.oom',
    frees: 'failure.oom-keeps',
    entry: 'failure.oom-keeps',
    sharers: 'failure.oom-keeps',
    references: 'failure.oom-keeps',
    mappings: 'failure.oom-keeps',
  }),
} as const satisfies AttributionTable;

export type FailedFault = Readonly<Record<keyof typeof FAILED_FAULT, Attribution>>;

/** The failed faults of a command that has its own rule, `requirement`, for the result. */
export const failedFaultWith = (requirement: RequirementId): FailedFault => ({
  poisoned: attribution({ result: requirement }, FAILED_FAULT.poisoned),
  kept: attribution({ result: requirement }, FAILED_FAULT.kept),
  outOfMemory: attribution({ result: requirement }, FAILED_FAULT.outOfMemory),
});

/** The requirement for a wrong value after a fault, which depends on the history of the object. */
const MIGRATED_VALUES = {
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
  past: keyof typeof MIGRATED_VALUES,
  extras: boolean,
  direct: boolean,
): Attribution {
  const variants = MIGRATED_ATTRIBUTIONS[past];
  if (extras) return direct ? variants.directWithExtras : variants.withExtras;
  return direct ? variants.direct : variants.alone;
}

const migrated = (past: keyof typeof MIGRATED_VALUES, extras: boolean, direct: boolean): Attribution => ({
  ...MIGRATED,
  value: MIGRATED_VALUES[past],
  ...(past === 'shared' ? { charge: 'fork.isolation' } : {}),
  ...(extras ? { result: 'fault.extras-optional' } : {}),
  ...(direct ? { faults: 'fault.never-direct' } : {}),
});

const variantsOf = (past: keyof typeof MIGRATED_VALUES) => ({
  alone: migrated(past, false, false),
  direct: migrated(past, false, true),
  withExtras: migrated(past, true, false),
  directWithExtras: migrated(past, true, true),
});

const MIGRATED_ATTRIBUTIONS = {
  unpopulated: variantsOf('unpopulated'),
  shared: variantsOf('shared'),
  plain: variantsOf('plain'),
};
