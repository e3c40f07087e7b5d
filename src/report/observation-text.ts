import { match } from 'ts-pattern';
import type { Violation } from '../../spec/judge/verdict.ts';
import type { Explanation, ShownBy, WrongContent } from '../explain/explanation.ts';
import { printable } from '../corpus/printable.ts';

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
