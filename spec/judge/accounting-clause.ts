import type { Step } from '../model/step.ts';
import type { Snapshot } from '../vocabulary/snapshot.ts';
import type { Breach } from './clause.ts';

/** Resident pages by process, and charged pages in all. */
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
        requirement: step.blame.charge,
        expected: `${objects} charged`,
        observed: `${charged} charged`,
      };
    }
  }
  return undefined;
}
