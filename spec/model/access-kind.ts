import { type RequirementId, ruleIndex } from '../requirements/catalogue.ts';
import type { ErrorName } from '../vocabulary/result.ts';
import { type Attribution, attribution } from './attribution.ts';
import { FAILED_LINUX, FAILED_ORIGIN, OUT_OF_MEMORY, REFUSED_UNMAPPED } from './access-attributions.ts';

/** A way to touch memory: how it is answered where it cannot be, and by which rules. */
export interface AccessKind {
  readonly unmapped: 'SIGSEGV' | ErrorName;
  readonly denied: 'SIGSEGV' | ErrorName;
  readonly lost: 'SIGBUS' | 'ok' | ErrorName;
  readonly memory: 'oom' | 'ok' | ErrorName;
  /** By which rule it is refused where nothing is mapped; and where it is not permitted, if that has a rule of its own. */
  readonly gone: Refusal;
  readonly refused: Refusal | undefined;
  /** The rule for a page that cannot come back, if it has one of its own; and what its failures mean. */
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

/** A load or a store of the process itself. */
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

/** A touch that fails with errors, and has rules of its own for that. */
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

/** By a pin for writing; and by one for reading. */
export const BY_PIN: AccessKind = withErrors('pin.permission', 'pin.failure');

export const BY_READ_PIN: AccessKind = withErrors('pin.read-permission', 'pin.failure');

/** By the kernel, at a user address. */
export const BY_KERNEL: AccessKind = withErrors('kernel.access-errors', 'kernel.access-errors');

/** By a populate or a lock. */
export const BY_POPULATE: AccessKind = {
  ...withErrors('populate.failure', 'populate.failure'),
  unmapped: 'ENOMEM',
  gone: refusedBy('populate.failure'),
};

/** By a protect of what is locked, which answers ok whatever comes of that. */
export const BY_PROTECT: AccessKind = { ...BY_POPULATE, lost: 'ok', memory: 'ok', failure: undefined };

/** For a device that wants the page to itself. */
export const BY_EXCLUSIVE: AccessKind = withErrors('exclusive.permission', 'exclusive.returns-first');
