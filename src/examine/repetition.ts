import { isDeepStrictEqual } from 'node:util';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type Examined, fingerprintOfExamined } from './examiner.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Snapshot } from '../../spec/vocabulary/snapshot.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { entryInWords, eventInWords, resultInWords } from '../../spec/vocabulary/words.ts';

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
interface Measured extends Rate {
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

/** A flaky failure: its rate over repeated runs, and the first difference between a failing and a passing run. */
export interface Flaky extends Rate {
  /** The first difference between a failing and a passing run; undefined if no shown part differs. */
  readonly differed: RunDifference | undefined;
}

/** One difference between a failing and a passing run, in words. */
interface FieldDifference {
  readonly field: 'result' | 'events' | 'state';
  readonly failing: string;
  readonly passing: string;
}

/** The first step at which two runs of one case differ. */
interface RunDifference {
  readonly step: number;
  readonly fields: readonly FieldDifference[];
}

/** Maximum number of places shown for a state that differs. */
const MAX_PLACES = 4;

/** The first difference between a failing and a passing run; undefined if there is none. */
export function differenceBetween(failing: Examined, passing: Examined): RunDifference | undefined {
  if (failing.kind === 'judged' && passing.kind === 'judged')
    return betweenTraces(failing.trace, passing.trace);
  const failed = failing.kind === 'failed' ? failing : passing;
  return {
    step: (failed.kind === 'failed' ? failed.failure.step : undefined) ?? 0,
    fields: [{ field: 'result', failing: endOf(failing), passing: endOf(passing) }],
  };
}

const endOf = (examined: Examined): string =>
  examined.kind === 'failed' ? examined.failure.message : 'every step returned a result';

function betweenTraces(failing: Trace, passing: Trace): RunDifference | undefined {
  const { scope } = failing.case;
  for (const [step, one] of failing.observations.entries()) {
    const other = passing.observations[step];
    // The case decides which commands are sent, so that both runs of one case sent this command or neither did.
    if (one === undefined || other === undefined) continue;
    const fields = betweenObservations(one, other, scope);
    if (fields.length > 0) return { step, fields };
  }
  return undefined;
}

function betweenObservations(one: Observation, other: Observation, scope: Scope): readonly FieldDifference[] {
  return [
    ...(isDeepStrictEqual(one.result, other.result)
      ? []
      : [
          {
            field: 'result' as const,
            failing: resultInWords(one.result),
            passing: resultInWords(other.result),
          },
        ]),
    ...(isDeepStrictEqual(one.events, other.events)
      ? []
      : [{ field: 'events' as const, failing: eventsInWords(one), passing: eventsInWords(other) }]),
    ...betweenStates(one.state, other.state, scope),
  ];
}

const eventsInWords = ({ events }: Observation): string =>
  events.length === 0 ? 'no callback' : events.map(eventInWords).join(', ');

const frame = (what: string) => (at: number) => `frame ${at}: ${what}`;

function betweenStates(
  one: Snapshot | undefined,
  other: Snapshot | undefined,
  scope: Scope,
): readonly FieldDifference[] {
  if (one === undefined || other === undefined) return [];
  const { pages } = scope;
  const entry = (at: number): string => `process ${Math.floor(at / pages)} page ${at % pages}`;
  const places = [
    ...inList(one.entries, other.entries, entry, (code) => `: ${entryInWords(code)}`),
    ...inList(one.refs, other.refs, frame('references'), (count) => ` ${count}`),
    ...inList(one.maps, other.maps, frame('mappings'), (count) => ` ${count}`),
    ...inList(one.least, other.least, frame('least count'), (count) => ` ${count}`),
    ...inList(
      one.rss,
      other.rss,
      (at) => `process ${at}: resident`,
      (count) => ` ${count}`,
    ),
    ...inList(
      [one.charged ?? 0],
      [other.charged ?? 0],
      () => 'charged',
      (count) => ` ${count}`,
    ),
  ];
  if (places.length === 0) return [];
  const side = (which: 'failing' | 'passing'): string =>
    places
      .slice(0, MAX_PLACES)
      .map((place) => place[which])
      .join(', ') + (places.length > MAX_PLACES ? ', and more' : '');
  return [{ field: 'state', failing: side('failing'), passing: side('passing') }];
}

function inList(
  ones: readonly number[] | undefined,
  others: readonly number[] | undefined,
  place: (at: number) => string,
  value: (number: number) => string,
): readonly { readonly failing: string; readonly passing: string }[] {
  if (ones === undefined || others === undefined) return [];
  return ones.flatMap((one, at) => {
    const other = others[at] ?? 0;
    return one === other
      ? []
      : [{ failing: `${place(at)}${value(one)}`, passing: `${place(at)}${value(other)}` }];
  });
}
