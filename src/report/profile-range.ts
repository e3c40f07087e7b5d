import { ProfileName } from '../../spec/profiles/profile.ts';

/** Profiles as a range. Versions are ordered, and most requirements hold from one version on or up to one. */
export function profileRange(profiles: readonly ProfileName[] | undefined): string {
  const { options } = ProfileName;
  const all = options.map((profile) => profiles === undefined || profiles.includes(profile));
  const first = all.indexOf(true);
  const last = all.lastIndexOf(true);
  const isRange = all.slice(first, last + 1).every(Boolean);
  if (!isRange || first === -1) return (profiles ?? []).join(', ');
  const from = options[first] ?? '';
  const to = options[last] ?? '';
  if (first === last) return from;
  if (last === options.length - 1) return first === 0 ? 'all' : `from ${from}`;
  return first === 0 ? `up to ${to}` : `${from} to ${to}`;
}
