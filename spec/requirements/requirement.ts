import type { ProfileName } from '../profiles/profile.ts';
import type { Capability } from '../vocabulary/capability.ts';

/** MUST fails a run when broken; SHOULD warns, and fails it under `--strict`; MAY only tells what is allowed. */
type Level = 'MUST' | 'SHOULD' | 'MAY';

/** One rule that an implementation can be seen to keep or to break. */
export interface Requirement {
  /** `chapter.slug`: never renumbered, never used again for another rule. */
  readonly id: string;
  readonly level: Level;
  /** The rule in one line. */
  readonly title: string;
  /** The rule in full, in our own words. */
  readonly text: string;
  /** Where the rule comes from; commit 5042db43cc26 is the origin of private memory. */
  readonly source: string;
  /** The profiles in which it holds; undefined for all. */
  readonly profiles?: readonly ProfileName[];
  /** What a target must be able to do and to show, so that the rule can be judged at all. */
  readonly needs: readonly Capability[];
}

export interface Chapter<R extends Requirement = Requirement> {
  readonly name: string;
  readonly title: string;
  readonly requirements: readonly R[];
}
