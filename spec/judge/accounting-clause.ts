import { NO_OBJECT, type State } from '../model/state.ts';
import type { Step } from '../model/step.ts';
import type { Snapshot } from '../vocabulary/snapshot.ts';
import type { Breach } from './clause.ts';

/** Resident pages by process, and charged pages in all. */
export function checkAccounting(step: Step, snapshot: Snapshot): Breach | undefined {
  const { state } = step;
  const { rss, charged } = snapshot;
  if (rss !== undefined) {
    const { processes, pages } = state.scope;
    for (let process = 0; process < processes; process++) {
      let resident = 0;
      for (let page = 0; page < pages; page++) {
        if ((state.entry[process * pages + page] ?? NO_OBJECT) > NO_OBJECT) resident++;
      }
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
    const objects = countObjects(state);
    if (charged !== objects) {
      return {
        clause: 'accounting',
        requirement: 'account.charge',
        expected: `${objects} charged`,
        observed: `${charged} charged`,
      };
    }
  }
  return undefined;
}

function countObjects(state: State): number {
  let count = 0;
  for (let object = 1; object < state.objectEnd; object++) if (state.exists(object)) count++;
  return count;
}
