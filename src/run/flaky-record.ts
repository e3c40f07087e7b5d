import { z } from 'zod';
import type { Flaky } from '../judge/flaky.ts';

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
      .describe('The first step at which a run that failed and one that did not were not alike.'),
  })
  .describe('Left out where the case fails each time: in how many of so many runs it failed.');
type FlakyRecord = z.infer<typeof FlakyRecord>;

export const flakyRecord = ({ failed, of, differed }: Flaky): FlakyRecord => ({
  failed,
  of,
  ...(differed === undefined
    ? {}
    : { differed: { step: differed.step, fields: differed.fields.map((field) => ({ ...field })) } }),
});
