import type { RequirementId } from '../requirements/catalogue.ts';
import type { ErrorName } from '../vocabulary/result.ts';
import { ACCESS, accessRefused } from './attribution/access.ts';
import type { Outcome } from './attribution/attribution.ts';
import { FAILED_FAULT, type FailedFault, failedFaultWith } from './attribution/fault.ts';

/** A kind of memory access: the results when it fails, and the rules that require them. */
export interface AccessKind {
  readonly unmapped: 'SIGSEGV' | ErrorName;
  readonly denied: 'SIGSEGV' | ErrorName;
  readonly lost: 'SIGBUS' | 'ok' | ErrorName;
  readonly memory: 'oom' | 'ok' | ErrorName;
  /** An access to an unmapped page; and an access without permission, if the command has its own rule for that. */
  readonly gone: Outcome;
  readonly refused: Outcome | undefined;
  /** An access to a page that cannot migrate to system memory. */
  readonly failed: FailedFault;
}

/** A load or store by the process itself. */
export const BY_CPU: AccessKind = {
  unmapped: 'SIGSEGV',
  denied: 'SIGSEGV',
  lost: 'SIGBUS',
  memory: 'oom',
  gone: ACCESS.unmapped,
  refused: undefined,
  failed: FAILED_FAULT,
};

/** An access that fails with errors and has its own rules for them. */
const withErrors = (refused: RequirementId, failure: RequirementId): AccessKind => ({
  unmapped: 'EFAULT',
  denied: 'EFAULT',
  lost: 'EFAULT',
  memory: 'ENOMEM',
  gone: ACCESS.unmapped,
  refused: accessRefused(refused),
  failed: failedFaultWith(failure),
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
  gone: accessRefused('populate.failure'),
};

/** An access by a protect of a locked page. The protect returns ok even if this access fails. */
export const BY_PROTECT: AccessKind = { ...BY_POPULATE, lost: 'ok', memory: 'ok', failed: FAILED_FAULT };

/** An access by make-exclusive. */
export const BY_EXCLUSIVE: AccessKind = withErrors('exclusive.permission', 'exclusive.returns-first');
