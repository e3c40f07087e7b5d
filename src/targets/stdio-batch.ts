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

/** Counts the progress lines of the current case: one per finished command. */
export class StepProgress {
  readonly #id: number;
  readonly #steps: number;
  #finished = 0;

  /** @param steps the number of commands sent */
  constructor(id: number, steps: number) {
    this.#id = id;
    this.#steps = steps;
  }

  /** The number of finished commands. */
  get finished(): number {
    return this.#finished;
  }

  /** True if the line reports the next command. Any other line must be the response. */
  readonly take = (line: string): boolean => {
    if (this.#finished === this.#steps || !line.includes('"progress"') || !this.#isNext(line)) return false;
    this.#finished++;
    return true;
  };

  #isNext(line: string): boolean {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return false;
    }
    return (
      typeof value === 'object' &&
      value !== null &&
      'type' in value &&
      value.type === 'progress' &&
      'id' in value &&
      value.id === this.#id &&
      'step' in value &&
      value.step === this.#finished
    );
  }
}
