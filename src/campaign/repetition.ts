import type { Case } from '../../spec/vocabulary/case.ts';
import { type Examined, fingerprintOfExamined } from './examiner.ts';

/** How often a case failed in one way, of so many times that it was run. */
export interface Rate {
  readonly failed: number;
  readonly of: number;
}

/** How often a case that failed and did not fail again is run to see how often it does. */
const RERUNS = 20;
/** Where a failure is rarer than this covers, reducing it would take more runs than it is worth. */
const MOST_REPETITIONS = 30;
/** How likely it may be that a case which does fail is taken for one that does not. */
const MISSED = 0.05;
/** How many of these runs follow one start of the target: what they leave behind must not look like a failure of theirs. */
const RUNS_OF_A_START = 5;
/** Twenty failures of twenty do not say that it always fails. */
const SUREST = 0.9;

/**
 * How often a case must be run so that a failure of this rate is missed with less than 5 %.
 *
 * @param most where that is more than this, this often
 */
export function repetitionsFor({ failed, of }: Rate, most: number = MOST_REPETITIONS): number {
  const rate = Math.min(SUREST, failed / Math.max(1, of));
  if (rate <= 0) return most;
  return Math.min(most, Math.floor(Math.log(MISSED) / Math.log(1 - rate)) + 1);
}

/** What a case did when it was run again and again. */
export interface Measured extends Rate {
  /** One run that did not fail in this way, and one that did. */
  readonly passing: Examined | undefined;
  readonly failing: Examined | undefined;
}

/** Runs a case again and again, and counts how often it fails in this way. */
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
      // A run with a trace tells more than one without.
      passing = examined;
    }
  }
  return { failed, of, passing, failing };
}

/** Runs a case until it fails in a way that is asked for, so many times at most. */
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
