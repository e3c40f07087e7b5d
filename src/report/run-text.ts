import { PROFILES } from '../../spec/profiles/profile.ts';
import type { Disagreement, ProfileOutcome, RunOutcome } from '../campaign/outcome.ts';
import { capabilityGains } from './capability-gains.ts';
import { chapterTables } from './chapter-tables.ts';
import { corpusText } from './corpus-text.ts';
import type { ExitCode } from './exit-code.ts';
import { findingsText } from './findings-text.ts';
import { amount, duration, figure, percent } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine, printable } from '../corpus/printable.ts';
import { stderrLines } from './stderr-text.ts';
import { verdictLine } from './verdict-text.ts';
import { wrap } from './wrap.ts';

/** How a report is set. */
export interface Setting {
  readonly paint: Paint;
  /** How many characters fit in a line. */
  readonly width: number;
  /** The folder in which the command was called. */
  readonly cwd: string;
  /** How many cases each profile was to have; undefined under a time budget. */
  readonly wanted: number | undefined;
  /** The command that does the same run again. */
  readonly repeat: string;
}

/** The report of a run for people: tables, what was found, and the verdict in the last line. */
export function runText(outcome: RunOutcome, exitCode: ExitCode, setting: Setting): string {
  const { paint, width } = setting;
  const parts = [
    chapterTables(outcome.profiles, width, paint),
    outcome.profiles.map((profile) => profileText(profile, outcome, setting)).join('\n'),
    ...gainsText(outcome),
    ...outcome.profiles.flatMap((profile) => errorsText(profile, paint)),
    ...corpusText(outcome, setting.cwd, paint),
    ...findingsText(outcome, setting.cwd, paint),
    `Seed ${outcome.seed}, ${duration(outcome.elapsed)}. The same again: ${paint.cyan(setting.repeat)}`,
    verdictLine(outcome, exitCode, paint),
  ];
  return `${parts.join('\n\n')}\n`;
}

function profileText(one: ProfileOutcome, { interrupted }: RunOutcome, { paint, wanted }: Setting): string {
  const { cases, commands, sent, moved, asked, properties } = one;
  const progress = one.requirements.find(({ requirement }) => requirement.id === 'migrate.progress');
  const idle = properties.filter(({ exercised }) => exercised === 0).map(({ id }) => id);
  const isCut = !interrupted && wanted !== undefined && cases < wanted;
  return [
    `${paint.bold(one.profile)}  ${PROFILES[one.profile].title}`,
    `  ${amount(cases, 'case')}, ${amount(commands, 'command')}, ${percent(sent, commands)} of them sent; ` +
      `${percent(moved, asked)} of the ${figure(asked)} pages asked to move did, ${figure(progress?.slighted ?? 0)} skipped without a reason`,
    ...(isCut ? [`  stopped before ${figure(wanted)} cases: enough went wrong by then`] : []),
    `  ${amount(properties.length, 'property', 'properties')} without a model looked on` +
      `${idle.length === 0 ? '' : `; never exercised: ${idle.join(', ')}`}`,
  ].join('\n');
}

/** What declaring more would bring: said once, in one line. */
function gainsText({ target, profiles }: RunOutcome): string[] {
  const gains = capabilityGains(
    target.capabilities,
    profiles.map(({ profile }) => profile),
  ).filter(({ atOnce }) => atOnce > 0);
  if (gains.length === 0) return [];
  const list = gains.slice(0, 5).map(({ capability, atOnce }) => `${capability} (+${atOnce})`);
  return [`Requirements that could be judged besides, if the target declared: ${list.join(', ')}`];
}

function errorsText(profile: ProfileOutcome, paint: Paint): string[] {
  const { disagreements, inconclusive, inconclusiveReason, protocolErrors, setAside, setAsideReason } =
    profile;
  return [
    ...protocolErrors.map(({ index, failure }) =>
      [
        ...wrap(
          `${paint.red('✗')} ${failure.kind} in case ${figure(index)} (${profile.profile}): ${printable(failure.message)}`,
          '  ',
        ),
        ...stderrLines(failure.stderr),
      ].join('\n'),
    ),
    ...(inconclusive === 0
      ? []
      : [
          `${paint.yellow('!')} ${amount(inconclusive, 'case')} of ${profile.profile} could not be judged` +
            `${inconclusiveReason === undefined ? '' : `; the first because ${oneLine(inconclusiveReason)}`}`,
        ]),
    ...(setAside === 0
      ? []
      : [
          `${paint.yellow('!')} ${amount(setAside, 'case')} of ${profile.profile} set aside undecided: ${oneLine(setAsideReason ?? '')}`,
        ]),
    ...disagreements.slice(0, 5).map((one) => disagreementText(one, profile, paint)),
  ];
}

const disagreementText = (
  { index, property, step, message }: Disagreement,
  { profile }: ProfileOutcome,
  paint: Paint,
): string =>
  `${paint.yellow('!')} Model and properties disagree in case ${figure(index)} of ${profile}, step ${step + 1}: ` +
  `${property}: ${message}. That is a bug of this suite; please report it.`;
