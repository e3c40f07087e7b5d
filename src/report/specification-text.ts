import type { RequirementOutcome, ProfileOutcome, RunOutcome } from '../run/outcome.ts';
import type { Unresolved } from '../search/choice-learner.ts';
import type { Completeness } from '../search/complete-suite.ts';
import { remainingOf, type SpecificationCoverage } from '../search/transition-coverage.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { amount, figure } from './figures.ts';

/** A kind of coverage that `--fail-under` can require. */
export const COVERAGES = ['states', 'transitions', 'requirements', 'properties'] as const;
export type CoverageName = (typeof COVERAGES)[number];

/** The size of a world, as `--scope` takes it. */
export const scopeAsOption = (scope: Scope): string => {
  const { processes, pages, frames, slots } = scope;
  const devices = devicesIn(scope);
  return [
    processes,
    pages,
    frames,
    ...(slots > 0 || devices > 1 ? [slots] : []),
    ...(devices > 1 ? [devices] : []),
  ].join('x');
};

const share = (part: number, of: number): number => (of === 0 ? 100 : (100 * part) / of);

/** The share of a kind of coverage in percent, of what the target can reach; undefined if it was not measured. */
function coveragePercent(profile: ProfileOutcome, name: CoverageName): number | undefined {
  const { specification, properties } = profile;
  switch (name) {
    case 'requirements': {
      const coverable = profile.requirements.filter(isCoverable);
      return share(coverable.filter(({ covered }) => covered > 0).length, coverable.length);
    }
    case 'properties':
      return share(properties.filter(({ covered }) => covered > 0).length, properties.length);
    case 'states':
      return specification && share(specification.states.reached, specification.states.of);
    case 'transitions': {
      if (specification === undefined) return undefined;
      const { exercised } = specification.transitions;
      return share(exercised, exercised + remainingOf(specification));
    }
  }
}

/** A kind of coverage below its required percentage, in the profile that has least. */
export interface MissedCoverage {
  readonly name: CoverageName;
  readonly percent: number;
  readonly least: number;
}

/** The kinds of coverage that a run had to reach and did not reach. */
export function missedCoverage(
  { profiles }: RunOutcome,
  failUnder: ReadonlyMap<CoverageName, number> = new Map(),
): readonly MissedCoverage[] {
  return [...failUnder].flatMap(([name, least]) => {
    const percent = Math.min(...profiles.map((profile) => coveragePercent(profile, name) ?? 0));
    return percent < least ? [{ name, percent, least }] : [];
  });
}

const isCoverable = ({ status }: RequirementOutcome): boolean =>
  status !== 'not-observable' && status !== 'capability-missing';

/** A share, rounded down, so that 100 % means all. */
const shareInWords = (part: number, of: number): string =>
  of === 0 ? '' : ` (${(Math.floor((1000 * part) / of) / 10).toFixed(1)} %)`;

function transitionsInWords(specification: SpecificationCoverage): string {
  const { of, exercised, unclear, declined, beyond } = specification.transitions;
  if (exercised === of)
    return `all ${figure(of)} transitions of the specification in this slice were exercised`;
  const remaining = remainingOf(specification);
  const parts = [
    [
      declined,
      'not taken: for the same command in the same state, the target chose another transition each time',
    ],
    [beyond, 'from states to which only such transitions lead'],
    [
      unclear,
      'perhaps exercised: the observations do not show which of several transitions the target chose',
    ],
    [remaining, 'not exercised'],
  ] as const;
  return [
    `${figure(exercised)} of ${figure(of)} exercised${shareInWords(exercised, of)}`,
    ...parts.flatMap(([count, words]) => (count === 0 ? [] : [`${figure(count)} ${words}`])),
    ...(remaining === 0 ? ['every command was executed in every state that this target can reach'] : []),
  ].join('; ');
}

/** Whether every case of a profile was judged and conforms. */
const isFree = ({ findings, inconclusive, disagreements, setAside }: ProfileOutcome): boolean =>
  findings.length === 0 && inconclusive === 0 && disagreements.length === 0 && setAside === 0;

const UNRESOLVED: { readonly [U in Unresolved]: string } = {
  'not-run': 'the choices of the target were not all learned, because cases fail or the run ended',
  unclear: 'the observations do not show the state of the target in this slice',
  random: 'the target chose differently after the same commands',
  'too-many':
    'the choices of the target depend on more than 16 hidden states for each state of the specification',
};

/** The claim of a complete suite, with its bounds and assumptions; or the reason why there is none. */
function completenessInWords(
  { extraStates, states, cases, completeFor, unresolved }: Completeness,
  isWithoutProblems: boolean,
): string {
  if (unresolved !== undefined) return `no claim: ${UNRESOLVED[unresolved]}`;
  if (states === undefined || cases === undefined) return 'no claim: the run ended before the suite';
  const progress =
    `${figure(cases.run)} of ${amount(cases.of, 'case')} for ${amount(extraStates, 'extra state')}, ` +
    `${amount(states.distinguishable, 'state')} of the target distinguished`;
  if (!isWithoutProblems) return `${progress}; no claim: cases fail or have no verdict`;
  if (completeFor === undefined) return `${progress}; no claim yet`;
  const most = amount(states.distinguishable + completeFor, 'distinguishable state');
  return (
    `${progress}; if the target is deterministic, treats the values of stores alike, shows its state in snapshots without ` +
    `changing it, and has at most ${most} in this slice (counted for each set of live processes and mapped pages), then ` +
    'every case of the slice conforms'
  );
}

/** The coverage of the specification in one profile, as rows of a name and a text; empty if it was not measured. */
export function specificationRows(profile: ProfileOutcome): readonly (readonly [string, string])[] {
  const { specification, requirements, properties, tally, sent } = profile;
  if (specification === undefined) return [];
  const { states, moves } = specification;
  const coverable = requirements.filter(isCoverable);
  const covered = coverable.filter((one) => one.covered > 0).length;
  const met = properties.filter((one) => one.covered > 0).length;
  return [
    [
      'states',
      `${figure(states.reached)} of ${figure(states.of)} reached${shareInWords(states.reached, states.of)}`,
    ],
    [
      'commands in states',
      `${figure(moves.made)} of ${figure(moves.of)} executed${shareInWords(moves.made, moves.of)}` +
        (moves.onCopies === 0
          ? ''
          : `, ${figure(moves.onCopies)} of them on copies of the kernel, checked by the judge alone`),
    ],
    ['transitions', transitionsInWords(specification)],
    ...(profile.completeness === undefined
      ? []
      : [['complete suite', completenessInWords(profile.completeness, isFree(profile))] as const]),
    [
      'clauses',
      `result, value and callbacks compared at ${amount(sent + moves.onCopies, 'step')}; entries in ${amount(tally.covered('robust.at-rest'), 'snapshot')}, ` +
        `counts in ${figure(tally.covered('count.references'))}, accounting in ${figure(tally.covered('account.charge'))}`,
    ],
    [
      'preconditions',
      `${covered} of ${amount(coverable.length, 'requirement')}, ${met} of ${amount(properties.length, 'property', 'properties')}`,
    ],
  ];
}

/** The commands and the world size of a slice. */
export const sliceInWords = ({ scope, families }: SpecificationCoverage): string =>
  `${families.join(', ')} at ${scopeAsOption(scope)}`;

/** The title of these rows. */
export const specificationTitle = (specification: SpecificationCoverage): string =>
  `Coverage of the specification in the slice ${sliceInWords(specification)}`;
