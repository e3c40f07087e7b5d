import { match } from 'ts-pattern';
import type { RequirementOutcome, RequirementStatus } from '../campaign/outcome.ts';
import { figure } from './figures.ts';
import type { Paint } from './paint.ts';

/** A status as a mark, and what there is to say beside it; both short. */
interface Said {
  readonly mark: string;
  readonly words: string;
  readonly colour: 'green' | 'red' | 'yellow' | 'dim';
}

function said({ status, exercised, slighted, missing }: RequirementOutcome): Said {
  return match<RequirementStatus, Said>(status)
    .with('passed', () => ({ mark: '✓', words: figure(exercised), colour: 'green' }))
    .with('violated', () => ({ mark: '✗', words: 'broken', colour: 'red' }))
    .with('slighted', () => {
      return { mark: '!', words: `${figure(slighted)} of ${figure(exercised)}`, colour: 'yellow' };
    })
    .with('not-exercised', () => ({ mark: '?', words: 'never', colour: 'yellow' }))
    .with('not-observable', () => ({ mark: '–', words: `unseen: ${missing.join(', ')}`, colour: 'dim' }))
    .with('capability-missing', () => ({ mark: '–', words: `needs ${missing.join(', ')}`, colour: 'dim' }))
    .exhaustive();
}

/** The mark of a requirement in one profile; of undefined, where it is no rule of the profile. */
export function statusMark(outcome: RequirementOutcome | undefined, paint: Paint): string {
  if (outcome === undefined) return paint.dim('·');
  const { mark, colour } = said(outcome);
  return paint[colour](mark);
}

/** What there is to say of a requirement in one profile beside its mark. */
export function statusWords(outcome: RequirementOutcome | undefined, paint: Paint): string {
  if (outcome === undefined) return '';
  const { words, colour } = said(outcome);
  // How often is no news.
  return colour === 'green' ? words : paint[colour](words);
}

/** Both: the status of a requirement in one profile, short enough for a cell. */
export const statusCell = (outcome: RequirementOutcome | undefined, paint: Paint): string =>
  `${statusMark(outcome, paint)} ${statusWords(outcome, paint)}`.trimEnd();

const MARKS: { readonly [S in RequirementStatus]: string } = {
  passed: '✓ held, so many times exercised',
  violated: '✗ broken',
  slighted: '! a SHOULD, so often not followed',
  'not-exercised': '? never exercised',
  'not-observable': '– cannot be judged on what the target declares',
  'capability-missing': '– cannot be judged on what the target declares',
};

/** What the marks in the tables mean, those that are there. */
export function legendFor(outcomes: readonly RequirementOutcome[], severalProfiles: boolean): string {
  const marks = new Set(outcomes.map(({ status }) => MARKS[status]));
  if (severalProfiles) marks.add('· no rule of this profile');
  return [...marks].join('; ');
}

/** The status of a requirement as a sentence, for reports that people read one by one. */
export function statusInWords({ status, slighted, exercised, missing }: RequirementOutcome): string {
  return match<RequirementStatus>(status)
    .with('passed', () => `held all ${figure(exercised)} times it was exercised`)
    .with('violated', () => 'broken')
    .with('slighted', () => `not followed ${figure(slighted)} of ${figure(exercised)} times (a SHOULD)`)
    .with('not-exercised', () => 'never exercised: no case came to it, so it has not passed')
    .with('not-observable', () => `not observable: the target does not declare to show ${missing.join(', ')}`)
    .with('capability-missing', () => `the target does not declare the capability ${missing.join(', ')}`)
    .exhaustive();
}
