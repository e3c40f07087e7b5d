import type { Hello } from './target.ts';

/** Whether two hellos say the same: an implementation that is started twice must not become another. */
export const isSameHello = (one: Hello, other: Hello): boolean => fingerprint(one) === fingerprint(other);

const fingerprint = ({ name, version, profiles, capabilities }: Hello): string =>
  JSON.stringify([name, version, profiles.toSorted(), [...capabilities].toSorted()]);
