import type { Case } from '../../spec/vocabulary/case.ts';
import type { CaseNumber } from './case-number.ts';
import { type Examined, fingerprintOfExamined } from './examiner.ts';

/**
 * A case that fails: one of the run, or one that was met while the failure of one was reduced. Then its number is that
 * of the case that was reduced.
 */
export interface FailingCase extends CaseNumber {
  readonly case: Case;
  readonly examined: Examined;
  readonly isByTheWay: boolean;
}

/** As many as are worth it: most of them are other faces of the bug that was reduced. */
const MOST = 6;

/** Failures met on the way, each once by its fingerprint, until somebody has time for them. */
export class OtherFailures {
  readonly #met = new Map<string, FailingCase>();

  /** Of two cases that fail in one way, the shorter is kept. */
  add(failure: FailingCase): void {
    const fingerprint = fingerprintOfExamined(failure.examined);
    if (fingerprint === undefined) return;
    const known = this.#met.get(fingerprint);
    if (known === undefined ? this.#met.size < MOST : isShorter(failure.case, known.case)) {
      this.#met.set(fingerprint, failure);
    }
  }

  /** Takes out the next one that is not known by now. */
  next(known: { has(fingerprint: string): boolean }): FailingCase | undefined {
    for (const [fingerprint, failure] of this.#met) {
      this.#met.delete(fingerprint);
      if (!known.has(fingerprint)) return failure;
    }
    return undefined;
  }
}

const isShorter = (one: Case, other: Case): boolean => one.commands.length < other.commands.length;
