import type { Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import type { Rate } from '../examine/repetition.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { AllowedStep } from './allowed-outcomes.ts';
import type { ArgumentsThatMatter } from './which-arguments.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Command } from '../../spec/vocabulary/command.ts';

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

/** A step after which a page already holds a wrong value, although the case reads it only later. */
export interface WrongContent {
  readonly step: number;
  /** The violation that a load inserted right after the step shows. */
  readonly violation: Violation;
}

/** The violation in a case, if there is one. */
type ViolationIn = (testCase: Case) => Promise<Violation | undefined>;

/**
 * Snapshots do not show the content of pages. A case that reads a wrong value is therefore cut off after each step
 * before it, and every page is read there: by a device load if the target has it, because that moves no page.
 */
export async function firstWrongContent(
  testCase: Case,
  violation: Violation,
  capabilities: ReadonlySet<Capability>,
  violationIn: ViolationIn,
): Promise<WrongContent | undefined> {
  if (violation.clause !== 'value') return undefined;
  const { processes, pages } = testCase.scope;
  const op = capabilities.has('device-load') ? 'device-load' : 'load';
  // The harness refuses reads of pages that were never mapped, at no cost.
  const reads: readonly Command[] = Array.from({ length: processes * pages }, (_, at) => ({
    op,
    process: Math.floor(at / pages),
    page: at % pages,
  }));
  for (let step = 0; step < violation.step; step++) {
    const commands = [...testCase.commands.slice(0, step + 1), ...reads];
    const found = await violationIn({ ...testCase, commands });
    if (found !== undefined && found.clause === 'value' && found.step > step)
      return { step, violation: found };
  }
  return undefined;
}
