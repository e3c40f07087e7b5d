import { match } from 'ts-pattern';
import type { Violation } from '../../spec/judge/verdict.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { printable } from '../corpus/printable.ts';
import { type AllowedOutcome, outcomeInWords } from '../explain/allowed-outcomes.ts';
import { type Explanation, leftAt, type ShownBy, type WrongContent } from '../explain/explanation.ts';
import { DRAWING_KEY, folioDrawing } from '../explain/folio-bars.ts';
import { sentence, stepStory } from '../explain/step-story.ts';
import type { ArgumentMatters, ArgumentsThatMatter, NameMatters, Tried } from '../explain/which-arguments.ts';
import {
  differenceLines,
  earlierLines,
  ruleLines,
  scopeInWords,
  rateInWords,
  stderrLines,
} from './counterexample-text.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';
import { commandInWords } from './steps-text.ts';
import { wrap } from './text-layout.ts';

/** The explanation of a counterexample: effect of each step, first deviation, allowed outcomes, relevant arguments. */
export function explainText(
  explanation: Explanation,
  capabilities: ReadonlySet<Capability> | undefined,
  paint: Paint,
): string {
  const { case: testCase, violation, allowed, failure, rate } = explanation;
  const title = (words: string): string => `  ${paint.bold(words)}`;
  const step = violation.step + 1;
  return [
    ...ruleLines(violation, paint),
    '',
    ...earlierLines(explanation.earlier, paint),
    title(`Steps (profile ${testCase.profile}; ${scopeInWords(testCase.scope)})`),
    ...storyLines(explanation, capabilities, paint),
    ...(isDrawn(explanation) ? ['', ...wrap(`    ${DRAWING_KEY}`, '    ')] : []),
    '',
    title('Deviation from the specification'),
    ...sightingSentences(explanation).flatMap((words) => wrap(`    ${words}`, '    ')),
    '',
    ...differenceLines(violation, paint).map((line) => `  ${line}`),
    ...(rate === undefined ? [] : ['', `    ${rateInWords(rate)}.`]),
    ...stderrLines(failure?.stderr ?? ''),
    ...(allowed.outcomes.length === 0
      ? []
      : [
          '',
          title(`Allowed at step ${step}`),
          ...allowedLines(allowed.outcomes, testCase.scope).flatMap((line) =>
            wrap(`    – ${line}`, '      '),
          ),
        ]),
    ...(allowed.choices.length === 0
      ? []
      : [
          '',
          title(`Choices of the implementation at step ${step}`),
          ...allowed.choices.flatMap((line) => wrap(`    – ${line}`, '      ')),
        ]),
    ...mattersLines(explanation, title),
  ].join('\n');
}

function storyLines(
  explanation: Explanation,
  capabilities: ReadonlySet<Capability> | undefined,
  paint: Paint,
): readonly string[] {
  const { case: testCase, trace, violation } = explanation;
  const { scope, profile } = testCase;
  const admission = new Admission(scope, profile, trace?.capabilities ?? capabilities);
  let drawn = '';
  const digits = String(testCase.commands.length).length;
  return testCase.commands.flatMap((command, step) => {
    const refusal = admission.admit(command);
    const isFailing = step === violation.step;
    const corrupts = step === leftAt(explanation) && !isFailing;
    const head = `  ${isFailing ? '>' : ' '} ${String(step + 1).padStart(digits)}  ${commandInWords(command)}`;
    const indent = ' '.repeat(digits + 8);
    const reported =
      refusal !== undefined
        ? [`Not sent: ${refusal}.`]
        : (trace === undefined ? [] : stepStory(trace, step)).map(sentence);
    const state = trace?.observations[step]?.state;
    const drawing = state === undefined ? [] : folioDrawing(state, scope);
    const isNew = drawing.length > 0 && drawing.join('\n') !== drawn;
    if (isNew) drawn = drawing.join('\n');
    return [
      isFailing ? paint.bold(head) : head,
      ...reported.flatMap((words) => wrap(`${indent}${words}`, indent)),
      ...(isNew ? drawing.map((line) => `${indent}  ${line}`) : []),
      ...(corrupts ? [paint.bold(`${indent}From here on, a page holds a wrong value.`)] : []),
    ];
  });
}

/** Whether the steps contain drawings of large folios. */
const isDrawn = ({ trace, case: { scope } }: Explanation): boolean =>
  trace?.observations.some(
    (observation) => observation?.state !== undefined && folioDrawing(observation.state, scope).length > 0,
  ) ?? false;

function mattersLines(
  { matters, case: { commands } }: Explanation,
  title: (words: string) => string,
): readonly string[] {
  if (matters === undefined) return [];
  const tried = `tried ${amount(matters.asked, 'case')}${matters.complete ? '' : '; incomplete'}`;
  return [
    '',
    title(`Relevant arguments (${tried})`),
    ...changesIn(matters, commands).flatMap(({ about, lines }) => [
      `    ${about}`,
      ...lines.flatMap((line) => wrap(`      ${line}`, '        ')),
    ]),
  ];
}

/** Changes of one kind, and their results. */
interface Changes {
  readonly about: string;
  readonly lines: readonly string[];
}

/** The changes that were tried: a name replaced at every step, and an argument of one step alone. */
export function changesIn(matters: ArgumentsThatMatter, commands: readonly Command[]): readonly Changes[] {
  const names = matters.names.map(nameLine);
  return [
    ...(names.length === 0 ? [] : [{ about: 'Replaced at every step', lines: names }]),
    ...argumentLines(matters, commands).map(({ step, lines }) => ({
      about: `Changed in step ${step + 1} alone (${commands[step]?.op ?? ''})`,
      lines,
    })),
  ];
}

