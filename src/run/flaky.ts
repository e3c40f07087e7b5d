import { z } from 'zod';
import type { Flaky } from '../examine/repetition.ts';
import { caseInWords, type CaseNumber, type Counterexample } from '../shrink/finding.ts';

/** A flaky failure, as written to files and reports. */
export const FlakyRecord = z
  .object({
    failed: z.int().min(0),
    of: z.int().min(1),
    differed: z
      .object({
        step: z.int().min(0),
        fields: z.array(
          z.object({
            field: z.enum(['result', 'events', 'state']),
            failing: z.string(),
            passing: z.string(),
          }),
        ),
      })
      .optional()
      .describe('The first step at which a failing and a passing run of the case differ.'),
  })
  .describe('The number of failures and of runs of the case; absent if it failed in every run.');
type FlakyRecord = z.infer<typeof FlakyRecord>;

export const flakyRecord = ({ failed, of, differed }: Flaky): FlakyRecord => ({
  failed,
  of,
  ...(differed === undefined
    ? {}
    : { differed: { step: differed.step, fields: differed.fields.map((field) => ({ ...field })) } }),
});

/** A failure that was seen once in repeated runs is reported and does not affect the verdict as a violation. */
export const failedOnce = (flaky: Flaky | undefined): boolean => flaky !== undefined && flaky.failed < 2;

/** The report of a failure that was seen once. */
export function onceInWords(
  number: CaseNumber,
  { violation, failure, flaky }: Counterexample,
  file: string | undefined,
): string {
  const often = `once in ${flaky?.of ?? 1} runs of the same steps`;
  const kept = file === undefined ? '' : `; it is saved in ${file}`;
  if (failure !== undefined) return `${caseInWords(number)} failed ${often}${kept}: ${failure.message}`;
  const { requirement, step, clause, expected, observed } = violation;
  return (
    `${caseInWords(number)} violated ${requirement} at step ${step + 1} (${clause}) ${often}${kept}: ` +
    `expected ${expected.join(', or ')}; observed ${observed}`
  );
}
