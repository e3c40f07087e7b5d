import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';

/** The commands of a case that are sent, each with its index in the case. */
export interface Batch {
  readonly commands: readonly Command[];
  readonly steps: readonly number[];
}

/** Omits commands that the case does not admit and commands without the declared capability. */
export function batchOf({ scope, profile, commands }: Case, capabilities: ReadonlySet<Capability>): Batch {
  const admission = new Admission(scope, profile, capabilities);
  const sent: Command[] = [];
  const steps: number[] = [];
  for (const [step, command] of commands.entries()) {
    if (admission.admit(command) !== undefined) continue;
    sent.push(command);
    steps.push(step);
  }
  return { commands: sent, steps };
}

/** Assigns the observations of sent commands to their indices in the case. */
export function spread(
  observations: readonly Observation[],
  { steps }: Batch,
  length: number,
): readonly (Observation | undefined)[] {
  const places: (Observation | undefined)[] = [];
  let next = 0;
  for (let step = 0; step < length; step++) {
    places.push(steps[next] === step ? observations[next++] : undefined);
  }
  return places;
}
