import { findRequirement } from '../../spec/requirements/catalogue.ts';
import { accountMutants } from './account.ts';
import { adviseMutants } from './advise.ts';
import { countMutants } from './count.ts';
import { deviceMutants } from './device.ts';
import { devicesMutants } from './devices.ts';
import { exclusiveMutants } from './exclusive.ts';
import { failureMutants } from './failure.ts';
import { faultMutants } from './fault.ts';
import { folioMutants } from './folios.ts';
import { forkMutants } from './fork.ts';
import { kernelMutants } from './kernel.ts';
import { migrateMutants } from './migrate.ts';
import { moveMutants } from './move.ts';
import { pinMutants } from './pin.ts';
import { populateMutants } from './populate.ts';
import { protectMutants } from './protect.ts';
import { queryMutants } from './query.ts';
import { raceMutants } from './race.ts';
import { removalMutants } from './removal.ts';
import { robustMutants } from './robust.ts';
import { trackMutants } from './track.ts';
import { typesMutants } from './types.ts';
import { unmapMutants } from './unmap.ts';
import { watchMutants } from './watch.ts';
import type { Mutant } from './planted-bug.ts';

const PLANTED: readonly Mutant[] = [
  ...countMutants,
  ...faultMutants,
  ...watchMutants,
  ...failureMutants,
  ...forkMutants,
  ...populateMutants,
  ...protectMutants,
  ...unmapMutants,
  ...migrateMutants,
  ...deviceMutants,
  ...removalMutants,
  ...pinMutants,
  ...typesMutants,
  ...kernelMutants,
  ...moveMutants,
  ...adviseMutants,
  ...devicesMutants,
  ...exclusiveMutants,
  ...trackMutants,
  ...queryMutants,
  ...accountMutants,
  ...robustMutants,
  ...raceMutants,
  ...folioMutants,
];

const chapterOf = ({ requirement: primary }: Mutant): string => primary.slice(0, primary.indexOf('.'));

/** Every planted bug, by the chapter of its requirement. Those about large folios violate requirements of many chapters. */
export const MUTANTS: readonly Mutant[] = [...new Set(PLANTED.map(chapterOf))].flatMap((chapter) =>
  PLANTED.filter((mutant) => chapterOf(mutant) === chapter),
);

const byId = new Map<string, Mutant>(MUTANTS.map((mutant) => [mutant.id, mutant]));

/** Whether a mutant violates only a SHOULD: a run counts this, and fails only under `--strict`. */
export const isMild = ({ requirement: primary }: Mutant): boolean =>
  findRequirement(primary)?.level === 'SHOULD';

/** The mutant with this id, or undefined. */
export const mutantById = (id: string): Mutant | undefined => byId.get(id);
