import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { isBoth, isVector, type PageOutcome } from '../../spec/vocabulary/result.ts';

/** Totals over the cases of a profile. */
export class CaseCounts {
  cases = 0;
  commands = 0;
  /** Number of commands sent; the others were not admitted or not declared. */
  sent = 0;
  /** Number of pages that migrations moved, and number of pages that they were asked to move. */
  moved = 0;
  asked = 0;

  #addPages(outcomes: readonly PageOutcome[]): void {
    this.asked += outcomes.length;
    for (const outcome of outcomes) if (outcome === 'moved') this.moved++;
  }

  addCase({ commands }: Case): void {
    this.cases++;
    this.commands += commands.length;
  }

  addTrace({ observations }: Trace): void {
    for (const observation of observations) {
      if (observation === undefined) continue;
      this.sent++;
      const { result } = observation;
      if (isVector(result)) this.#addPages(result);
      else if (isBoth(result)) {
        for (const side of [result.left, result.right]) if (isVector(side)) this.#addPages(side);
      }
    }
  }
}
