import { findRequirement } from '../../../spec/requirements/catalogue.ts';
import type { Capability } from '../../../spec/vocabulary/capability.ts';
import { type Explanation, leftAt } from '../../explain/explanation.ts';
import { scopeInWords, rateInWords } from '../counterexample-text.ts';
import { allowedLines, changesIn, sightingSentences } from '../explain-text.ts';
import { type Fact, type Picture, shownText } from './page-data.ts';
import { timelineOf } from './timeline.ts';

/** The data of one counterexample for the page. */
export function pictureOf(
  explanation: Explanation,
  capabilities: ReadonlySet<Capability> | undefined,
  facts: readonly Fact[],
): Picture {
  const { case: testCase, trace, violation, allowed, failure, rate } = explanation;
  const entry = findRequirement(violation.requirement);
  return {
    requirement: {
      id: violation.requirement,
      level: entry?.level ?? '',
      title: entry?.title ?? '',
      text: entry?.text ?? '',
      source: entry?.source ?? '',
    },
    facts: [
      { name: 'Case', text: `profile ${testCase.profile}; ${scopeInWords(testCase.scope)}` },
      ...(rate === undefined ? [] : [{ name: 'Failure rate', text: rateInWords(rate) }]),
      ...facts,
    ],
    op: violation.op,
    broken: violation.step,
    left: leftAt(explanation),
    expected: violation.expected.map(shownText),
    observed: shownText(violation.observed),
    also: alsoViolated(explanation),
    ...timelineOf(testCase, trace, capabilities, { violation, allowed: allowed.outcomes }),
    where: sightingSentences(explanation),
    allowed: allowedLines(allowed.outcomes, testCase.scope),
    matters: mattersOf(explanation),
    stderr: shownText(failure?.stderr ?? '')
      .split('\n')
      .filter((line) => line.trim() !== ''),
  };
}

const alsoViolated = ({ violation }: Explanation): readonly string[] =>
  violation.breaches
    .filter(({ clause, requirement }) => clause !== violation.clause || requirement !== violation.requirement)
    .map(
      ({ clause, requirement, expected, observed }) =>
        `${requirement} (${clause}): expected ${shownText(expected)}; observed ${shownText(observed)}`,
    );

const mattersOf = ({ matters, case: { commands } }: Explanation): Picture['matters'] =>
  matters === undefined ? [] : changesIn(matters, commands);
