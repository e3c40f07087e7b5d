import type { Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import type { Rate } from '../judge/repetition.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { AllowedStep } from './allowed-outcomes.ts';
import type { WrongContent } from './probe-content.ts';
import type { ArgumentsThatMatter } from './which-arguments.ts';

/** The violation, if any, that is visible with one setting of `observe`. */
export type ShownBy =
  | { readonly kind: 'seen'; readonly violation: Violation }
  | { readonly kind: 'unseen' }
  /** It was not tried: no target is available, or it does not support this setting. */
  | { readonly kind: 'not-tried' };

/** A failing case, with all available information about the cause of its failure. */
export interface Explanation {
  /** The case as it is reported: with as many snapshots as the target supports. */
  readonly case: Case;
  /** Cases that ran before it on the same start of the target, without which it does not fail. */
  readonly earlier?: readonly Case[] | undefined;
  /** The trace of the case; undefined if the target crashed or hung. */
  readonly trace: Trace | undefined;
  readonly failure: TargetFailure | undefined;
  /** The rate of failures of these steps, if they did not always fail. */
  readonly rate: Rate | undefined;
  /** The first violation, with as many snapshots as are available. */
  readonly violation: Violation;
  /** The violation that results and callbacks show without snapshots. */
  readonly byAnswers: ShownBy;
  /** The violation that occurs with the snapshots of the saved case. */
  readonly asSaved: Violation | undefined;
  /** The step at which a page received a wrong value, if the violation is that this value was read later. */
  readonly content: WrongContent | undefined;
  /** The allowed outcomes of the step of the violation; none if they are not known. */
  readonly allowed: AllowedStep;
  /** Undefined if no target was run. */
  readonly matters: ArgumentsThatMatter | undefined;
}

/** The step at which the implementation deviated from the specification, as far as it is known. */
export const leftAt = ({ violation, content }: Explanation): number => content?.step ?? violation.step;
