import { match } from 'ts-pattern';
import { isOfShould } from '../../spec/judge/verdict.ts';
import { isShould } from '../../spec/requirements/catalogue.ts';
import { requirementsOf } from '../shrink/finding.ts';
import {
  hasNoClaim,
  isWholeSlice,
  neverMigrated,
  type ProfileOutcome,
  type RequirementStatus,
  type RunOutcome,
  type RunVerdict,
} from '../run/outcome.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { amount } from './figures.ts';
import { groupsOf } from './findings-text.ts';
import { sliceInWords } from './specification-text.ts';
import type { SpecificationCoverage } from '../search/transition-coverage.ts';
import type { Paint } from './paint.ts';
import { oneLine } from '../corpus/printable.ts';

/** Verdicts as the predicate of a sentence. */
export const VERDICT_WORDS: { readonly [V in RunVerdict]: string } = {
  conforms: 'conforms',
  violates: 'does not conform',
  inconclusive: 'inconclusive',
  'protocol-error': 'violated the protocol',
  'nothing-applicable': 'nothing is applicable',
};

/**
 * The last line of a run: the verdict in words and the exit code. With a baseline, --fail-on or --fail-under, the exit
 * code of the command, `final`, differs from that of the verdict.
 */
export function verdictLine(
  outcome: RunOutcome,
  exitCode: ExitCode,
  paint: Paint,
  final: ExitCode = exitCode,
): string {
  const name = oneLine(outcome.target.name);
  const [colour, text] = match<ExitCode, readonly [keyof Paint & ('green' | 'red' | 'yellow'), string]>(
    exitCode,
  )
    .with(EXIT.conforms, () => [
      'green',
      `CONFORMS: ${name} passes ${passed(outcome)}${limitations(outcome)}.`,
    ])
    .with(EXIT.violates, () => ['red', `DOES NOT CONFORM: ${name} ${violations(outcome)}.`])
    .with(EXIT.inconclusive, () => [
      'yellow',
      `INCONCLUSIVE: no violation by ${name} was found, but ${problems(outcome).join('; ')}.`,
    ])
    .with(EXIT.nothingApplicable, () => [
      'yellow',
      `NOTHING APPLICABLE: no requirement could be judged on ${name}.`,
    ])
    .with(EXIT.unstartable, () => ['red', `TARGET GONE: ${name} could not be restarted during the run.`])
    .with(EXIT.protocol, () => [
      'red',
      `PROTOCOL ERROR: ${name} sent malformed responses; those cases were not judged.`,
    ])
    .with(EXIT.interrupted, () => ['yellow', `INTERRUPTED: no violation by ${name} was found until then.`])
    .with(EXIT.usage, EXIT.configuration, EXIT.cannotTell, EXIT.abandoned, () => [
      'red',
      'The command failed.',
    ])
    .exhaustive();
  const exit =
    final === exitCode ? `exit ${exitCode}` : `exit ${final} by --baseline, --fail-on or --fail-under`;
  return `${paint.bold(paint[colour](text))} ${paint.dim(`(${exit})`)}`;
}

const countOf = ({ requirements }: ProfileOutcome, wanted: RequirementStatus): number =>
  requirements.filter(({ status }) => status === wanted).length;

function passed({ profiles }: RunOutcome): string {
  const parts = profiles.map(
    (one) =>
      `${countOf(one, 'passed')} of ${amount(one.requirements.length, 'requirement')} of ${one.profile}`,
  );
  const most = parts.slice(0, -1).join(', ');
  const all = most === '' ? parts.join('') : `${most} and ${parts.at(-1) ?? ''}`;
  const slice = wholeSlice(profiles);
  return slice === undefined
    ? all
    : `${all} in the slice ${sliceInWords(slice)}, where every command was executed in every state that this target can reach`;
}

/** The slice of a run that executed all of it, and nothing else. */
const wholeSlice = (profiles: readonly ProfileOutcome[]): SpecificationCoverage | undefined =>
  profiles.every(isWholeSlice) ? profiles[0]?.specification : undefined;

