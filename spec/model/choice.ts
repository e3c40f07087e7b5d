import type { Observation } from '../vocabulary/observation.ts';
import { isVector, type PageOutcome, type Result } from '../vocabulary/result.ts';
import { blockIn, type Scope } from '../vocabulary/scope.ts';
import { EXCLUSIVE_ENTRY, isDeviceEntry, PRESENT, UNPOPULATED } from '../vocabulary/snapshot.ts';
import { FIRST_FRAME, State, SYSTEM } from './state.ts';
import type { JudgingOptions } from './judging-options.ts';

/**
 * A point at which the specification leaves the implementation free. The first option is the one that an implementation
 * most likely takes; the others follow in the order in which they are tried.
 */
export interface Choice<Option extends string = string> {
  /** The question that an implementation decides, for people. */
  readonly question: string;
  readonly options: readonly Option[];
}

export const choice = <const Option extends string>(
  question: string,
  ...options: readonly Option[]
): Choice<Option> => ({ question, options });

/** A choice with its options, in words. */
export const choiceInWords = ({ question, options }: Choice): string =>
  options.length === 0 ? question : `${question}: ${options.join(' or ')}`;

/**
 * Hints: the parts of an observation that show which option an implementation took at a choice. Each is undefined if the
 * observation does not show it.
 */
export class Hints {
  readonly judging: JudgingOptions;
  /** The state after the step. */
  state: State;
  observed: Observation | undefined;
  /** Number of page_fault calls in this outcome, each for the named page. */
  faults = 0;

  constructor(scope: Scope, judging: JudgingOptions) {
    this.state = new State(scope);
    this.judging = judging;
  }

  /** Whether the command returned one of these; undefined without an observation. */
  returned(one: Result, other: Result = one): boolean | undefined {
    if (this.observed === undefined) return undefined;
    return this.observed.result === one || this.observed.result === other;
  }

  /** The result, if it is one of these. */
  resultAmong<R extends Result>(results: readonly R[]): R | undefined {
    const { observed } = this;
    return observed === undefined ? undefined : results.find((result) => result === observed.result);
  }

  /** The result, if it is a number in this range. */
  resultBetween(from: number, to: number): number | undefined {
    const result = this.observed?.result;
    return typeof result === 'number' && result >= from && result <= to ? result : undefined;
  }

  /** The result of the page at this index of a range. */
  pageResult(index: number): PageOutcome | undefined {
    const result = this.observed?.result;
    return isVector(result) ? result[index] : undefined;
  }

  /** Whether the snapshot after the step shows a device entry; undefined if it shows neither one nor system memory. */
  isOnDevice(entry: number): boolean | undefined {
    const code = this.observed?.state?.entries?.[entry];
    if (code === undefined) return undefined;
    if (isDeviceEntry(code)) return true;
    return code === PRESENT || code === UNPOPULATED || code === EXCLUSIVE_ENTRY ? false : undefined;
  }

  /** Whether the snapshot after the step shows the entry as part of a whole entry. */
  isShownWhole(entry: number): boolean | undefined {
    return this.observed?.state?.whole?.[entry];
  }

  /** Whether the snapshot after the step shows an unpopulated entry. */
  isDropped(entry: number): boolean | undefined {
    const code = this.observed?.state?.entries?.[entry];
    return code === undefined ? undefined : code === UNPOPULATED;
  }

  /** Whether an object has left its frame, by the snapshot after the step or by page_free. */
  hasLeft(object: number, entry: number): boolean | undefined {
    const onDevice = this.isOnDevice(entry);
    if (onDevice !== undefined) return !onDevice;
    const frame = (this.state.place[object] ?? SYSTEM) - FIRST_FRAME;
    if (!this.judging.callbacks || this.observed === undefined || frame < 0) return undefined;
    for (const event of this.observed.events) {
      if (event.event === 'free' && covers(event, frame, this.state.scope)) return true;
    }
    return false;
  }

  /** Whether folio_split was called for the large folio at a frame. */
  isReportedSplit(frame: number): boolean | undefined {
    if (!this.judging.splits || this.observed === undefined) return undefined;
    const splits = this.observed.events.filter((event) => event.event === 'split');
    // Any of the calls may be for a frame that no observation has named yet.
    if (frame < 0) return splits.length > 0 ? undefined : false;
    return splits.some((event) => event.frame === frame);
  }

  /** Number of page_fault calls; undefined if the target does not show them. */
  faultCalls(): number | undefined {
    if (!this.judging.callbacks || this.observed === undefined) return undefined;
    let count = 0;
    for (const event of this.observed.events) if (event.event === 'fault') count++;
    return count;
  }

  /** Whether page_fault was called at all; undefined if the target does not show its callbacks. */
  hasFaulted(): boolean | undefined {
    const calls = this.faultCalls();
    return calls === undefined ? undefined : calls > 0;
  }

  /**
   * Whether page_fault was called again after an allocation had failed. A result other than these comes from a further
   * call; one of these may come from any call.
   */
  isRetried(result: Result, orThis: Result = result): boolean | undefined {
    const isItsResult = this.returned(result, orThis);
    if (isItsResult !== true) return isItsResult === undefined ? undefined : true;
    const calls = this.faultCalls();
    return calls === undefined ? undefined : this.faults < calls;
  }
}

/** Whether an allocation or a free is for a frame, by itself or as part of a large folio. */
export const covers = (
  { frame: first, large }: { readonly frame: number; readonly large?: boolean | undefined },
  frame: number,
  scope: Scope,
): boolean => frame >= first && frame < first + (large === true ? blockIn(scope) : 1);

/** The option for a hint that is true or false; undefined without a hint. */
export const ifSeen = <Option extends string>(
  seen: boolean | undefined,
  yes: Option,
  no: Option,
): Option | undefined => (seen === undefined ? undefined : seen ? yes : no);
