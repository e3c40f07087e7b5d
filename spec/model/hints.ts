import type { Observation } from '../vocabulary/observation.ts';
import { isVector, type PageOutcome, type Result } from '../vocabulary/result.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { EXCLUSIVE_ENTRY, UNPOPULATED, isDeviceEntry, PRESENT } from '../vocabulary/snapshot.ts';
import { FIRST_FRAME, State, SYSTEM } from './state.ts';
import type { JudgingOptions } from './judging-options.ts';

/** No hint: an observation does not tell which choice was taken. */
export const UNSEEN = -1;

/** What an observation tells of the choices that an implementation took: hints, for a step to follow. */
export class Hints {
  readonly judging: JudgingOptions;
  /** The state after the step. */
  state: State;
  observed: Observation | undefined;
  /** How often page_fault is called, each time for the named page. */
  faults = 0;

  constructor(scope: Scope, judging: JudgingOptions) {
    this.state = new State(scope);
    this.judging = judging;
  }

  /** 0 when the answer is one of these, 1 when it is another, unseen without an observation. */
  seenAnswer(one: Result, other: Result = one): number {
    if (this.observed === undefined) return UNSEEN;
    return this.observed.result === one || this.observed.result === other ? 0 : 1;
  }

  /** The place of the answer among these, where it is one of them. */
  seenAmong(answers: readonly Result[]): number {
    if (this.observed === undefined) return UNSEEN;
    const at = answers.indexOf(this.observed.result);
    return at < 0 ? UNSEEN : at;
  }

  /** The answer, where it is a number between these two; what it is more than the first. */
  seenNumber(from: number, to: number): number {
    const result = this.observed?.result;
    return typeof result === 'number' && result >= from && result <= to ? result - from : UNSEEN;
  }

  /** 0 when the answer says that the page at this index moved, 1 when it says skipped. */
  seenMoved(index: number): number {
    const result = this.observed?.result;
    if (!isVector(result)) return UNSEEN;
    const outcome: PageOutcome | undefined = result[index];
    if (outcome === undefined) return UNSEEN;
    return outcome === 'moved' ? 0 : 1;
  }

  /** 0 when the entry is seen on the device after the step, 1 when it is seen in system memory. */
  seenOnDevice(entry: number): number {
    const code = this.observed?.state?.entries?.[entry];
    if (code === undefined) return UNSEEN;
    if (isDeviceEntry(code)) return 0;
    return code === PRESENT || code === UNPOPULATED || code === EXCLUSIVE_ENTRY ? 1 : UNSEEN;
  }

  /** 0 when the entry is seen in system memory after the step, 1 when it is seen on the device. */
  seenInSystem(entry: number): number {
    const onDevice = this.seenOnDevice(entry);
    return onDevice === UNSEEN ? UNSEEN : 1 - onDevice;
  }

  /** 0 when a page is seen after the step, 1 when a hole is seen in its place. */
  seenDropped(entry: number): number {
    const code = this.observed?.state?.entries?.[entry];
    return code === undefined ? UNSEEN : code === UNPOPULATED ? 1 : 0;
  }

  /** 0 when an object is seen to have stayed on the device, 1 when it is seen to have left its frame. */
  seenLeaving(object: number, entry: number): number {
    const byEntry = this.seenOnDevice(entry);
    if (byEntry !== UNSEEN) return byEntry;
    const frame = (this.state.place[object] ?? SYSTEM) - FIRST_FRAME;
    if (!this.judging.callbacks || this.observed === undefined || frame < 0) return UNSEEN;
    for (const event of this.observed.events) {
      if (event.event === 'free' && event.frame === frame) return 1;
    }
    return 0;
  }

  /** How many page_fault calls were seen, where the target shows them. */
  seenFaults(): number {
    if (!this.judging.callbacks || this.observed === undefined) return UNSEEN;
    let count = 0;
    for (const event of this.observed.events) if (event.event === 'fault') count++;
    return count;
  }

  /**
   * After running out of memory: 1 when page_fault is seen to have been called again, 0 when it is seen that it was
   * not. An answer other than this one came of another call; this one may have come of any.
   */
  seenRetry(answer: Result, orThis: Result = answer): number {
    const answered = this.seenAnswer(answer, orThis);
    if (answered !== 0) return answered;
    const calls = this.seenFaults();
    if (calls === UNSEEN) return UNSEEN;
    return this.faults < calls ? 1 : 0;
  }
}
