import { z } from 'zod';
import { OPS } from '../../spec/vocabulary/command.ts';
import { Scope } from '../../spec/vocabulary/scope.ts';

/**
 * The degree to which a counterexample is known to be shortest.
 *
 * - `found`: unshrunk
 * - `interrupted`: shrinking was interrupted
 * - `reduced`: no shrink pass makes it shorter
 * - `1-minimal`: removing any one command makes it pass
 * - `2-minimal`: removing any one or two commands makes it pass
 * - `shortest-if-symmetric-and-open`: no shorter case has the same failure, if the target treats processes, pages and
 *   values alike and remembers no more than it shows
 * - `shortest-if-symmetric`: the same without the second assumption
 * - `shortest`: no shorter case has the same failure
 *
 * The last three hold for a set of commands and a world size.
 */
export const CERTIFICATES = [
  'found',
  'interrupted',
  'reduced',
  '1-minimal',
  '2-minimal',
  'shortest-if-symmetric-and-open',
  'shortest-if-symmetric',
  'shortest',
] as const;
export type Certificate = (typeof CERTIFICATES)[number];

/** The position of a certificate in the list: a higher one says more. */
export const rank = (certificate: Certificate): number => CERTIFICATES.indexOf(certificate);

/** Whether no single command can be removed. */
export const isMinimal = (certificate: Certificate): boolean => rank(certificate) >= rank('1-minimal');

/** The set of cases that a search for a shorter counterexample covered. */
export const SearchedSlice = z.object({
  scope: Scope,
  ops: z.array(z.enum(OPS)),
  values: z.array(z.int()),
  /** Whether pins for reading were included. */
  readPins: z.boolean().optional(),
  /** Every case of the set up to this length was tried. */
  searched: z.int(),
  states: z.int(),
});
export type SearchedSlice = Readonly<z.infer<typeof SearchedSlice>>;
