import { match } from 'ts-pattern';
import { Capability, CAPABILITY_TEXTS } from '../../../spec/vocabulary/capability.ts';
import { wireObservations } from '../../explain/recorded-trace.ts';
import { oneLine, printable } from '../../corpus/printable.ts';
import { stderrLines } from '../../report/counterexample-text.ts';
import type { Paint } from '../../report/paint.ts';
import { capabilityGains, judgeable } from '../../report/status-text.ts';
import { stepLines } from '../../report/steps-text.ts';
import { columns, cut, wrap } from '../../report/text-layout.ts';
import type { ReplayOutcome } from '../../run/replay.ts';
import type { Hello } from '../../targets/target.ts';
import { didYouMean } from '../nearest.ts';
import { nameOf } from '../run-display.ts';
import type { ProbeResult } from './probe.ts';

/** The number of characters shown of a line that was sent or received. */
const EXCERPT_LENGTH = 600;

/** The hello of a target, with the names that this version does not know. */
export function helloText(hello: Hello, unknownNames: readonly string[], paint: Paint): string {
  const known = [...Capability.options, ...hello.profiles];
  return [
    `  ${paint.green('✓')} started; hello: ${nameOf(hello)}; profiles ${hello.profiles.join(', ')}`,
    ...unknownNames.map(
      (name) =>
        `  ${paint.yellow('!')} "${oneLine(name)}" is not a known capability or profile, and is ignored.${didYouMean(name, known)}`,
    ),
  ].join('\n');
}

/** The declared capabilities, and the number of requirements that further ones would make judgeable. */
export function declarationText({ capabilities, profiles }: Hello, paint: Paint): string {
  const { count, all } = judgeable(capabilities, profiles);
  const declared = Capability.options.filter((one) => capabilities.has(one));
  const gains = capabilityGains(capabilities, profiles);
  const rows = gains.map(({ capability, atOnce, later }) => [
    capability,
    atOnce === 0 ? '' : `+${atOnce}`,
    later === 0 ? '' : `${later}`,
    CAPABILITY_TEXTS[capability],
  ]);
  return [
    ...wrap(`  Declared: ${declared.length === 0 ? 'the core only' : declared.join(', ')}.`, '    '),
    `  ${count} of ${all} requirements can be judged with these capabilities.`,
    ...(rows.length === 0
      ? []
      : [
          '  Not declared, in order of gain (requirements judgeable with it alone; with further capabilities):',
          '',
          ...columns(rows, '    '),
        ]),
    ...(profiles.length === 0
      ? []
      : [
          '',
          paint.dim(
            '  An undeclared command or part of the state only reduces coverage; an undeclared variant of behaviour is a finding.',
          ),
        ]),
  ].join('\n');
}

/** The text of a passed probe. */
export const wellText = ({ title, capability }: ProbeResult['probe'], paint: Paint): string =>
  `  ${paint.green('✓')} ${capability === undefined ? title : `${capability.padEnd(20)}  ${title}`}`;

/** The text of a failed probe: expected and observed outcome, the lines on the wire, and advice. */
export function wrongText(
  { probe, case: testCase, outcome, sent }: ProbeResult,
  hello: Hello,
  paint: Paint,
): string {
  const { trace, failure } = outcome;
  const name = probe.capability === undefined ? probe.title : `${probe.capability}: ${probe.title}`;
  const steps = stepLines(
    {
      case: testCase,
      observations: trace?.observations,
      capabilities: hello.capabilities,
      broken: brokenStep(outcome),
    },
    paint,
  );
  const received =
    trace === undefined
      ? []
      : [
          `  Received ${cut(JSON.stringify({ observations: wireObservations(trace).filter((one) => one !== null) }), EXCERPT_LENGTH)}`,
        ];
  return [
    `  ${paint.red('✗')} ${paint.bold(name)} (${testCase.profile})`,
    ...whatIsWrong(outcome, paint),
    '',
    ...steps.map((line) => `    ${line}`),
    '',
    `    Sent     ${cut(sent, EXCERPT_LENGTH)}`,
    ...received.map((line) => `  ${line}`),
    ...stderrLines(failure?.stderr ?? '').map((line) => `  ${line}`),
    // Without a response, the failure already contains advice.
    ...(failure === undefined ? wrap(`    Fix      ${probe.advice}`, '             ') : []),
  ].join('\n');
}

const brokenStep = ({ verdict, failure }: ReplayOutcome): number | undefined =>
  verdict.kind === 'violates' ? verdict.violation.step : failure?.step;

const whatIsWrong = ({ verdict, disagreements }: ReplayOutcome, paint: Paint): readonly string[] =>
  match(verdict)
    .with({ kind: 'violates' }, ({ violation }) => [
      `    Violated ${violation.requirement} at step ${violation.step + 1} (${violation.clause})`,
      `    Expected ${violation.expected.map(printable).join(', or ')}`,
      ...wrap(`    Observed ${printable(violation.observed)}`, '             '),
    ])
    .with({ kind: 'inconclusive' }, ({ reason }) => wrap(`    ${printable(reason)}`, '    '))
    .with({ kind: 'conforms' }, () =>
      disagreements.map(
        ({ property, message }) =>
          `    ${paint.yellow(`model and property ${property} disagree: ${message}`)}`,
      ),
    )
    .exhaustive();

/** The number of probes that were skipped after a failure. */
export const untriedText = (count: number, paint: Paint): string =>
  paint.dim(`  – ${count} more of this stage not tried: fix this problem first`);

/** The heading of a stage. */
export const stageText = (number: number, title: string, paint: Paint): string =>
  paint.bold(`${number}. ${title}`);
