import { oneLine } from '../corpus/printable.ts';
import { commandInWords } from '../report/command-text.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { devicesIn } from '../../spec/vocabulary/scope.ts';
import { amount } from '../report/figures.ts';
import { wrap } from '../report/wrap.ts';
import { type Subject, titleOf } from './subject.ts';

/**
 * What every export says of itself at its head, as lines without control characters: much of it comes from a target, and
 * must stay in the comment that it is put in.
 */
export function remarks(subject: Subject): readonly string[] {
  const { file, case: testCase } = subject;
  const { profile, scope, commands } = testCase;
  return [
    `Exported by ${SUITE_AND_VERSION}.`,
    '',
    titleOf(subject),
    '',
    `Profile ${profile}; ${amount(scope.processes, 'process', 'processes')}, ${amount(scope.pages, 'page')}, ` +
      `${amount(scope.frames, 'frame')}${devicesIn(scope) === 1 ? '' : ` on each of ${devicesIn(scope)} devices`}:`,
    ...commands.map((command, index) => `  ${index + 1}  ${commandInWords(command)}`),
    ...(file === undefined
      ? []
      : [
          '',
          ...file.expected.flatMap((outcome) => wrap(`Expected ${outcome}`, '  ')),
          ...wrap(`Observed ${file.observed}`, '  '),
          `At step ${file.step + 1}, in its ${file.clause}. Found on ${file.target.name}.`,
          ...(file.flaky === undefined
            ? []
            : [`It came and went: it failed in ${file.flaky.failed} of ${file.flaky.of} runs.`]),
        ]),
  ].map(oneLine);
}

/** The command that starts the adapter on which it was found, to be told and never to be run. */
export const recordedCommand = ({ file }: Subject): string | undefined =>
  file === undefined ? undefined : oneLine(file.target.spec.replace(/^stdio:/, ''));
