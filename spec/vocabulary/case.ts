import { z } from 'zod';
import { ProfileName } from '../profiles/profile.ts';
import { Command } from './command.ts';
import { Scope } from './scope.ts';

/** The snapshots of a case: none, only results and callbacks; one at each `inspect`; or one after every command. */
export const Observe = z.enum(['results', 'inspect', 'every-step']);
export type Observe = z.infer<typeof Observe>;

/** A case: plain data, no closures. Every case of interest is saved, mailed, diffed and replayed in this form. */
export const Case = z.object({
  profile: ProfileName,
  scope: Scope,
  observe: Observe,
  commands: z.array(Command),
});
export interface Case {
  readonly profile: ProfileName;
  readonly scope: Scope;
  readonly observe: Observe;
  readonly commands: readonly Command[];
}
