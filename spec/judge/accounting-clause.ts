import { COPIED_WHILE_PINNED } from '../model/state.ts';
import type { Step } from '../model/step.ts';
import type { RequirementId } from '../requirements/catalogue.ts';
import type { Snapshot } from '../vocabulary/snapshot.ts';
import type { Breach } from './clause.ts';

/** Resident pages of each process, and the total number of charged pages. */
export function checkAccounting(step: Step, snapshot: Snapshot): Breach | undefined {
  const { state } = step;
  const { rss, charged } = snapshot;
  if (rss !== undefined) {
    const { processes } = state.scope;
    for (let process = 0; process < processes; process++) {
      const resident = state.residentOf(process);
      if (rss[process] !== resident) {
        return {
          clause: 'accounting',
          requirement: 'account.rss',
          expected: `process ${process}: ${resident} resident`,
          observed: `process ${process}: ${rss[process]} resident`,
        };
      }
    }
  }
  if (charged !== undefined) {
    const objects = state.objectCount;
    if (charged !== objects) {
      return {
        clause: 'accounting',
        requirement: chargeRule(step, charged < objects),
        expected: `${objects} charged`,
        observed: `${charged} charged`,
      };
    }
  }
  return undefined;
}

/**
 * One charged page too few means that a pinned page was not copied where it should have been: one page exists instead
 * of two.
 */
function chargeRule({ attribution, state }: Step, isTooLittle: boolean): RequirementId {
  if (attribution.charge !== 'account.charge' || !isTooLittle) return attribution.charge;
  const isCopied = state.history.some(
    (history, object) => state.exists(object) && (history & COPIED_WHILE_PINNED) !== 0,
  );
  return isCopied ? 'fork.pin-stays' : attribution.charge;
}
