import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementOutcome, RequirementStatus } from '../run/outcome.ts';
import type { Paint } from './paint.ts';
import { statusMark, statusWords } from './status-text.ts';

/** From so many profiles on, a column for each leaves no room: they share one, with a mark for each. */
export const MANY_PROFILES = 4;

export type Outcomes = readonly (RequirementOutcome | undefined)[];

/** `linux-6.12` is `6.12`. */
const shortName = (profile: ProfileName): string => profile.replace('linux-', '');

/** The names of the profiles, to stand over their marks. */
export const markHeads = (profiles: readonly ProfileName[]): string => profiles.map(shortName).join(' ');

/** A mark for each profile: under its name, where the names stand over them, else side by side. */
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

/** Of all profiles that with the worst outcome; of those that are alike, the least exercised. */
export function worstOf(outcomes: Outcomes): RequirementOutcome | undefined {
  const [worst] = outcomes
    .filter((outcome) => outcome !== undefined)
    .toSorted(
      (one, other) =>
        WORST_FIRST.indexOf(one.status) - WORST_FIRST.indexOf(other.status) || one.covered - other.covered,
    );
  return worst;
}

/** What is said of all profiles together is said of the worst. */
export const worstInWords = (outcomes: Outcomes, paint: Paint): string =>
  statusWords(worstOf(outcomes), paint);
