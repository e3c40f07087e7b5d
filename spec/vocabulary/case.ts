import { z } from 'zod';
import { ProfileName } from '../profiles/profile.ts';
import { Command } from './command.ts';
import { Scope } from './scope.ts';

/**
 * How closely a case is watched: results and callbacks only; also a snapshot at each `inspect`; or a snapshot
 * after every command.
 */
export const Observe = z.enum(['results', 'inspect', 'every-step']);
export type Observe = z.infer<typeof Observe>;

/** A case: plain data, no closures. Whatever is interesting is saved, mailed, diffed and replayed as the case itself. */
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
