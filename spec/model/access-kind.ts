import { type RequirementId, ruleIndex } from '../requirements/catalogue.ts';
import type { ErrorName } from '../vocabulary/result.ts';
import { ACCESS, accessRefused } from './attribution/access.ts';
import type { Attribution } from './attribution/attribution.ts';
import { FAILED_FAULT, type FailedFault, failedFaultWith } from './attribution/fault.ts';

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
  readonly failed: FailedFault;
}

interface Refusal {
  readonly rule: number;
  readonly attribution: Attribution;
}

const GONE: Refusal = { rule: ruleIndex('unmap.access-faults'), attribution: ACCESS.unmapped };

/** A load or store by the process itself. */
export const BY_CPU: AccessKind = {
  unmapped: 'SIGSEGV',
  denied: 'SIGSEGV',
  lost: 'SIGBUS',
  memory: 'oom',
  gone: GONE,
  refused: undefined,
  failure: undefined,
  failed: FAILED_FAULT,
};

const refusedBy = (requirement: RequirementId): Refusal => ({
  rule: ruleIndex(requirement),
  attribution: accessRefused(requirement),
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
  gone: refusedBy('populate.failure'),
};

/** An access by a protect of a locked page. The protect returns ok even if this access fails. */
export const BY_PROTECT: AccessKind = { ...BY_POPULATE, lost: 'ok', memory: 'ok', failure: undefined };

/** An access by make-exclusive. */
export const BY_EXCLUSIVE: AccessKind = withErrors('exclusive.permission', 'exclusive.returns-first');
