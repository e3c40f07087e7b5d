import { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementOutcome, RequirementStatus } from '../run/outcome.ts';
import type { Paint } from './paint.ts';
import { statusMark, statusWords } from './status-text.ts';

/** From this number of profiles on, columns would leave no room for titles: the profiles share one column of marks. */
export const MANY_PROFILES = 4;

export type Outcomes = readonly (RequirementOutcome | undefined)[];

/** Shortens `linux-6.12` to `6.12`. */
const shortName = (profile: ProfileName): string => profile.replace('linux-', '');

/** The head of the column of marks: the names of the profiles. */
export const markHeads = (profiles: readonly ProfileName[]): string => profiles.map(shortName).join(' ');

/** One mark per profile, aligned with the names in the head, or side by side without a head. */
export const marks = (outcomes: Outcomes, heads: readonly ProfileName[] | undefined, paint: Paint): string =>
  outcomes
    .map((outcome, at) => {
      const head = heads?.[at];
      const gap = head === undefined ? '' : ' '.repeat(shortName(head).length);
      return `${statusMark(outcome, paint)}${gap}`;
    })
    .join('');

const WORST_FIRST: readonly RequirementStatus[] = [
  'violated',
  'not-followed',
  'not-covered',
  'not-observable',
  'capability-missing',
  'passed',
];

/** The worst outcome of all profiles; of equally bad ones, the least covered. */
export function worstOf(outcomes: Outcomes): RequirementOutcome | undefined {
  const [worst] = outcomes
    .filter((outcome) => outcome !== undefined)
    .toSorted(
      (one, other) =>
        WORST_FIRST.indexOf(one.status) - WORST_FIRST.indexOf(other.status) || one.covered - other.covered,
    );
  return worst;
}

/** The words for the worst outcome, which stand for all profiles. */
export const worstInWords = (outcomes: Outcomes, paint: Paint): string =>
  statusWords(worstOf(outcomes), paint);

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
