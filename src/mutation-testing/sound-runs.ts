import { isDeepStrictEqual } from 'node:util';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Run } from '../targets/target.ts';

/**
 * The random cases of a seed, executed on the embedded kernel without a bug. They are kept, because many planted bugs are
 * searched for with the same cases. A planted bug that makes no difference to a case is not judged on it: the verdict would
 * be that of the kernel without a bug.
 */
export class SoundRuns {
  readonly profile: ProfileName;
  readonly #seed: number;
  readonly #source: CaseSource;
  readonly #target: EmbeddedTarget;
  readonly #traces: Trace[] = [];

  /** @param shows the capabilities of the target; if omitted, the usual ones */
  constructor(profile: ProfileName, seed: number, shows?: readonly Capability[]) {
    this.profile = profile;
    this.#seed = seed;
    this.#target = new EmbeddedTarget(shows === undefined ? {} : { shows });
    this.#source = new CaseSource({ profile, capabilities: this.#target.hello.capabilities });
  }

  /** The i-th case of the seed, with the observations of the kernel without a bug. */
  at(index: number): Trace {
    return (this.#traces[index] ??= this.#target.runNow(this.#source.draw(caseRandom(this.#seed, index))));
  }
}

/** Whether a run shows the same as the kernel without a bug. */
export const isSound = (run: Run, sound: Trace): boolean =>
  run.kind === 'trace' && isDeepStrictEqual(run.trace.observations, sound.observations);