/** The requirements that a conforming run did not cover, follow or observe. */
function limitations({ profiles }: RunOutcome): string {
  const ids = idsWith(profiles, 'not-covered');
  const notCovered =
    wholeSlice(profiles) === undefined
      ? `not covered: ${ids.join(', ')}`
      : `${amount(ids.length, 'requirement')} not covered there`;
  const notFollowed = idsWith(profiles, 'not-followed');
  const withheld = new Set(
    profiles.flatMap(({ requirements }) =>
      requirements.filter((one) => one.withheld.length > 0).map(({ requirement }) => requirement.id),
    ),
  );
  const unseen = new Set(
    profiles.flatMap(({ requirements }) =>
      requirements.filter(({ missing }) => missing.length > 0).map(({ requirement }) => requirement.id),
    ),
  ).size;
  const setAside = sumOf(profiles, 'setAside');
  return [
    ...(ids.length === 0 ? [] : [`; ${notCovered}`]),
    ...(notFollowed.length === 0 ? [] : [`; not always followed: ${notFollowed.join(', ')} (SHOULD)`]),
    ...(withheld.size === 0
      ? []
      : [`; not observable, because declared but withheld: ${[...withheld].join(', ')}`]),
    ...(setAside === 0 ? [] : [`; ${amount(setAside, 'case')} without a verdict`]),
    ...(unseen === 0 ? [] : [`; ${unseen} could not be judged with the declared capabilities`]),
  ].join('');
}

/** The findings, one for each bug, then all requirements that they violate: first those that name them. */
function violations(outcome: RunOutcome): string {
  const { profiles, corpus } = outcome;
  const findings = groupsOf(outcome).filter(({ finding }) => !isOfShould(finding.fingerprint));
  const saved = (corpus?.items ?? []).flatMap(({ counterexample }) =>
    counterexample === undefined || isShould(counterexample.violation.requirement)
      ? []
      : [counterexample.violation.requirement],
  );
  const broken = new Set([
    ...findings.map(({ finding }) => finding.counterexample.violation.requirement),
    ...idsWith(profiles, 'violated'),
    ...profiles.flatMap((one) => one.findings.flatMap((finding) => [...requirementsOf(finding)])),
    ...saved,
  ]);
  if (broken.size === 0) {
    return `did not follow ${idsWith(profiles, 'not-followed').join(', ')}, which --strict requires`;
  }
  return (
    (findings.length === 0 ? '' : `has ${amount(findings.length, 'finding')} and `) +
    `violates ${amount(broken.size, 'requirement')}: ${[...broken].join(', ')}`
  );
}

export function problems({ profiles, uncovered, interrupted, corpus }: RunOutcome): string[] {
  const inconclusive = sumOf(profiles, 'inconclusive');
  const setAside = sumOf(profiles, 'setAside');
  const disagreements = profiles.reduce((sum, profile) => sum + profile.disagreements.length, 0);
  const failures = profiles.flatMap(({ protocolErrors }) =>
    protocolErrors.map(({ failure }) => failure.kind),
  );
  const refused = failures.filter((kind) => kind === 'refused').length;
  const unconfirmed = failures.length - refused;
  const unjudged = corpus?.items.filter(({ status }) => status === 'inconclusive').length ?? 0;
  const motionless = profiles.filter(neverMigrated).map(({ profile }) => profile);
  const all = [
    ...(motionless.length === 0
      ? []
      : [
          `no page ever migrated to the device on request (${motionless.join(', ')}), so requirements about device pages could not be judged`,
        ]),
    ...(disagreements === 0
      ? []
      : [
          `model and properties disagree ${disagreements} times, which is a bug of the suite: please report it`,
        ]),
    ...(inconclusive === 0 ? [] : [`${amount(inconclusive, 'case')} could not be judged`]),
    ...(setAside === 0 ? [] : [`${amount(setAside, 'case')} without a verdict`]),
    ...(unjudged === 0 ? [] : [`${amount(unjudged, 'saved counterexample')} could not be judged`]),
    ...(refused === 0 ? [] : [`the target could not run ${amount(refused, 'case')}`]),
    ...(unconfirmed === 0 ? [] : [`${amount(unconfirmed, 'case')} failed and could not be confirmed`]),
    ...(profiles.some(hasNoClaim)
      ? ['nothing can be claimed of the complete suite (see "complete suite")']
      : []),
    ...(uncovered.length === 0
      ? []
      : [
          `${uncovered.length === 1 ? 'a MUST was' : `${uncovered.length} MUSTs were`} not covered: ${uncovered.join(', ')} (a longer run may cover ${uncovered.length === 1 ? 'it' : 'them'})`,
        ]),
    ...(interrupted ? ['the time limit ended the run early'] : []),
  ];
  return all.length === 0 ? ['no case was judged'] : all;
}

const sumOf = (profiles: readonly ProfileOutcome[], what: 'inconclusive' | 'setAside'): number =>
  profiles.reduce((sum, profile) => sum + profile[what], 0);

function idsWith(profiles: readonly ProfileOutcome[], wanted: RequirementStatus): string[] {
  const ids = profiles.flatMap(({ requirements }) =>
    requirements.filter(({ status }) => status === wanted).map(({ requirement }) => requirement.id),
  );
  return [...new Set(ids)];
}
