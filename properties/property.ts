import type { ProfileName } from '../spec/profiles/profile.ts';
import type { RequirementId } from '../spec/requirements/catalogue.ts';
import type { Capability } from '../spec/vocabulary/capability.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';

/** What a property saw in one trace. */
export interface Examination {
  /** How often its antecedent was met: a property that was never exercised has not held. */
  readonly covered: number;
  /** The first step at which it does not hold. */
  readonly broken: { readonly step: number; readonly message: string } | undefined;
}

/**
 * An oracle without a model: something that must hold of every trace. It knows the vocabulary and never the reference
 * model, so that where the two disagree about a trace, one of them is wrong and the suite says so.
 */
export interface Property {
  /** Short and unique, `chapter/words-of-it`. */
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly RequirementId[];
  /** The profiles in which it holds; undefined for all. */
  readonly profiles?: readonly ProfileName[];
  /** What a target must show for it. */
  readonly needs: readonly Capability[];
  /** One pass over a trace: how often the antecedent was met, and whether the property held. */
  examine(trace: Trace): Examination;
}
