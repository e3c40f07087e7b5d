import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import { type Explanation, leftAt } from '../explain/explanation.ts';
import { stepStory } from '../explain/step-story.ts';
import { commandInWords } from './command-text.ts';
import {
  differenceLines,
  earlierLines,
  ruleLines,
  scopeInWords,
  rateInWords,
  stderrLines,
} from './counterexample-text.ts';
import { amount } from './figures.ts';
import { argumentLines, nameLines } from './matters-text.ts';
import type { Paint } from './paint.ts';
import { sentence, wrap } from './wrap.ts';
import { sightingSentences } from './observation-text.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { resultInWords } from '../../spec/vocabulary/words.ts';
import type { AllowedOutcome } from '../explain/allowed-outcomes.ts';

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
  const admission = new Admission(testCase.scope, testCase.profile, trace?.capabilities ?? capabilities);
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
    return [
      isFailing ? paint.bold(head) : head,
      ...reported.flatMap((words) => wrap(`${indent}${words}`, indent)),
      ...(corrupts ? [paint.bold(`${indent}From here on, a page holds a wrong value.`)] : []),
    ];
  });
}

function mattersLines(
  { matters, case: { commands } }: Explanation,
  title: (words: string) => string,
): readonly string[] {
  if (matters === undefined) return [];
  const steps = argumentLines(matters, commands).flatMap(({ step, lines }) => {
    const command = commands[step];
    return [
      `    step ${step + 1}, ${command?.op ?? ''}`,
      ...lines.flatMap((line) => wrap(`      ${line}`, '        ')),
    ];
  });
  const tried = `tried ${amount(matters.asked, 'case')}${matters.complete ? '' : '; incomplete'}`;
  return [
    '',
    title(`Relevant arguments (${tried})`),
    ...nameLines(matters).flatMap((line) => wrap(`    ${line}`, '      ')),
    ...steps,
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

function outcomeInWords(outcome: AllowedOutcome, { pages }: Scope): string {
  const entries = outcome.changed.map(
    (entry) =>
      `page ${entry % pages} of process ${Math.floor(entry / pages)}: ${outcome.entries[entry]?.words ?? ''}`,
  );
  return [
    `returns ${resultInWords(outcome.result)}`,
    ...outcome.callbacks,
    ...(entries.length === 0 ? ['no entry changes'] : entries),
    ...(outcome.notFollowedShoulds.length === 0
      ? []
      : [`allowed, although ${outcome.notFollowedShoulds.join(' and ')} is not followed`]),
  ].join(' · ');
}
