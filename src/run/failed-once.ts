import { caseInWords, type CaseNumber } from '../shrink/case-number.ts';
import type { Counterexample } from '../shrink/finding.ts';
import type { Flaky } from '../judge/flaky.ts';

/** A failure that was seen once in repeated runs is reported and does not affect the verdict as a violation. */
export const wasSeenOnce = (flaky: Flaky | undefined): boolean => flaky !== undefined && flaky.failed < 2;

/** The report of a failure that was seen once. */
export function onceInWords(
  number: CaseNumber,
  { violation, failure, flaky }: Counterexample,
  file: string | undefined,
): string {
  const often = `once in ${flaky?.of ?? 1} runs of the same steps`;
  const kept = file === undefined ? '' : `; it is kept in ${file}`;
  if (failure !== undefined) return `${caseInWords(number)} failed ${often}${kept}: ${failure.message}`;
  const { requirement, step, clause, expected, observed } = violation;
  return (
    `${caseInWords(number)} broke ${requirement} at step ${step + 1} (${clause}) ${often}${kept}: ` +
    `expected ${expected.join(', or ')}; observed ${observed}`
  );
}
