import { match } from 'ts-pattern';
import type { Violation } from '../../spec/judge/verdict.ts';
import { oneLine, printable } from '../corpus/printable.ts';
import type { RecordingOutcome, RecordedOutcome } from '../run/judge-recording.ts';
import type { RequirementOutcome } from '../run/outcome.ts';
import { requirementOutcomes } from '../run/profile-counts.ts';
import { chapterTables } from './chapter-tables.ts';
import { differenceLines, ruleLines, scopeInWords } from './counterexample-text.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { amount, duration, figure } from './figures.ts';
import type { Paint } from './paint.ts';
import { happenedInWords, numberedLines, stateLines } from './steps-text.ts';

/** The result of one case of a recording; after a violation, with the steps before it. */
export function recordedCaseText(outcome: RecordedOutcome, paint: Paint): string {
  const { number, line, case: recorded, verdict, steps, lastLine } = outcome;
  const name = `case ${figure(number)} (line ${figure(line)}, ${recorded.profile})`;
  const here = `at step ${figure(steps)} (line ${figure(lastLine)})`;
  return match(verdict)
    .with({ kind: 'conforms' }, () => `${paint.green('✓')} ${name} conforms: ${amount(steps, 'step')}`)
    .with(
      { kind: 'inconclusive' },
      ({ reason }) => `${paint.yellow('!')} ${name} cannot be judged further ${here}: ${printable(reason)}`,
    )
    .with({ kind: 'violates' }, ({ violation }) =>
      [
        `${paint.red('✗')} ${name} does not conform ${here}:`,
        '',
        violationText(outcome, violation, paint),
      ].join('\n'),
    )
    .exhaustive();
}

function violationText(
  { case: recorded, last }: RecordedOutcome,
  violation: Violation,
  paint: Paint,
): string {
  const { scope, profile, target } = recorded;
  const first = last[0]?.index ?? 0;
  const setting = [
    `profile ${profile}`,
    scopeInWords(scope),
    ...(target === undefined ? [] : [`recorded from ${oneLine(target)}`]),
    ...(first === 0 ? [] : [`the last ${last.length} steps; ${figure(first)} steps precede them`]),
  ];
  const rows = last.map(({ index, command, refusal, observation }) => ({
    step: index,
    command,
    happened: happenedInWords(observation, refusal),
  }));
  return [
    ...ruleLines(violation, paint),
    '',
    `  Steps (${setting.join('; ')}):`,
    '',
    ...numberedLines(rows, violation.step, paint).map((line) => `  ${line}`),
    '',
    ...differenceLines(violation, paint),
    ...stateText(last, scope),
    '',
  ].join('\n');
}

function stateText(last: RecordedOutcome['last'], scope: RecordedOutcome['case']['scope']): string[] {
  const seen = last.findLast(({ observation }) => observation?.state !== undefined);
  const state = seen?.observation?.state;
  if (seen === undefined || state === undefined) return ['', '  None of these steps has a snapshot.'];
  const lines = stateLines(state, scope).map((line) => `    ${line}`);
  return ['', `  State after step ${figure(seen.index + 1)}:`, ...lines];
}

/** The exit code for a recording. A violation takes precedence over an unreadable line after it. */
export function exitCodeOfRecording(outcome: RecordingOutcome, isInterrupted: boolean): ExitCode {
  if (outcome.violating > 0) return EXIT.violates;
  if (isInterrupted) return EXIT.interrupted;
  if (outcome.fault !== undefined) return EXIT.configuration;
  if (outcome.sent === 0) return EXIT.nothingApplicable;
  return outcome.inconclusive > 0 ? EXIT.inconclusive : EXIT.conforms;
}

/** The report on a recording: the covered requirements, and the verdict in the last line. */
export function recordingText(
  outcome: RecordingOutcome,
  exitCode: ExitCode,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const { cases, steps, sent, elapsed } = outcome;
  const profiles = outcome.profiles.map(({ profile, tally, capabilities, violated }) => ({
    profile,
    requirements: requirementOutcomes(profile, capabilities, tally, violated),
  }));
  const speed = elapsed > 0 ? `, ${figure((steps / elapsed) * 1000)} steps/s` : '';
  const parts = [
    chapterTables(profiles, width, paint),
    `${amount(cases, 'case')}, ${amount(steps, 'step')}, ${figure(sent)} of them sent; ${duration(elapsed)}${speed}. ` +
      'Properties were not checked: they need whole traces.',
    `${verdictText(
      outcome,
      profiles.flatMap(({ requirements }) => requirements),
      exitCode,
      paint,
    )} ${paint.dim(`(exit ${exitCode})`)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function verdictText(
  { cases, violating, inconclusive, fault, profiles }: RecordingOutcome,
  requirements: readonly RequirementOutcome[],
  exitCode: ExitCode,
  paint: Paint,
): string {
  const count = (status: RequirementOutcome['status']): number =>
    requirements.filter((one) => one.status === status).length;
  const broken = profiles.flatMap(({ violated }) => [...violated]);
  const untilThen = fault === undefined ? '' : ' before the unreadable line';
  const text = ((): string => {
    switch (exitCode) {
      case EXIT.violates:
        return paint.red(
          `DOES NOT CONFORM: ${figure(violating)} of ${amount(cases, 'case')} violated ${[...new Set(broken)].join(', ')}.`,
        );
      case EXIT.conforms:
        return paint.green(
          `CONFORMS: no violation; ${amount(count('passed'), 'requirement')} passed, ${figure(count('not-covered'))} not covered.`,
        );
      case EXIT.inconclusive:
        return paint.yellow(
          `INCONCLUSIVE: no violation, but ${figure(inconclusive)} of ${amount(cases, 'case')} could not be judged completely.`,
        );
      case EXIT.nothingApplicable:
        return paint.yellow('NOTHING APPLICABLE: no step was sent.');
      case EXIT.interrupted:
        return paint.yellow('INTERRUPTED: no violation until then.');
      default:
        return paint.yellow(`NOT DECIDED: no violation${untilThen}.`);
    }
  })();
  return paint.bold(text);
}
