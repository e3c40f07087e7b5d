import { match } from 'ts-pattern';
import type { Violation } from '../../spec/judge/verdict.ts';
import { findRequirement, isShould } from '../../spec/requirements/catalogue.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import type { Snapshot } from '../../spec/vocabulary/snapshot.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { printable } from '../corpus/printable.ts';
import type { Flaky, Rate } from '../examine/repetition.ts';
import type { Certificate, SearchedSlice } from '../search/certificate.ts';
import type { Counterexample } from '../shrink/finding.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';
import { numberedLines, stepLines, stateLines } from './steps-text.ts';
import { wrap } from './text-layout.ts';

/** Facts about a counterexample that it does not contain itself. */
export interface Circumstances {
  /** The declared capabilities of the target, needed if the counterexample has no trace. */
  readonly capabilities: ReadonlySet<Capability> | undefined;
  /** A description of how minimal it is; undefined to omit it. */
  readonly shrinking: string | undefined;
  /** The case, and the point of the run, at which it was found. */
  readonly found: string | undefined;
  /** The command that replays it; undefined if it was not saved. */
  readonly replay: string | undefined;
  /** The command that continues shrinking; undefined if shrinking is complete. */
  readonly shrink?: string | undefined;
}

/** The text of a counterexample: requirement, steps, difference, state, and the command that replays it. */
export function counterexampleText(
  counterexample: Counterexample,
  circumstances: Circumstances,
  paint: Paint,
): string {
  const { case: testCase, trace, violation, failure, flaky } = counterexample;
  const { profile, scope } = testCase;
  const setting = [
    `profile ${profile}`,
    scopeInWords(scope),
    ...(circumstances.shrinking === undefined ? [] : [circumstances.shrinking]),
  ];
  const steps = stepLines(
    {
      case: testCase,
      observations: trace?.observations,
      capabilities: trace?.capabilities ?? circumstances.capabilities,
      broken: violation.step,
    },
    paint,
  );
  return [
    ...ruleLines(violation, paint),
    '',
    ...earlierLines(counterexample.earlier, paint),
    `  Steps (${setting.join('; ')}):`,
    '',
    ...steps.map((line) => `  ${line}`),
    '',
    ...differenceLines(violation, paint),
    ...stderrBelow(failure?.stderr ?? ''),
    ...(flaky === undefined ? [] : ['', ...flakyLines(flaky, paint)]),
    ...stateAround(trace, violation.step),
    ...(circumstances.found === undefined ? [] : ['', `  Found by ${circumstances.found}`]),
    ...(circumstances.replay === undefined ? [] : [`  Replay   ${paint.cyan(circumstances.replay)}`]),
    ...(circumstances.shrink === undefined ? [] : [`  Shrink   ${paint.cyan(circumstances.shrink)}`]),
  ].join('\n');
}

/** The earlier cases that a counterexample needs; empty if it needs none. */
export const earlierLines = (earlier: readonly Case[] = [], paint: Paint): readonly string[] =>
  earlier.length === 0
    ? []
    : [
        '  Fails only on a target that has run these cases since it was started:',
        '',
        ...earlier.flatMap(({ commands, profile, scope }, at) => [
          `  Earlier case ${at + 1} (profile ${profile}; ${scopeInWords(scope)}):`,
          '',
          ...numberedLines(
            commands.map((command, step) => ({ step, command, happened: '' })),
            undefined,
            paint,
          ).map((line) => `  ${line}`),
          '',
        ]),
      ];

/** The violated requirement. */
export function ruleLines({ requirement }: Violation, paint: Paint): string[] {
  const entry = findRequirement(requirement);
  const level = entry === undefined ? '' : ` (${entry.level})`;
  const [mark, colour] = isShould(requirement) ? (['!', 'yellow'] as const) : (['✗', 'red'] as const);
  return [
    `${paint[colour](mark)} ${paint.bold(paint[colour](requirement))}${level}  ${paint.bold(entry?.title ?? '')}`,
    ...wrap(`  ${entry?.text ?? ''}`, '  '),
    ...(entry === undefined ? [] : [paint.dim(`  Source: ${entry.source}`)]),
  ];
}

/** The world size of a case. */
export const scopeInWords = (scope: Scope): string =>
  [
    amount(scope.processes, 'process', 'processes'),
    amount(scope.pages, 'page'),
    amount(scope.frames, 'frame'),
    ...(devicesIn(scope) === 1 ? [] : [amount(devicesIn(scope), 'device')]),
  ].join(' × ') + (scope.block === undefined ? '' : `, large folios of ${scope.block} pages`);

/** A description of how minimal a counterexample is. */
export const shrinkingInWords = ({ certificate, asked, slice, flaky }: Counterexample): string =>
  `${certificate === 'found' && flaky === undefined ? SET_ASIDE : certificateInWords(certificate, asked)}${slice === undefined ? '' : `; ${sliceInWords(slice)}`}`;

