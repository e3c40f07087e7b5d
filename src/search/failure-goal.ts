import { fingerprintOf, isOfShould, type Verdict } from '../../spec/judge/verdict.ts';
import type { Op } from '../../spec/vocabulary/command.ts';
import type { FailureKind } from '../targets/target.ts';

/**
 * Failure goal of a search. A crash or a hang has no command and no clause, because the failing step may be unknown; it
 * is accepted at the end of any command.
 */
export class FailureGoal {
  readonly #fingerprint: string;
  readonly #requirement: string;
  readonly #op: string | undefined;

  /** @param fingerprint as `fingerprintOf` returns it, or a requirement alone */
  constructor(fingerprint: string) {
    this.#fingerprint = fingerprint;
    const [requirement = '', op] = fingerprint.split(' ');
    this.#requirement = requirement;
    this.#op = op;
  }

  /** Whether the failure is a SHOULD that is not followed, which only a strict judge reports. */
  get isOfShould(): boolean {
    return isOfShould(this.#fingerprint);
  }

  /** Whether the failure can occur at this command. */
  mayEndIn(op: Op): boolean {
    return this.isFall || this.#op === undefined || this.#op === op;
  }

  isVerdict(verdict: Verdict): boolean {
    return verdict.kind === 'violates' && fingerprintOf(verdict.violation) === this.#fingerprint;
  }

  isFailure(kind: FailureKind): boolean {
    return (kind === 'crash' || kind === 'hang') && this.#requirement === NAMES[kind];
  }

  /** Whether it is a crash or a hang. Then there is no trace to judge, and a path is extended whatever it has shown. */
  get isFall(): boolean {
    return this.isFailure('crash') || this.isFailure('hang');
  }
}

const NAMES = { crash: 'robust.no-crash', hang: 'robust.terminates' } as const;
