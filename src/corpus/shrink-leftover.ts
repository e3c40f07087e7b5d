import { makeCounterexample } from '../shrink/make-counterexample.ts';
import type { Examined } from '../judge/examiner.ts';
import type { Counterexample } from '../shrink/finding.ts';
import type { Target } from '../targets/target.ts';

/** Less than for a new finding, because it delays the new cases of the run. */
const BUDGET = { asks: 100_000, milliseconds: 15_000 };

/** Shrinks a counterexample that a killed run left unshrunk; undefined if it no longer fails. */
export const shrinkLeftover = (
  target: Target,
  found: Counterexample,
  signal: AbortSignal,
  onAsk: () => Promise<void>,
  milliseconds: number = BUDGET.milliseconds,
): Promise<Counterexample | undefined> =>
  makeCounterexample(target, found.case, examinedOf(found), {
    asks: BUDGET.asks,
    milliseconds: Math.min(BUDGET.milliseconds, milliseconds),
    signal,
    onAsk,
  });

/** The examination in which it failed. */
function examinedOf({ trace, failure, violation }: Counterexample): Examined {
  if (trace !== undefined) {
    return { kind: 'judged', trace, verdict: { kind: 'violates', violation }, broken: [] };
  }
  return {
    kind: 'failed',
    failure: failure ?? { kind: 'crash', message: violation.observed, step: violation.step, stderr: '' },
  };
}
