import { match } from 'ts-pattern';
import type { Evidence } from '../../spec/requirements/requirement.ts';
import type { RequirementOutcome, RequirementStatus } from '../run/outcome.ts';
import { amount, figure } from './figures.ts';
import type { Paint } from './paint.ts';

/** A status as a mark and a short description. */
interface Cell {
  readonly mark: string;
  readonly words: string;
  readonly colour: 'green' | 'red' | 'yellow' | 'dim';
}

function cellOf({ status, covered, notFollowed, missing, withheld }: RequirementOutcome): Cell {
  return match<RequirementStatus, Cell>(status)
    .with('passed', () => ({ mark: '✓', words: figure(covered), colour: 'green' }))
    .with('violated', () => ({ mark: '✗', words: 'violated', colour: 'red' }))
    .with('not-followed', () => {
      return { mark: '!', words: `${figure(notFollowed)} of ${figure(covered)}`, colour: 'yellow' };
    })
    .with('not-covered', () => ({ mark: '?', words: 'not covered', colour: 'yellow' }))
    .with('not-observable', () => ({
      mark: '–',
      words: withheld.length > 0 ? `withheld: ${withheld.join(', ')}` : `not shown: ${missing.join(', ')}`,
      colour: withheld.length > 0 ? 'yellow' : 'dim',
    }))
    .with('capability-missing', () => ({ mark: '–', words: `needs ${missing.join(', ')}`, colour: 'dim' }))
    .exhaustive();
}

/** The mark of a requirement in one profile; undefined means that the profile does not have the requirement. */
export function statusMark(outcome: RequirementOutcome | undefined, paint: Paint): string {
  if (outcome === undefined) return paint.dim('·');
  const { mark, colour } = cellOf(outcome);
  return paint[colour](mark);
}

/** The short description beside the mark of a requirement in one profile. */
export function statusWords(outcome: RequirementOutcome | undefined, paint: Paint): string {
  if (outcome === undefined) return '';
  const { words, colour } = cellOf(outcome);
  // A count of passes needs no attention.
  return colour === 'green' ? words : paint[colour](words);
}

/** Mark and description of a requirement in one profile, short enough for a cell. */
export const statusCell = (outcome: RequirementOutcome | undefined, paint: Paint): string =>
  `${statusMark(outcome, paint)} ${statusWords(outcome, paint)}`.trimEnd();

const MARKS: { readonly [S in RequirementStatus]: string } = {
  passed: '✓ passed (times covered)',
  violated: '✗ violated',
  'not-followed': '! SHOULD not followed (times)',
  'not-covered': '? not covered',
  'not-observable': '– cannot be judged with the declared capabilities',
  'capability-missing': '– cannot be judged with the declared capabilities',
};

const WITHHELD_MARK = '– withheld: declared, but not shown in any observation, so it cannot be judged';

/** The meaning of the marks that occur in the tables. */
export function legendFor(outcomes: readonly RequirementOutcome[], severalProfiles: boolean): string {
  const marks = new Set(
    outcomes.map(({ status, withheld }) => (withheld.length > 0 ? WITHHELD_MARK : MARKS[status])),
  );
  if (severalProfiles) marks.add('· not a requirement of this profile');
  return [...marks].join('; ');
}

/** The parts of an observation, as ADAPTERS.md names them. */
const EVIDENCE_WORDS: { readonly [E in Evidence]: string } = {
  entries: '"entries" in its state',
  counts: '"refs" and "maps" of its frames',
  'least-counts': '"least" of its frames',
  rss: '"rss" other than null',
  charged: '"charged" other than null',
  'free-counts': '"refs" and "maps" of a "free" event',
  'fault-device': '"device" of a "fault" event',
};

/** The withheld parts of an observation in words. */
const withheldInWords = (withheld: readonly Evidence[]): string =>
  withheld.map((part) => EVIDENCE_WORDS[part]).join(' or ');

/** The status of a requirement as a sentence, for reports with one entry per requirement. */
export function statusInWords({
  status,
  notFollowed,
  covered,
  missing,
  withheld,
}: RequirementOutcome): string {
  return match<RequirementStatus>(status)
    .with('passed', () => `passed (covered ${amount(covered, 'time')})`)
    .with('violated', () => 'violated')
    .with('not-followed', () => `not followed ${figure(notFollowed)} of ${figure(covered)} times (a SHOULD)`)
    .with('not-covered', () => 'not covered: no case met its precondition, so it has not passed')
    .with('not-observable', () =>
      withheld.length > 0
        ? `not observable: the target declares it, but no observation had ${withheldInWords(withheld)}`
        : `not observable: the target does not declare ${missing.join(', ')}`,
    )
    .with('capability-missing', () => `the target does not declare the capability ${missing.join(', ')}`)
    .exhaustive();
}
