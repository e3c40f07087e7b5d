import { fingerprintOf, isOfShould } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Certificate } from '../search/certificate.ts';
import { isSimpler } from './passes/delete.ts';
import { confirmFailure, EFFORT } from '../targets/confirm.ts';
import type { Target } from '../targets/target.ts';
import { type Certified, certify, MAX_STATES, Pace, type StoppedSearch } from '../search/certify.ts';
import { makeCounterexample } from './make-counterexample.ts';
import type { ShrinkBudget } from './shrink-session.ts';
import { Examiner, fingerprintOfExamined } from '../examine/examiner.ts';
import type { Counterexample } from './finding.ts';

export interface MinimizeOptions {
  readonly target: Target;
  readonly case: Case;
  /** The state of an interrupted search. */
  readonly from: StoppedSearch | undefined;
  /** Whether to search for a proof that no shorter case exists, within the budget. */
  readonly certify: boolean;
  readonly allCommands: boolean;
  /** Total time limit, in milliseconds. */
  readonly budget: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: MinimizeProgress) => void) | undefined;
}

export type MinimizeProgress =
  | { readonly phase: 'reducing' }
  | {
      readonly phase: 'searching';
      readonly certificate: Certificate;
      readonly length: number;
      readonly states: number;
    };

/** The result; undefined if the case does not fail any more. */
export interface Minimized {
  readonly counterexample: Counterexample;
  /** An interrupted search that can be continued. */
  readonly stopped: StoppedSearch | undefined;
}

/** Shrinks a saved counterexample again, and raises its certificate within the budget. */
export async function minimize(options: MinimizeOptions): Promise<Minimized | undefined> {
  const ends = performance.now() + options.budget;
  const pace = new Pace();
  let best: Counterexample | undefined;
  let testCase = options.case;
  for (;;) {
    options.onProgress?.({ phase: 'reducing' });
    const shrunk = await shrinkOnce(options, testCase, ends, pace);
    if (shrunk === undefined) return best && { counterexample: best, stopped: undefined };
    if (!options.certify || shrunk.certificate === 'interrupted') {
      return { counterexample: shrunk, stopped: undefined };
    }
    const certified = await certifyOn(options, shrunk, ends, pace);
    // A shorter case with more races is not simpler.
    if (certified.shorter === undefined || !isSimpler({ commands: certified.shorter }, shrunk.case))
      return withCertificate(shrunk, certified);
    best = shrunk;
    testCase = { ...shrunk.case, scope: certified.scope, commands: certified.shorter };
  }
}

/**
 * Searches for a shorter case. If a failure left state in the target, so that the results of later cases were wrong,
 * searches again with a restart after each failure.
 */
async function certifyOn(
  { target, case: given, from, allCommands, signal, onProgress }: MinimizeOptions,
  shrunk: Counterexample,
  ends: number,
  pace: Pace,
): Promise<Certified> {
  const fingerprint = fingerprintOf(shrunk.violation);
  const search = {
    target,
    case: shrunk.case,
    fingerprint,
    certificate: shrunk.certificate,
    allCommands,
    maxStates: MAX_STATES,
    stopped: () => signal?.aborted === true || performance.now() > ends,
    onPath: (certificate: Certificate, length: number, states: number) =>
      pace.breathe(() => {
        onProgress?.({ phase: 'searching', certificate, length, states });
      }),
  };
  const restart = target.deterministic === true ? undefined : target.restart?.bind(target);
  await restart?.();
  // An interrupted search is continued only for the same case.
  const isSame = JSON.stringify(shrunk.case) === JSON.stringify(given);
  const first = await certify({ ...search, from: isSame ? from : undefined, restarts: false });
  if (restart === undefined || signal?.aborted === true) return first;
  if (first.shorter !== undefined) await restart();
  const known =
    first.shorter === undefined
      ? shrunk.case
      : { ...shrunk.case, scope: first.scope, commands: first.shorter };
  const examiner = new Examiner(target, known.profile, { strict: isOfShould(fingerprint) });
  if (fingerprintOfExamined(await examiner.examine(known)) === fingerprint) return first;
  await restart();
  return certify({ ...search, from: undefined, restarts: true });
}

async function shrinkOnce(
  { target, signal }: MinimizeOptions,
  testCase: Case,
  ends: number,
  pace: Pace,
): Promise<Counterexample | undefined> {
  // The search for a shorter case may have left state in the target.
  if (target.deterministic !== true) await target.restart?.();
  let examined = await new Examiner(target, testCase.profile).examineWithShoulds(testCase);
  if (fingerprintOfExamined(examined) === undefined) return undefined;
  let known: Pick<ShrinkBudget, 'afresh' | 'confirmed'> = { afresh: true };
  if (examined.kind === 'failed' && target.deterministic !== true) {
    // A crash or a hang is located first, so that only the commands up to it are shrunk.
    const { failure } = examined;
    const milliseconds = Math.max(0, ends - performance.now()) / 2;
    const { confirmed, step } = await confirmFailure(target, testCase, failure, {
      ...EFFORT,
      milliseconds,
      signal,
    });
    examined = { kind: 'failed', failure: { ...failure, step } };
    if (signal?.aborted !== true) known = { confirmed };
  }
  return makeCounterexample(target, testCase, examined, {
    ...known,
    asks: 1_000_000,
    milliseconds: Math.max(0, ends - performance.now()),
    signal,
    onAsk: () => pace.breathe(),
  });
}

const withCertificate = (
  counterexample: Counterexample,
  { certificate, slice, stopped }: Certified,
): Minimized => ({ counterexample: { ...counterexample, certificate, slice }, stopped });
