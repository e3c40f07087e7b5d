import type { Case } from '../../spec/vocabulary/case.ts';
import type { CaseNumber } from '../shrink/case-number.ts';
import { type Examined, fingerprintOfExamined } from '../judge/examiner.ts';

/**
 * A failing case of the run, or a failing candidate of a shrink session; the latter has the number of the case that was
 * shrunk.
 */
export interface FailingCase extends CaseNumber {
  readonly case: Case;
  readonly examined: Examined;
  readonly isIncidental: boolean;
}

/** Maximum number kept; most of them are caused by the same bug. */
const MAX = 6;

/** Failures with other fingerprints that occur during shrinking, one per fingerprint, to be processed later. */
export class OtherFailures {
  readonly #met = new Map<string, FailingCase>();

  /** Keeps the shorter of two cases with the same fingerprint. */
  add(failure: FailingCase): void {
    const fingerprint = fingerprintOfExamined(failure.examined);
    if (fingerprint === undefined) return;
    const known = this.#met.get(fingerprint);
    if (known === undefined ? this.#met.size < MAX : isShorter(failure.case, known.case)) {
      this.#met.set(fingerprint, failure);
    }
  }

  /** Removes and returns the next failure that is not known yet. */
  next(known: { has(fingerprint: string): boolean }): FailingCase | undefined {
    for (const [fingerprint, failure] of this.#met) {
      this.#met.delete(fingerprint);
      if (!known.has(fingerprint)) return failure;
    }
    return undefined;
  }
}

const isShorter = (one: Case, other: Case): boolean => one.commands.length < other.commands.length;
