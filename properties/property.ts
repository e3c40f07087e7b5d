import type { ProfileName } from '../spec/profiles/profile.ts';
import type { RequirementId } from '../spec/requirements/catalogue.ts';
import type { Capability } from '../spec/vocabulary/capability.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';

/** The result of a property for one trace. */
export interface Examination {
  /** The number of times that its antecedent was met: a property that was never covered has not passed. */
  readonly covered: number;
  /** The first step at which it does not hold. */
  readonly broken: { readonly step: number; readonly message: string } | undefined;
}

/**
 * An oracle without a model: a statement that must hold of every trace. It knows the vocabulary and never the reference
 * model, so a disagreement of the two about a trace means that one of them is wrong, and the suite reports it.
 */
export interface Property {
  /** Short and unique, `chapter/words-of-it`. */
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly RequirementId[];
  /** The profiles in which it holds; undefined for all. */
  readonly profiles?: readonly ProfileName[];
  /** The capabilities that a target must have for it. */
  readonly needs: readonly Capability[];
  /**
   * One pass over a trace: counts how often the antecedent was met, and finds the first step that breaks the property.
   */
  examine(trace: Trace): Examination;
}
