import { match } from 'ts-pattern';
import type { Evidence } from '../../spec/requirements/requirement.ts';
import type { RequirementOutcome, RequirementStatus } from '../run/outcome.ts';
import { figure } from './figures.ts';
import type { Paint } from './paint.ts';

/** A status as a mark, and what there is to say beside it; both short. */
interface Said {
  readonly mark: string;
  readonly words: string;
  readonly colour: 'green' | 'red' | 'yellow' | 'dim';
}

function said({ status, covered, notFollowed, missing, withheld }: RequirementOutcome): Said {
  return match<RequirementStatus, Said>(status)
    .with('passed', () => ({ mark: '✓', words: figure(covered), colour: 'green' }))
    .with('violated', () => ({ mark: '✗', words: 'broken', colour: 'red' }))
    .with('not-followed', () => {
      return { mark: '!', words: `${figure(notFollowed)} of ${figure(covered)}`, colour: 'yellow' };
    })
    .with('not-covered', () => ({ mark: '?', words: 'never', colour: 'yellow' }))
    .with('not-observable', () => ({
      mark: '–',
      words: withheld.length > 0 ? `withheld: ${withheld.join(', ')}` : `unseen: ${missing.join(', ')}`,
      colour: withheld.length > 0 ? 'yellow' : 'dim',
    }))
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
  'not-followed': '! a SHOULD, so often not followed',
  'not-covered': '? never exercised',
  'not-observable': '– cannot be judged on what the target declares',
  'capability-missing': '– cannot be judged on what the target declares',
};

const WITHHELD_MARK = '– withheld: declared, and not shown in any observation, so it cannot be judged';

/** What the marks in the tables mean, those that are there. */
export function legendFor(outcomes: readonly RequirementOutcome[], severalProfiles: boolean): string {
  const marks = new Set(
    outcomes.map(({ status, withheld }) => (withheld.length > 0 ? WITHHELD_MARK : MARKS[status])),
  );
  if (severalProfiles) marks.add('· no rule of this profile');
  return [...marks].join('; ');
}

/** Each part of an observation, as the page for adapter authors names it. */
const EVIDENCE_WORDS: { readonly [E in Evidence]: string } = {
  entries: '"entries" in its state',
  counts: '"refs" and "maps" of its frames',
  'least-counts': '"least" of its frames',
  rss: '"rss" other than null',
  charged: '"charged" other than null',
  'free-counts': '"refs" and "maps" of a "free" event',
  'fault-device': '"device" of a "fault" event',
};

/** What was withheld, as it is named in an observation. */
const withheldInWords = (withheld: readonly Evidence[]): string =>
  withheld.map((part) => EVIDENCE_WORDS[part]).join(' or ');

/** The status of a requirement as a sentence, for reports that people read one by one. */
export function statusInWords({
  status,
  notFollowed,
  covered,
  missing,
  withheld,
}: RequirementOutcome): string {
  return match<RequirementStatus>(status)
    .with('passed', () => `held all ${figure(covered)} times it was exercised`)
    .with('violated', () => 'broken')
    .with('not-followed', () => `not followed ${figure(notFollowed)} of ${figure(covered)} times (a SHOULD)`)
    .with('not-covered', () => 'never exercised: no case came to it, so it has not passed')
    .with('not-observable', () =>
      withheld.length > 0
        ? `not observable: the target declares to show it, but no observation had ${withheldInWords(withheld)}`
        : `not observable: the target does not declare to show ${missing.join(', ')}`,
    )
    .with('capability-missing', () => `the target does not declare the capability ${missing.join(', ')}`)
    .exhaustive();
}
