import { match } from 'ts-pattern';
import type { Violation } from '../../spec/judge/verdict.ts';
import type { Explanation, ShownBy } from '../explain/explanation.ts';
import type { WrongContent } from '../explain/probe-content.ts';
import { printable } from '../corpus/printable.ts';

/** Where the implementation left the specification, as against where it shows. */
export function sightingSentences(explanation: Explanation): readonly string[] {
  const { violation, content, asSaved, byAnswers, failure, case: testCase } = explanation;
  const left =
    failure !== undefined
      ? `The implementation gives no answer any more at step ${violation.step + 1}: ${printable(failure.message)}`
      : content === undefined
        ? `The implementation leaves the specification at ${placeOf(violation)}.`
        : `The implementation leaves the specification at step ${content.step + 1}: ${contentInWords(content)}. It shows at ` +
          `${placeOf(violation)}.`;
  const watched =
    testCase.observe === 'every-step'
      ? []
      : ['It was not looked at after every step, so it may have happened earlier.'];
  const later =
    asSaved === undefined || asSaved.step === violation.step
      ? []
      : [
          `Watched as the case was saved, it shows only at ${placeOf(asSaved)}: ${differenceInWords(asSaved)}.`,
        ];
  return [left, ...watched, ...later, ...(failure === undefined ? answersAlone(byAnswers, violation) : [])];
}

const answersAlone = (byAnswers: ShownBy, violation: Violation): readonly string[] =>
  match(byAnswers)
    .with({ kind: 'not-tried' }, () => [])
    .with({ kind: 'unseen' }, () => [
      'By answers and callbacks alone it never shows in this case: it takes a look at the state.',
    ])
    .with({ kind: 'seen' }, ({ violation: seen }) =>
      seen.step === violation.step
        ? [`Answers and callbacks alone show it at step ${seen.step + 1}, too.`]
        : [
            `By answers and callbacks alone it shows at ${placeOf(seen)}: ${seen.requirement}, ${differenceInWords(seen)}.`,
          ],
    )
    .exhaustive();

/** What the load said that was put in to find out. */
const contentInWords = ({ violation }: WrongContent): string =>
  `a load right after it gives ${printable(violation.observed)} instead of ${printable(violation.expected.join(' or '))}`;

const placeOf = ({ step, clause }: Violation): string => `step ${step + 1}, in its ${clause}`;

const differenceInWords = ({ expected, observed }: Violation): string =>
  `expected ${printable(expected.join(' or '))}, observed ${printable(observed)}`;
