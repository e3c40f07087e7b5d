import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';

/** What a target says of itself. */
export interface Hello {
  readonly name: string;
  readonly version: string | undefined;
  readonly profiles: readonly ProfileName[];
  readonly capabilities: ReadonlySet<Capability>;
}

/**
 * Why a target gave no trace.
 *
 * - `start`: it could not be started, or said no proper hello
 * - `crash`: its process ended in mid-case
 * - `hang`: it did not answer in time
 * - `protocol`: it answered something that is not an answer
 * - `refused`: it said with an error message that it could not run the case
 */
export type FailureKind = 'start' | 'crash' | 'hang' | 'protocol' | 'refused';

export interface TargetFailure {
  readonly kind: FailureKind;
  /** One sentence for people: what happened and what to do about it. */
  readonly message: string;
  /** The index in the case of the command at which it happened, where that is known. */
  readonly step: number | undefined;
  /** The last of what the target wrote to its standard error. */
  readonly stderr: string;
}

/** What came of running one case. */
export type Run =
  | { readonly kind: 'trace'; readonly trace: Trace }
  | { readonly kind: 'failure'; readonly failure: TargetFailure };

/** An implementation under test. One case at a time; each case in a fresh world of its scope. */
export interface Target {
  readonly hello: Hello;
  /** Whether the same case always comes to the same; without, what fails is run again before it is believed. */
  readonly deterministic?: boolean;
  run(testCase: Case): Promise<Run>;
  /**
   * How often it has been started. Cases of one start may share a state that they should not; undefined where only
   * `restart` starts it.
   */
  readonly starts?: number | undefined;
  /**
   * Makes the next case run on a fresh target, as after a failure. A target that keeps nothing between cases needs
   * no such thing.
   */
  restart?(): Promise<void>;
  /**
   * Whether to give up early on a case, as soon as it takes many times as long as any that was answered. For runs after
   * which a hang is still to be confirmed, or has been, with the whole time limit.
   */
  hurry?(isHurried: boolean): void;
  /**
   * Ends the case under way, which is answered as refused, as are all later ones. A target that answers at once needs
   * no such thing.
   */
  interrupt?(): void;
  /** Ends the target and everything that it started. */
  close(): Promise<void>;
}
