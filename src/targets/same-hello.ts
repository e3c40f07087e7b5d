import type { Hello } from './target.ts';

/** True if two hellos are equal: all starts of a target must be the same implementation. */
export const isSameHello = (one: Hello, other: Hello): boolean => fingerprint(one) === fingerprint(other);

const fingerprint = ({ name, version, profiles, capabilities }: Hello): string =>
  JSON.stringify([name, version, profiles.toSorted(), [...capabilities].toSorted()]);
