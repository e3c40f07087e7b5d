import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { isVector } from '../../spec/vocabulary/result.ts';

/** What the cases of a run add up to. */
export class CaseCounts {
  cases = 0;
  commands = 0;
  /** Commands that were sent, as against refused by the harness or not offered. */
  sent = 0;
  /** Pages of migrations that moved, and all that were asked to. */
  moved = 0;
  asked = 0;

  addCase({ commands }: Case): void {
    this.cases++;
    this.commands += commands.length;
  }

  addTrace({ observations }: Trace): void {
    for (const observation of observations) {
      if (observation === undefined) continue;
      this.sent++;
      if (!isVector(observation.result)) continue;
      for (const page of observation.result) {
        this.asked++;
        if (page === 'moved') this.moved++;
      }
    }
  }
}