/** Longer lists are cut, to keep the report readable. */
const MAX_SHOWN = 6;

/** The outcomes allowed at a step, one per line. The last line counts the outcomes that were left out. */
export function allowedLines(outcomes: readonly AllowedOutcome[], scope: Scope): readonly string[] {
  const rest = outcomes.length - MAX_SHOWN;
  return [
    ...outcomes.slice(0, MAX_SHOWN).map((outcome) => outcomeInWords(outcome, scope)),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}

/** The step at which the implementation deviates, and the step at which the deviation becomes observable. */
export function sightingSentences(explanation: Explanation): readonly string[] {
  const { violation, content, asSaved, byAnswers, failure, case: testCase } = explanation;
  const left =
    failure !== undefined
      ? `The implementation stops responding at step ${violation.step + 1}: ${printable(failure.message)}`
      : content === undefined
        ? `The implementation deviates from the specification at ${placeOf(violation)}.`
        : `The implementation deviates from the specification at step ${content.step + 1}: ${contentInWords(content)}. It becomes observable at ` +
          `${placeOf(violation)}.`;
  const watched =
    testCase.observe === 'every-step'
      ? []
      : ['The state was not observed after every step, so the deviation may be earlier.'];
  const later =
    asSaved === undefined || asSaved.step === violation.step
      ? []
      : [
          `With the snapshots of the saved case, it becomes observable only at ${placeOf(asSaved)}: ${differenceInWords(asSaved)}.`,
        ];
  return [left, ...watched, ...later, ...(failure === undefined ? answersAlone(byAnswers, violation) : [])];
}

const answersAlone = (byAnswers: ShownBy, violation: Violation): readonly string[] =>
  match(byAnswers)
    .with({ kind: 'not-tried' }, () => [])
    .with({ kind: 'unseen' }, () => [
      'Results and callbacks alone do not show it in this case: it needs a snapshot of the state.',
    ])
    .with({ kind: 'seen' }, ({ violation: seen }) =>
      seen.step === violation.step
        ? [`Results and callbacks alone also show it at step ${seen.step + 1}.`]
        : [
            `Results and callbacks alone show it at ${placeOf(seen)}: ${seen.requirement}, ${differenceInWords(seen)}.`,
          ],
    )
    .exhaustive();

/** The result of the load that was inserted to find the first wrong content. */
const contentInWords = ({ violation }: WrongContent): string =>
  `a load right after it returns ${printable(violation.observed)} instead of ${printable(violation.expected.join(' or '))}`;

const placeOf = ({ step, clause }: Violation): string => `step ${step + 1}, in its ${clause}`;

const differenceInWords = ({ expected, observed }: Violation): string =>
  `expected ${printable(expected.join(' or '))}, observed ${printable(observed)}`;

/** The remarks about the arguments of one step. */
interface StepArguments {
  readonly step: number;
  readonly lines: readonly string[];
}

/** For each step, the arguments that the failure depends on and those that can be replaced. */
function argumentLines(
  { arguments: all }: ArgumentsThatMatter,
  commands: readonly Command[],
): readonly StepArguments[] {
  return commands.flatMap((command, step) => {
    const here = all.filter((one) => one.step === step);
    if (here.length === 0) return [];
    const needed = here.filter(({ failing }) => failing.length === 0);
    const only = needed.map(({ argument }) => argumentInWords(command, argument));
    return [
      {
        step,
        lines: [
          ...(only.length === 0 ? [] : [`fails only with ${only.join(', ')}`]),
          ...here.filter(({ failing }) => failing.length > 0).map(argumentLine),
        ],
      },
    ];
  });
}

function argumentLine({ argument, failing, passing }: ArgumentMatters): string {
  if (passing.length === 0) return `any other ${argument} fails too (${failing.join(', ')})`;
  return `${argument} ${oneOf(failing)} fails too; ${oneOf(passing)} does not`;
}

/** Whether the case still fails if another process, page, slot or value replaces this one at every step. */
function nameLine({ sort, name, ...tried }: NameMatters): string {
  return `${sort} ${name}: ${placeLine(sort, tried)}`;
}

function placeLine(sort: string, { failing, passing }: Tried): string {
  if (passing.length === 0) return `any other ${sort} fails too (${failing.join(', ')})`;
  if (failing.length === 0) return `no other ${sort} fails (not ${passing.join(', ')})`;
  return `${oneOf(failing)} fails too; ${oneOf(passing)} does not`;
}

/** The number of items of a list that are named. */
const MAX_NAMED = 4;

function oneOf(items: readonly string[]): string {
  const more = items.length - MAX_NAMED;
  return more <= 1 ? items.join(' or ') : `${items.slice(0, MAX_NAMED).join(' or ')} or ${more} others`;
}

/** An argument of the case with its value; an optional one may be absent. */
const argumentInWords = (command: Command, argument: string): string =>
  Object.entries(command).some(([name, value]) => name === argument && value !== undefined)
    ? `${argument} ${valueOf(command, argument)}`
    : `no ${argument}`;

/** The value of an argument in the case. */
function valueOf(command: Command, argument: string): string {
  const value: unknown = Object.entries(command).find(([name]) => name === argument)?.[1];
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, item]) => `${name} ${String(item)}`)
    .join(' ');
}
