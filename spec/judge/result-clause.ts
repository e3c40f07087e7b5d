import { ruleAt } from '../requirements/catalogue.ts';
import type { Step } from '../model/step.ts';
import type { Observation } from '../vocabulary/observation.ts';
import { type Answer, type BothAnswers, isBoth, isVector, type Result } from '../vocabulary/result.ts';
import { resultInWords } from '../vocabulary/words.ts';
import type { Breach } from './verdict.ts';

const isValue = (result: Result): boolean =>
  typeof result === 'number' || result === 'torn' || result === 'stale';

/** The result itself: its kind is the clause *result*; that a load returns the right value is the clause *value*. */
export function checkResult(step: Step, observation: Observation): Breach | undefined {
  const expected = step.result;
  const observed = observation.result;
  if (expected === observed) return undefined;
  if (isBoth(expected)) return checkBoth(step, expected, observed);
  if (isVector(expected) && isVector(observed)) return checkVector(step, expected, observed);
  const value = isValue(expected) && isValue(observed);
  return {
    clause: value ? 'value' : 'result',
    requirement: value ? step.attribution.value : step.attribution.result,
    expected: resultInWords(expected),
    observed: resultInWords(observed),
  };
}

function checkVector(
  step: Step,
  expected: readonly string[],
  observed: readonly string[],
): Breach | undefined {
  for (let index = 0; index < Math.max(expected.length, observed.length); index++) {
    if (expected[index] === observed[index]) continue;
    const differs = differsAt(step, index, expected, observed);
    // If the page may be skipped without a reason, skipping it breaks only a SHOULD.
    return step.isStrict ? { ...differs, requirement: 'migrate.progress' } : differs;
  }
  return undefined;
}

function differsAt(
  step: Step,
  index: number,
  expected: readonly string[],
  observed: readonly string[],
): Breach {
  const page = step.page + index;
  return {
    clause: 'result',
    requirement: ruleAt(step.pageAttribution[index]) ?? step.attribution.result,
    expected: `page ${page} ${expected[index] ?? 'without a result'}`,
    observed: `page ${page} ${observed[index] ?? 'without a result'}`,
  };
}

/** The results of both commands of a race; a wrong value is reported only if nothing else is wrong. */
function checkBoth(step: Step, expected: BothAnswers, observed: Result): Breach | undefined {
  if (isBoth(observed)) {
    const left = differsIn(expected.left, observed.left);
    const right = differsIn(expected.right, observed.right);
    if (left === undefined && right === undefined) return undefined;
    if (left !== 'result' && right !== 'result') {
      return {
        clause: 'value',
        requirement: step.attribution.value,
        expected: resultInWords(expected),
        observed: resultInWords(observed),
      };
    }
  }
  return {
    clause: 'result',
    requirement: step.attribution.result,
    expected: resultInWords(expected),
    observed: resultInWords(observed),
  };
}

/** The difference between two results: in their kind, or only in the value. */
function differsIn(expected: Answer, observed: Answer): 'result' | 'value' | undefined {
  if (isVector(expected) && isVector(observed)) {
    const same = expected.length === observed.length && expected.every((one, at) => one === observed[at]);
    return same ? undefined : 'result';
  }
  if (expected === observed) return undefined;
  return isValue(expected) && isValue(observed) ? 'value' : 'result';
}
