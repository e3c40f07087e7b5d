import { z } from 'zod';

/** One search for one bug. Seconds are processor time, with that of the server of the kernel. */
export const PeerSearch = z.object({
  /** Whether the bug was found within the maximum number of commands. */
  isFound: z.boolean(),
  /** The number of commands that the kernel executed up to the first failure, and the time; all if there was none. */
  commands: z.int(),
  seconds: z.number(),
  /** The same, with shrinking. */
  allCommands: z.int(),
  allSeconds: z.number(),
  /** The number of commands of the shrunk counterexample; null if it was not shrunk. */
  length: z.int().nullable(),
});
export type PeerSearch = Readonly<z.infer<typeof PeerSearch>>;
