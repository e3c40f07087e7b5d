import { stateKey } from '../../../spec/model/canonical.ts';
import { State } from '../../../spec/model/state.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command, Op } from '../../../spec/vocabulary/command.ts';
import { type Ending, endingAt } from './ending.ts';
import { LikelyStep, NO_RULES, type RuleSet, sizeOf } from './likely-step.ts';
import type { Failure } from '../pass.ts';

/** A path to a command, with its ending. */
export interface Way {
  readonly commands: readonly Command[];
  readonly ending: Ending;
}

export interface PathsOptions {
  /** The last command of all paths. */
  readonly op: Op;
  /** The commands that a path may use. */
  readonly commands: readonly Command[];
  readonly failure: Failure | undefined;
  readonly longest: number;
  /** Maximum number of steps of the model. */
  readonly most: number;
  /** The requirements that a path may cover, and the maximum number of others. */
  readonly within: RuleSet;
  readonly beyond: number;
}

/** A state of the model and the first path found to it. */
interface Reached {
  readonly cells: State['cells'];
  readonly path: readonly Command[];
  readonly coveredBefore: RuleSet;
}

/**
 * Paths in the model to a command of one name, shortest first. Two paths to one state count as equal only if they
 * covered the same requirements, because an implementation may remember which it was.
 */
export function* pathsTo(world: Pick<Case, 'profile' | 'scope'>, options: PathsOptions): Generator<Way> {
  const { beyond, commands, failure, longest, most, op, within } = options;
  const { scope } = world;
  const likely = new LikelyStep(world);
  const lasts = commands.filter((command) => command.op === op);
  const state = new State(scope);
  const seen = new Set<string>();
  let level: readonly Reached[] = [{ cells: state.cells.slice(), path: [], coveredBefore: NO_RULES }];
  let steps = 0;
  for (let length = 1; length <= longest && level.length > 0; length++) {
    const next: Reached[] = [];
    for (const { cells, path, coveredBefore } of level) {
      state.cells.set(cells);
      const admission = new Admission(scope, world.profile);
      for (const command of path) admission.admit(command);
      const fresh = 1 + path.filter((command) => 'value' in command).length;
      for (const plain of length === longest ? lasts : commands) {
        if (++steps > most) return;
        if (admission.refusal(plain) !== undefined) continue;
        const command = 'value' in plain ? { ...plain, value: fresh } : plain;
        if (command.op === op) {
          yield {
            commands: [...path, command],
            ending: endingAt(likely, state, command, coveredBefore, failure),
          };
        }
        if (length === longest) continue;
        const after = likely.take(state, command);
        const farther = coveredBefore | likely.rules;
        if (sizeOf(farther & ~within) > beyond) continue;
        const key = `${stateKey(after, true)} ${farther.toString(36)}`;
        if (seen.has(key)) continue;
        seen.add(key);
        next.push({ cells: after.cells.slice(), path: [...path, command], coveredBefore: farther });
      }
    }
    level = next;
  }
}
