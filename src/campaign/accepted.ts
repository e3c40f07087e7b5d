import type { Case } from '../../spec/vocabulary/case.ts';
import { withCommands } from '../reduce/pass.ts';
import { asItWasFound } from './as-it-was-found.ts';
import type { Examined } from './examiner.ts';

/** A case, and what came of it when it failed. */
export interface Failing {
  readonly case: Case;
  readonly examined: Examined;
}

/**
 * What was seen of each case that was found to fail. The reducer may go back to one that it left for another, and does not
 * ask for it again.
 */
export class Accepted {
  readonly #cases = new Map<string, Failing>();
  readonly #start: Failing;

  constructor(start: Failing) {
    this.#start = start;
  }

  /** Takes note of a case that failed, without what comes after its failure; the step at which it did. */
  add(testCase: Case, examined: Examined): number {
    const step = asItWasFound(testCase, examined)?.violation.step ?? testCase.commands.length - 1;
    const cut = withCommands(testCase, testCase.commands.slice(0, step + 1));
    this.#cases.set(JSON.stringify(cut), { case: cut, examined: upTo(cut, examined) });
    return step;
  }

  of(testCase: Case): Failing {
    return this.#cases.get(JSON.stringify(testCase)) ?? this.#start;
  }
}

/** What was seen of no more than the case that is left. */
function upTo(testCase: Case, examined: Examined): Examined {
  if (examined.kind === 'failed') return examined;
  const observations = examined.trace.observations.slice(0, testCase.commands.length);
  return { ...examined, trace: { ...examined.trace, case: testCase, observations } };
}
