import { PROFILES } from '../../spec/profiles/profile.ts';
import { oneLine, printable } from '../corpus/printable.ts';
import type { PropertyDisagreement, ProfileOutcome, RunOutcome } from '../run/outcome.ts';
import { caseInWords } from '../shrink/finding.ts';
import { type BaselineResult, baselineText } from './baseline.ts';
import { chapterTables, chapterSummary } from './chapter-tables.ts';
import { corpusText } from './corpus-text.ts';
import { stderrLines } from './counterexample-text.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { casesInWords, amount, duration, figure, percent, targetCoverageInWords } from './figures.ts';
import { findingsText } from './findings-text.ts';
import type { Paint } from './paint.ts';
import { type MissedCoverage, specificationRows, specificationTitle } from './specification-text.ts';
import { capabilityGains } from './status-text.ts';
import { columns, wrap } from './text-layout.ts';
import { verdictLine } from './verdict-text.ts';

/** The settings of the text report. */
export interface RunTextOptions {
  readonly paint: Paint;
  /** The line width in characters. */
  readonly width: number;
  /** True for a line per requirement instead of a line per chapter. */
  readonly verbose: boolean;
  /** True for problems, findings and the verdict only. */
  readonly quiet?: boolean;
  /** The folder in which the command was called. */
  readonly cwd: string;
  /** The requested number of random cases per profile; undefined with a time budget. */
  readonly wanted: number | undefined;
  /** The command that repeats the run. */
  readonly repeat: string;
  /** The command that continues the run; undefined if it ended, or wrote no journal. */
  readonly resume?: string | undefined;
  /** Coverage that the run had to reach and did not. */
  readonly missed?: readonly MissedCoverage[];
  /** The exit code of the command, and the comparison with a baseline, if they are not those of the verdict. */
  readonly final?: ExitCode | undefined;
  readonly baseline?: BaselineResult | undefined;
}

