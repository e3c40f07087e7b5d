import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';

/** The kernel of a Linux target: what a result has to name so that it can be repeated. */
export interface TargetKernel {
  /** The source package with its version, the source tree, or the image. */
  readonly source: string;
  /** The git commit of a source tree. */
  readonly revision?: string | undefined;
  /** True if the work tree differed from the commit. */
  readonly modified?: boolean | undefined;
  /** A hash of the final configuration. */
  readonly configuration: string;
}

/** The declaration of a target. */
export interface Hello {
  readonly name: string;
  readonly version: string | undefined;
  readonly profiles: readonly ProfileName[];
  readonly capabilities: ReadonlySet<Capability>;
  /** Only for a Linux target. */
  readonly kernel?: TargetKernel | undefined;
}

/**
 * The reason why a target returned no trace.
 *
 * - `start`: it could not be started, or returned no valid hello
 * - `crash`: its process ended during a case
 * - `hang`: it did not respond within the time limit
 * - `protocol`: its response violated the protocol
 * - `refused`: it returned an error message instead of running the case
 */
export type FailureKind = 'start' | 'crash' | 'hang' | 'protocol' | 'refused';

/** The failure of a target in place of a trace. */
export interface TargetFailure {
  readonly kind: FailureKind;
  /** One sentence with the cause and advice. */
  readonly message: string;
  /** The index of the failing command, if known. */
  readonly step: number | undefined;
  /** The end of the target's standard error. */
  readonly stderr: string;
}

/** A function with an offset, as a kernel names the one that reported an error. */
const SITE = /\b(?<site>[a-z_]\w*)(?:\.\w+)*\+0x[0-9a-f]+/i;

/** The function of a kernel in which it crashed; undefined if the message names none. */
export const siteOf = ({ kind, message }: TargetFailure): string | undefined =>
  kind === 'crash' ? SITE.exec(message)?.groups?.['site'] : undefined;

/** The result of running one case. */
export type Run =
  | {
      readonly kind: 'trace';
      readonly trace: Trace;
      /** The points of its own code that the case reached, from a target that reports them. */
      readonly coverage?: readonly number[] | undefined;
    }
  | { readonly kind: 'failure'; readonly failure: TargetFailure };

/** An implementation under test. It runs one case at a time, each in a fresh world of its scope. */
export interface Target {
  readonly hello: Hello;
  /** True if a case always has the same result; otherwise a failing case is run again to confirm it. */
  readonly deterministic?: boolean;
  run(testCase: Case): Promise<Run>;
  /**
   * The number of starts. Cases of one start may erroneously share state; undefined if only `restart` starts it.
   */
  readonly starts?: number | undefined;
  /**
   * Makes the next case run on a fresh target, as after a failure. A target without state between cases omits it.
   */
  restart?(): Promise<void>;
  /**
   * Sets reduced time limits: a case is ended when it takes many times as long as any case with a response. For runs
   * whose hang is confirmed with the whole time limit, before or after.
   */
  hurry?(isHurried: boolean): void;
  /**
   * Ends the current case, which is refused, as are all later ones. A target that responds immediately omits it.
   */
  interrupt?(): void;
  /** Ends the target and all its descendants. */
  close(): Promise<void>;
}

/** True if two hellos are equal: all starts of a target must be the same implementation. */
export const isSameHello = (one: Hello, other: Hello): boolean => fingerprint(one) === fingerprint(other);

const fingerprint = ({ name, version, profiles, capabilities }: Hello): string =>
  JSON.stringify([name, version, profiles.toSorted(), [...capabilities].toSorted()]);
