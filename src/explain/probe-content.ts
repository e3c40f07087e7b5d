import type { Violation } from '../../spec/judge/verdict.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';

/** A step after which a page already holds a wrong value, although the case reads it only later. */
export interface WrongContent {
  readonly step: number;
  /** The violation that a load inserted right after the step shows. */
  readonly violation: Violation;
}

/** The violation in a case, if there is one. */
export type ViolationIn = (testCase: Case) => Promise<Violation | undefined>;

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