/** The text report of a run: requirements, findings, and the verdict in the last line. */
export function runText(outcome: RunOutcome, exitCode: ExitCode, setting: RunTextOptions): string {
  const { paint, width, verbose, quiet = false } = setting;
  const coverage = (): readonly string[] => [
    (verbose ? chapterTables : chapterSummary)(outcome.profiles, width, paint),
    ...directedText(outcome, paint),
    randomText(outcome, setting),
    ...specificationText(outcome, paint),
    ...targetCoverageText(outcome, paint),
    ...(verbose ? [outcome.profiles.map((profile) => profileText(profile, paint)).join('\n')] : []),
    ...gainsText(outcome),
  ];
  const isNews = !quiet || exitCode !== EXIT.conforms;
  const parts = [
    ...(quiet ? [] : coverage()),
    ...outcome.profiles.flatMap((profile) => errorsText(profile, paint)),
    ...(isNews ? corpusText(outcome, setting.cwd, paint) : []),
    ...findingsText(outcome, setting.cwd, paint),
    ...(setting.baseline === undefined ? [] : [baselineText(setting.baseline, paint).trimEnd()]),
    ...(setting.missed ?? []).map(
      ({ name, percent: share, least }) =>
        `${paint.red('✗')} Coverage of ${name} is ${(Math.floor(share * 10) / 10).toFixed(1)} %; ${least} % is required`,
    ),
    ...(isNews ? [`Seed ${outcome.seed}, ${duration(outcome.elapsed)}. ${again(setting)}`] : []),
    verdictLine(outcome, exitCode, paint, setting.final),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** How to continue the run, or else how to repeat it. */
const again = ({ resume, repeat, paint }: RunTextOptions): string =>
  resume === undefined ? `Repeat with: ${paint.cyan(repeat)}` : `Continue with: ${paint.cyan(resume)}`;

/** The cases and coverage of the directed suite in each profile; empty if the run omitted it. */
function directedText({ profiles }: RunOutcome, paint: Paint): string[] {
  const rows = profiles.flatMap(({ profile, directed }): string[][] => {
    if (directed === undefined) return [];
    const { cases, of, commands, covered, coverable } = directed;
    const some = cases < of ? ` of ${figure(of)}` : '';
    return [
      [
        profile,
        `${figure(cases)}${some} cases, ${amount(commands, 'command')}: ` +
          `${covered} of ${coverable} coverable requirements covered`,
      ],
    ];
  });
  if (rows.length === 0) return [];
  const title = `${paint.bold('Directed suite')}, the same cases in every run ("zdc suite" lists them)`;
  return [[title, ...columns(rows)].join('\n')];
}

/** The coverage of the specification in each profile, if it was measured. */
const specificationText = ({ profiles }: RunOutcome, paint: Paint): string[] =>
  profiles.flatMap((profile) => {
    const { specification } = profile;
    if (specification === undefined) return [];
    const title = `${paint.bold(specificationTitle(specification))} (${profile.profile})`;
    return [[title, ...columns(specificationRows(profile).map((row) => [...row]))].join('\n')];
  });

/** The coverage of the target's own code, if it reports it. */
function targetCoverageText({ profiles }: RunOutcome, paint: Paint): string[] {
  const rows = profiles.flatMap((one): string[][] => {
    const words = targetCoverageInWords(one);
    return words === undefined ? [] : [[one.profile, words]];
  });
  return rows.length === 0
    ? []
    : [[paint.bold('Coverage that the target reported'), ...columns(rows)].join('\n')];
}

function randomText(
  { profiles, interrupted, seed, strategy = 'random' }: RunOutcome,
  { paint, wanted }: RunTextOptions,
): string {
  const rows = profiles.map(({ profile, directed, cases, commands }) => {
    const random = cases - (directed?.cases ?? 0);
    return [
      profile,
      `${amount(random, 'case')}, ${amount(commands - (directed?.commands ?? 0), 'command')}` +
        (interrupted || strategy !== 'random' ? '' : cutText(random, wanted)),
    ];
  });
  const title =
    strategy === 'random'
      ? `${paint.bold('Random cases')} of seed ${seed}`
      : paint.bold(`Cases of the strategy ${strategy}`);
  return [title, ...columns(rows)].join('\n');
}

/** Why there are fewer random cases than wanted, or none within a time budget. */
function cutText(random: number, wanted: number | undefined): string {
  if (wanted === undefined) return random === 0 ? '; the time budget was spent before the first one' : '';
  return random < wanted ? `; stopped before ${figure(wanted)} cases, after enough errors` : '';
}

function profileText(one: ProfileOutcome, paint: Paint): string {
  const { sent, moved, asked, properties } = one;
  const progress = one.requirements.find(({ requirement }) => requirement.id === 'migrate.progress');
  const idle = properties.filter(({ covered }) => covered === 0).map(({ id }) => id);
  return [
    `${paint.bold(one.profile)}  ${PROFILES[one.profile].title}`,
    `  ${casesInWords(one)}, ${percent(sent, one.commands)} of them sent; ` +
      `${percent(moved, asked)} of the ${figure(asked)} pages requested to migrate moved, ${figure(progress?.notFollowed ?? 0)} skipped without a reason`,
    `  ${amount(properties.length, 'property', 'properties')} checked` +
      `${idle.length === 0 ? '' : `; not covered: ${idle.join(', ')}`}`,
  ].join('\n');
}

/** The capabilities that would make further requirements judgeable, in one line. */
function gainsText({ target, profiles }: RunOutcome): string[] {
  const gains = capabilityGains(
    target.capabilities,
    profiles.map(({ profile }) => profile),
  ).filter(({ atOnce }) => atOnce > 0);
  if (gains.length === 0) return [];
  const list = gains.slice(0, 5).map(({ capability, atOnce }) => `${capability} (+${atOnce})`);
  return [`Further requirements that could be judged if the target declared: ${list.join(', ')}`];
}

function errorsText(profile: ProfileOutcome, paint: Paint): string[] {
  const { disagreements, inconclusive, inconclusiveReason, protocolErrors, setAside, setAsideReason } =
    profile;
  return [
    ...protocolErrors.map(({ failure, ...number }) =>
      [
        ...wrap(
          `${paint.red('✗')} ${failure.kind} in ${caseInWords(number)} of ${profile.profile}: ${printable(failure.message)}`,
          '  ',
        ),
        ...stderrLines(failure.stderr),
      ].join('\n'),
    ),
    ...(inconclusive === 0
      ? []
      : [
          `${paint.yellow('!')} ${amount(inconclusive, 'case')} of ${profile.profile} could not be judged` +
            `${inconclusiveReason === undefined ? '' : `; reason of the first: ${oneLine(inconclusiveReason)}`}`,
        ]),
    ...(setAside === 0
      ? []
      : [
          `${paint.yellow('!')} ${amount(setAside, 'case')} of ${profile.profile} without a verdict: ${oneLine(setAsideReason ?? '')}`,
        ]),
    ...disagreements.slice(0, 5).map((one) => disagreementText(one, profile, paint)),
  ];
}

const disagreementText = (
  { property, step, message, ...number }: PropertyDisagreement,
  { profile }: ProfileOutcome,
  paint: Paint,
): string =>
  `${paint.yellow('!')} Model and properties disagree in ${caseInWords(number)} of ${profile}, step ${step + 1}: ` +
  `${property}: ${message}. This is a bug of the suite; please report it.`;
