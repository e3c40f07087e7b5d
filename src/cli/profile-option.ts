import { InvalidArgumentError } from 'commander';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { EXIT } from '../report/exit-code.ts';
import type { Hello } from '../targets/target.ts';
import { UserError } from './io.ts';
import { didYouMean } from './nearest.ts';

/** Parses the name of a profile and appends it to the preceding ones. */
export function collectProfile(text: string, before: readonly ProfileName[] = []): readonly ProfileName[] {
  const parsed = ProfileName.safeParse(text);
  if (parsed.success) return before.includes(parsed.data) ? before : [...before, parsed.data];
  const { options } = ProfileName;
  throw new InvalidArgumentError(`The profiles are ${options.join(', ')}.${didYouMean(text, options)}`);
}

/** The profiles to check: the selected ones, which the target must follow; by default all that it follows. */
export function profilesFor(asked: readonly ProfileName[] | undefined, hello: Hello): readonly ProfileName[] {
  if (asked === undefined) return hello.profiles;
  const strange = asked.filter((name) => !hello.profiles.includes(name));
  if (strange.length === 0) return asked;
  throw new UserError(
    EXIT.nothingApplicable,
    `Nothing applicable: the target does not follow ${strange.join(' and ')}; it follows ${hello.profiles.join(', ')}.`,
  );
}
