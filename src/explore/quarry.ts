import { fingerprintOf, isOfShould, type Verdict } from '../../spec/judge/verdict.ts';
import type { Op } from '../../spec/vocabulary/command.ts';
import type { FailureKind } from '../targets/target.ts';

/**
 * The way of failing that a search is after. A crash or a hang is named after no command and no clause, for where it
 * happens may not be known: it is looked for at the end of any command.
 */
export class Quarry {
  readonly #fingerprint: string;
  readonly #requirement: string;
  readonly #op: string | undefined;

  /** @param fingerprint as `fingerprintOf` names it, or a requirement alone */
  constructor(fingerprint: string) {
    this.#fingerprint = fingerprint;
    const [requirement = '', op] = fingerprint.split(' ');
    this.#requirement = requirement;
    this.#op = op;
  }

  /** Whether only a strict judge sees it. */
  get isOfShould(): boolean {
    return isOfShould(this.#fingerprint);
  }

  /** Whether a case that fails so may end in such a command. */
  mayEndIn(op: Op): boolean {
    return this.isFall || this.#op === undefined || this.#op === op;
  }

  isVerdict(verdict: Verdict): boolean {
    return verdict.kind === 'violates' && fingerprintOf(verdict.violation) === this.#fingerprint;
  }

  isFailure(kind: FailureKind): boolean {
    return (kind === 'crash' || kind === 'hang') && this.#requirement === NAMES[kind];
  }

  /**
   * Whether it is a crash or a hang. Then there is no trace, and nobody sees what the target did wrong before it fell: a
   * case is gone on with whatever it has shown.
   */
  get isFall(): boolean {
    return this.isFailure('crash') || this.isFailure('hang');
  }
}

const NAMES = { crash: 'robust.survives', hang: 'robust.answers' } as const;
