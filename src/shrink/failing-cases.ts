import type { Case } from '../../spec/vocabulary/case.ts';
import { withCommands } from './pass.ts';
import { unshrunkCounterexample } from './unshrunk.ts';
import type { Examined } from '../judge/examiner.ts';

/** A failing case with the examination of its failure. */
export interface Failing {
  readonly case: Case;
  readonly examined: Examined;
}

/**
 * The examinations of all cases that were found to fail. Shrinking may return to an earlier case, and its examination
 * is then available without running it again.
 */
export class FailingCases {
  readonly #cases = new Map<string, Failing>();
  readonly #start: Failing;

  constructor(start: Failing) {
    this.#start = start;
  }

  /** Records a failing case without the commands after its failure, and returns the failing step. */
  add(testCase: Case, examined: Examined): number {
    const step = unshrunkCounterexample(testCase, examined)?.violation.step ?? testCase.commands.length - 1;
    const cut = withCommands(testCase, testCase.commands.slice(0, step + 1));
    this.#cases.set(JSON.stringify(cut), { case: cut, examined: upTo(cut, examined) });
    return step;
  }

  of(testCase: Case): Failing {
    return this.#cases.get(JSON.stringify(testCase)) ?? this.#start;
  }
}

/** The examination, limited to the commands that are left. */
function upTo(testCase: Case, examined: Examined): Examined {
  if (examined.kind === 'failed') return examined;
  const observations = examined.trace.observations.slice(0, testCase.commands.length);
  return { ...examined, trace: { ...examined.trace, case: testCase, observations } };
}
