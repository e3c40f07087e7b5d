import type { Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import type { Rate } from '../judge/repetition.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { AllowedStep } from './allowed-outcomes.ts';
import type { WrongContent } from './probe-content.ts';
import type { ArgumentsThatMatter } from './which-arguments.ts';

/** When a violation comes to light under one way of looking. */
export type ShownBy =
  | { readonly kind: 'seen'; readonly violation: Violation }
  | { readonly kind: 'unseen' }
  /** It was not tried: there is no target at hand, or it cannot be watched in this way. */
  | { readonly kind: 'not-tried' };

/** A failing case, with all that can be said of why it fails. */
export interface Explanation {
  /** The case as it is told: watched as closely as could be. */
  readonly case: Case;
  /** Cases that ran before it on the same start of the target, without which it does not fail. */
  readonly earlier?: readonly Case[] | undefined;
  /** What was seen; undefined where the target crashed or hung. */
  readonly trace: Trace | undefined;
  readonly failure: TargetFailure | undefined;
  /** How often these steps failed, where that was not each time. */
  readonly rate: Rate | undefined;
  /** Where the implementation left the specification, as far as can be seen. */
  readonly violation: Violation;
  /** Where it shows when nobody looks: by answers and callbacks alone. */
  readonly byAnswers: ShownBy;
  /** Where it showed when it was saved, the case watched as it was then. */
  readonly asSaved: Violation | undefined;
  /** Where a page came to hold what it should not, if the violation is that this was read later. */
  readonly content: WrongContent | undefined;
  /** The allowed outcomes of the step of the violation; none if they are not known. */
  readonly allowed: AllowedStep;
  /** Undefined where no target was asked. */
  readonly matters: ArgumentsThatMatter | undefined;
}

/** The step at which the implementation left the specification, as far as is known. */
export const leftAt = ({ violation, content }: Explanation): number => content?.step ?? violation.step;