/** Shown if shrinking one failure would take too much of the run. */
const SET_ASIDE = 'not shrunk: it would take more than a tenth of the run; use "zdc minimize" to shrink it';

const certificateInWords = (certificate: Certificate, asked: number): string =>
  match(certificate)
    .with('found', () => 'not shrunk')
    .with('interrupted', () => 'shrinking was interrupted: a shorter case may exist')
    .with('reduced', () => `shrunk: no shorter failing case among ${amount(asked, 'case')} tried`)
    .with('1-minimal', () => `1-minimal: removing any one step makes it pass; ${amount(asked, 'case')} tried`)
    .with(
      '2-minimal',
      () => `2-minimal: removing any one or two steps makes it pass; ${amount(asked, 'case')} tried`,
    )
    .with(
      'shortest-if-symmetric-and-open',
      () =>
        'the shortest possible, if the target treats processes, pages and values alike and hides no state',
    )
    .with(
      'shortest-if-symmetric',
      () => 'the shortest possible, if the target treats processes, pages and values alike',
    )
    .with('shortest', () => 'the shortest possible')
    .exhaustive();

const sliceInWords = ({ scope, ops, searched, states }: SearchedSlice): string =>
  `all cases of up to ${amount(searched, 'step')} tried, ${amount(states, 'state')}, ` +
  `${scope.processes} × ${scope.pages} × ${scope.frames}${devicesIn(scope) === 1 ? '' : ` × ${devicesIn(scope)}`}, of ${ops.join(', ')}`;

/** The allowed outcomes and the observed one. */
export function differenceLines(violation: Violation, paint: Paint): string[] {
  const { expected, observed, clause, breaches, step } = violation;
  const [only, ...others] = expected.map(printable);
  const wanted =
    only === undefined
      ? []
      : others.length === 0
        ? [`  Expected ${paint.green(only)}`]
        : [
            '  Expected one of',
            ...expected.map((outcome) => `           ${paint.green(printable(outcome))}`),
          ];
  const also = breaches.filter(
    (breach) => breach.clause !== clause || breach.requirement !== violation.requirement,
  );
  return [
    ...wanted,
    ...wrap(`  Observed ${printable(observed)}`, '           ').map((line) =>
      line.replace(/(?<=^ {2}Observed |^ {11}).*$/, paint.red),
    ),
    `  At       step ${step + 1}, in its ${clause}`,
    ...also.map(
      (breach) =>
        `  Also     ${breach.requirement} (${breach.clause}): expected ${printable(breach.expected)}; observed ${printable(breach.observed)}`,
    ),
  ];
}

function stderrBelow(stderr: string): readonly string[] {
  const lines = stderrLines(stderr);
  return lines.length === 0 ? [] : ['', ...lines];
}

/** The snapshot after the failing step; if there is none, the last one before it. */
function stateAround(trace: Trace | undefined, step: number): string[] {
  if (trace === undefined) return [];
  const seen = lastState(trace, step);
  if (seen === undefined) return ['', '  The target shows no state.'];
  const title =
    seen.step === step
      ? `State after step ${step + 1}:`
      : `State after step ${seen.step + 1}, the last snapshot:`;
  return ['', `  ${title}`, ...stateLines(seen.state, trace.case.scope).map((line) => `    ${line}`)];
}

function lastState(
  { observations }: Trace,
  step: number,
): { readonly step: number; readonly state: Snapshot } | undefined {
  for (let at = step; at >= 0; at--) {
    const state = observations[at]?.state;
    if (state !== undefined) return { step: at, state };
  }
  return undefined;
}

/** The number of lines of a target's standard error that are shown. */
const LINES = 12;

/** The last lines of a target's standard error; empty if it wrote none. */
export function stderrLines(stderr: string): readonly string[] {
  const lines = printable(stderr)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) return [];
  const shown = lines.slice(-LINES);
  const title = shown.length < lines.length ? `Standard error, its last ${LINES} lines:` : 'Standard error:';
  return [`  ${title}`, ...shown.map((line) => `    ${line}`)];
}

const FLAKY = 'Flaky';

/** The failure rate of a flaky counterexample. */
export const rateInWords = ({ failed, of }: Rate): string =>
  `${FLAKY}: these steps failed in ${failed} of ${amount(of, 'run')}`;

/** The failure rate, and the first difference between a failing and a passing run. */
function flakyLines({ differed, ...rate }: Flaky, paint: Paint): readonly string[] {
  const often = `  ${rateInWords(rate).replace(FLAKY, paint.yellow(FLAKY))}.`;
  if (differed === undefined) return [often, '  The observations of failing and passing runs do not differ.'];
  return [
    `${often} A failing and a passing run first differ at step ${differed.step + 1}:`,
    ...differed.fields.flatMap(({ field, failing, passing }) => [
      `    ${field}, failing run: ${printable(failing)}`,
      `    ${field}, passing run: ${printable(passing)}`,
    ]),
  ];
}
