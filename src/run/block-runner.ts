import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Examiner } from '../examine/examiner.ts';
import type { Target } from '../targets/target.ts';
import { type ProfileCasesOptions, ProfileCases, SINGLE_SHARD } from './profile-cases.ts';
import { examinerFor, LocalStretches } from './local-stretches.ts';
import type { Stretch } from './stretch.ts';

interface Prepared {
  readonly cases: ProfileCases;
  readonly examiner: Examiner;
}

/** Runs blocks of cases on one instance of a target, for a run in another thread or on another machine. */
export class BlockRunner {
  readonly #target: Target;
  readonly #options: ProfileCasesOptions;
  readonly #profiles = new Map<ProfileName, Prepared>();

  constructor(target: Target, options: ProfileCasesOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** The results of the cases from one place to another, which is not included. */
  async run(
    profile: ProfileName,
    from: number,
    to: number,
    { signal, onStretch }: { readonly signal?: AbortSignal; readonly onStretch?: () => Promise<void> } = {},
  ): Promise<readonly Stretch[]> {
    const { cases, examiner } = this.#prepared(profile);
    const isWanted = (place: number): boolean => place < to && signal?.aborted !== true;
    const request = { profile, cases, shard: SINGLE_SHARD, from, isWanted, signal };
    const local = new LocalStretches([this.#target], request, examiner);
    const stretches: Stretch[] = [];
    for (let next = await local.next(); next !== undefined; next = await local.next()) {
      const { notable, ...stretch } = next;
      // The instance stays here.
      stretches.push(
        notable === undefined ? stretch : { ...stretch, notable: { ...notable, target: undefined } },
      );
      await onStretch?.();
    }
    return stretches;
  }

  #prepared(profile: ProfileName): Prepared {
    const known = this.#profiles.get(profile);
    if (known !== undefined) return known;
    const prepared = {
      cases: new ProfileCases(profile, this.#target.hello.capabilities, this.#options),
      examiner: examinerFor(this.#target, profile),
    };
    this.#profiles.set(profile, prepared);
    return prepared;
  }
}
