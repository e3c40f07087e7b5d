import { z } from 'zod';
import { OPS } from '../../spec/vocabulary/command.ts';
import { Scope } from '../../spec/vocabulary/scope.ts';

/**
 * How sure it is that a counterexample is the shortest, from nothing to a proof.
 *
 * - `found`: as it was found, not reduced
 * - `interrupted`: the reducer was stopped before it was done
 * - `reduced`: no pass of the reducer makes it shorter
 * - `1-minimal`: it fails without none of its commands
 * - `2-minimal`: nor without any two of them
 * - `shortest-if-symmetric-and-open`: nothing shorter fails in the same way, if the target treats processes, pages and
 *   values alike, and if what it shows is all that it remembers
 * - `shortest-if-symmetric`: the same, without the second condition
 * - `shortest`: nothing shorter fails in the same way
 *
 * The last three speak of a slice: of which commands, in how large a world.
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

/** What a search for something shorter went through. */
export const SearchedSlice = z.object({
  scope: Scope,
  ops: z.array(z.enum(OPS)),
  values: z.array(z.int()),
  /** Whether pins for reading were among the commands. */
  readPins: z.boolean().optional(),
  /** Every case of the slice up to this length was tried. */
  searched: z.int(),
  states: z.int(),
});
export type SearchedSlice = Readonly<z.infer<typeof SearchedSlice>>;
