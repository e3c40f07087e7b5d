import type { Case } from '../../spec/vocabulary/case.ts';
import { type Examined, fingerprintOfExamined } from './examiner.ts';

/** Number of failures and number of runs of a case. */
export interface Rate {
  readonly failed: number;
  readonly of: number;
}

/** Number of runs that measure the rate of a flaky failure. */
const RERUNS = 20;
/** Maximum number of runs per candidate; a rarer failure is not worth shrinking. */
const MAX_REPETITIONS = 30;
/** Maximum probability of missing a failure. */
const MISSED = 0.05;
/** Number of runs per start of the target, so that leftovers of earlier runs are not mistaken for failures. */
const RUNS_OF_A_START = 5;
/** Highest assumed rate: twenty failures in twenty runs do not prove that a case always fails. */
const SUREST = 0.9;

/**
 * Number of runs that miss a failure of this rate with a probability below 5 %.
 *
 * @param most upper limit
 */
export function repetitionsFor({ failed, of }: Rate, most: number = MAX_REPETITIONS): number {
  const rate = Math.min(SUREST, failed / Math.max(1, of));
  if (rate <= 0) return most;
  return Math.min(most, Math.floor(Math.log(MISSED) / Math.log(1 - rate)) + 1);
}

/** The results of repeated runs of a case. */
export interface Measured extends Rate {
  /** One run that did not fail in this way, and one that did. */
  readonly passing: Examined | undefined;
  readonly failing: Examined | undefined;
}

/** Runs a case repeatedly and counts failures with this fingerprint. */
export async function measure(
  testCase: Case,
  fingerprint: string,
  ask: (testCase: Case) => Promise<Examined>,
  stopped: () => boolean,
  restart: () => Promise<void>,
): Promise<Measured> {
  let failed = 0;
  let of = 0;
  let passing: Examined | undefined;
  let failing: Examined | undefined;
  while (of < RERUNS && !stopped()) {
    if (of % RUNS_OF_A_START === 0) await restart();
    const examined = await ask(testCase);
    of++;
    if (fingerprintOfExamined(examined) === fingerprint) {
      failed++;
      failing = examined;
    } else if (passing?.kind !== 'judged') {
      // A run with a trace contains more information than one without.
      passing = examined;
    }
  }
  return { failed, of, passing, failing };
}

/** Runs a case until it fails as requested, at most the given number of times. */
export async function failsWithin(
  repetitions: number,
  testCase: Case,
  ask: (testCase: Case) => Promise<Examined>,
  fails: (examined: Examined) => boolean,
): Promise<Examined | undefined> {
  for (let time = 0; time < repetitions; time++) {
    const examined = await ask(testCase);
    if (fails(examined)) return examined;
  }
  return undefined;
}
