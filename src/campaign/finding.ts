import type { Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import type { Certificate, SearchedSlice } from '../reduce/certificate.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { CaseNumber } from './case-number.ts';
import type { Flaky } from './flaky.ts';

/** A case on which the target breaks a requirement, as short as we could make it. */
export interface Counterexample {
  readonly case: Case;
  /** Cases that must run before it on the same start of the target; left out where it fails by itself. */
  readonly earlier?: readonly Case[] | undefined;
  /** What was observed; undefined where the target crashed or hung and there is no trace. */
  readonly trace: Trace | undefined;
  readonly violation: Violation;
  /** The crash or hang, where that is the violation. */
  readonly failure: TargetFailure | undefined;
  readonly certificate: Certificate;
  /** What was searched for something shorter; undefined where nothing was. */
  readonly slice: SearchedSlice | undefined;
  /** How many cases the reducer asked the target for. */
  readonly asked: number;
  /** How often it fails, where it does not always. */
  readonly flaky?: Flaky | undefined;
}

/** One broken requirement, found by one case of a run; later cases that fail in the same way only count. */
export interface Finding extends CaseNumber {
  readonly fingerprint: string;
  /** How many commands the run had sent when this was found. */
  readonly after: number;
  readonly found: Case;
  readonly counterexample: Counterexample;
  /** How many cases failed in this way. */
  readonly times: number;
  /** Where the counterexample was saved; undefined while it is not. */
  readonly file: string | undefined;
  /** It was met while the failure of its case was reduced, and in no case of the run itself. */
  readonly isByTheWay: boolean;
}
