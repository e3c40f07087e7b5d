import { PROFILES } from '../../spec/profiles/profiles.ts';
import type { Disagreement, ProfileOutcome, RunOutcome } from '../campaign/outcome.ts';
import type { Finding } from '../campaign/finding.ts';
import { capabilityGains } from './capability-gains.ts';
import { chapterTables } from './chapter-tables.ts';
import { counterexampleText, reductionInWords } from './counterexample-text.ts';
import type { ExitCode } from './exit-code.ts';
import { amount, duration, figure, percent } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine, printable } from './printable.ts';
import { replayCommand } from './replay-command.ts';
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
  /** The command that does the same run again. */
  readonly repeat: string;
}

/** The report of a run for people: tables, what was found, and the verdict in the last line. */
export function runText(outcome: RunOutcome, exitCode: ExitCode, setting: Setting): string {
  const { paint, width } = setting;
  const parts = [
    chapterTables(outcome.profiles, width, paint),
    outcome.profiles.map((profile) => profileText(profile, paint)).join('\n'),
    ...gainsText(outcome),
    ...outcome.profiles.flatMap((profile) => errorsText(profile, paint)),
    ...outcome.profiles.flatMap((profile) =>
      profile.findings.map((one) => findingText(one, outcome, setting)),
    ),
    `Seed ${outcome.seed}, ${duration(outcome.elapsed)}. The same again: ${paint.cyan(setting.repeat)}`,
    verdictLine(outcome, exitCode, paint),
  ];
  return `${parts.join('\n\n')}\n`;
}

function profileText(one: ProfileOutcome, paint: Paint): string {
  const { cases, commands, sent, moved, asked, properties } = one;
  const progress = one.requirements.find(({ requirement }) => requirement.id === 'migrate.progress');
  const idle = properties.filter(({ exercised }) => exercised === 0).map(({ id }) => id);
  return [
    `${paint.bold(one.profile)}  ${PROFILES[one.profile].title}`,
    `  ${amount(cases, 'case')}, ${amount(commands, 'command')}, ${percent(sent, commands)} of them sent; ` +
      `${percent(moved, asked)} of the ${figure(asked)} pages asked to move did, ${figure(progress?.slighted ?? 0)} skipped without a reason`,
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
  const { disagreements, inconclusive, inconclusiveReason, protocolErrors } = profile;
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

function findingText(finding: Finding, { target, targetSpec, seed }: RunOutcome, setting: Setting): string {
  const { counterexample, index, after, times, file, found } = finding;
  const circumstances = {
    capabilities: target.capabilities,
    reduction: reductionInWords(counterexample),
    found:
      `case ${figure(index)} of seed ${seed}, after ${amount(after, 'command')}, in ${amount(found.commands.length, 'step')}` +
      `${times > 1 ? `; ${amount(times, 'case')} failed in this way` : ''}`,
    replay: file === undefined ? undefined : replayCommand(setting.cwd, file, targetSpec),
  };
  return counterexampleText(counterexample, circumstances, setting.paint);
}
