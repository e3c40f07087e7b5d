import { match } from 'ts-pattern';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE } from '../../spec/requirements/catalogue.ts';
import { type Evidence, missingFor } from '../../spec/requirements/requirement.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
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
function statusWords(outcome: RequirementOutcome | undefined, paint: Paint): string {
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

/** All statuses. */
export const WORST_FIRST: readonly RequirementStatus[] = [
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

/** The requirements that one more declared capability makes judgeable. */
export interface CapabilityGain {
  readonly capability: Capability;
  /** Requirements for which it is the only missing capability. */
  readonly atOnce: number;
  /** Requirements that need it together with other undeclared capabilities. */
  readonly later: number;
}

/** The capabilities that a target does not declare, sorted by the number of requirements that they make judgeable. */
export function capabilityGains(
  capabilities: ReadonlySet<Capability>,
  profiles: readonly ProfileName[],
): readonly CapabilityGain[] {
  const missing = CATALOGUE.filter((requirement) => profiles.some((one) => appliesTo(requirement, one))).map(
    (requirement) => missingFor(requirement, capabilities),
  );
  return USUAL_CAPABILITIES.filter((capability) => !capabilities.has(capability))
    .map((capability) => {
      const concerned = missing.filter((needs) => needs.includes(capability));
      const atOnce = concerned.filter((needs) => needs.length === 1).length;
      return { capability, atOnce, later: concerned.length - atOnce };
    })
    .toSorted((one, other) => other.atOnce - one.atOnce || other.later - one.later);
}

/** The number of requirements of these profiles that can be judged with the capabilities, and their total number. */
export function judgeable(
  capabilities: ReadonlySet<Capability>,
  profiles: readonly ProfileName[],
): { readonly count: number; readonly all: number } {
  const applicable = CATALOGUE.filter((requirement) => profiles.some((one) => appliesTo(requirement, one)));
  const count = applicable.filter((requirement) => missingFor(requirement, capabilities).length === 0).length;
  return { count, all: applicable.length };
}
