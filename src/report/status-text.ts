import { match } from 'ts-pattern';
import type { RequirementOutcome, RequirementStatus } from '../campaign/outcome.ts';
import { figure } from './figures.ts';
import type { Paint } from './paint.ts';

/** The status of a requirement in one profile, short enough for a cell; undefined where it is no rule of the profile. */
export function statusCell(outcome: RequirementOutcome | undefined, paint: Paint): string {
  if (outcome === undefined) return paint.dim('·');
  const { status, exercised, slighted, missing } = outcome;
  return match<RequirementStatus>(status)
    .with('passed', () => `${paint.green('✓')} ${figure(exercised)}`)
    .with('violated', () => paint.red('✗ broken'))
    .with('slighted', () => paint.yellow(`! ${figure(slighted)} of ${figure(exercised)}`))
    .with('not-exercised', () => paint.yellow('? never'))
    .with('not-observable', () => paint.dim(`– unseen: ${missing.join(', ')}`))
    .with('capability-missing', () => paint.dim(`– needs ${missing.join(', ')}`))
    .exhaustive();
}

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
