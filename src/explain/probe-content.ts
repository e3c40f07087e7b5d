import type { Violation } from '../../spec/judge/verdict.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';

/** A step after which a page already holds what it should not, though the case reads it only later. */
export interface WrongContent {
  readonly step: number;
  /** What the load said that was put in right after the step. */
  readonly violation: Violation;
}

/** The violation in a case, if there is one. */
export type ViolationIn = (testCase: Case) => Promise<Violation | undefined>;

/**
 * No look at the state shows what pages hold. So a case that reads a wrong value is cut off after each step before it and
 * every page read there: by the device where it can, which moves nothing.
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
  // A page that was never mapped is refused by the harness, and costs nothing.
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
