import type { Capability } from './capability.ts';
import type { Case } from './case.ts';
import type { Observation } from './observation.ts';

/** A case with the observation of each of its steps. */
export interface Trace {
  readonly case: Case;
  /** The declared capabilities of the target: state that it did not declare to show is absent from the observations. */
  readonly capabilities: ReadonlySet<Capability>;
  /** One for each command; undefined if the harness refused the command and did not send it. */
  readonly observations: readonly (Observation | undefined)[];
}
