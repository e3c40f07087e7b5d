import { fingerprintOf } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Certificate } from '../search/certificate.ts';
import { isSimpler } from './passes/delete.ts';
import { confirmFailure, EFFORT } from '../targets/confirm.ts';
import type { Target } from '../targets/target.ts';
import { type Certified, certify, MAX_STATES, Pace, type StoppedSearch } from '../search/certify.ts';
import { makeCounterexample } from './make-counterexample.ts';
import { Examiner, fingerprintOfExamined } from '../examine/examiner.ts';
import type { Counterexample } from './finding.ts';

export interface MinimizeOptions {
  readonly target: Target;
  readonly case: Case;
  /** The present certificate, and the state of an interrupted search. */
  readonly certificate: Certificate;
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
  const { target, signal, budget } = options;
  const ends = performance.now() + budget;
  const pace = new Pace();
  let testCase = options.case;
  let { from } = options;
  for (;;) {
    options.onProgress?.({ phase: 'reducing' });
    const shrunk = await shrinkOnce(options, testCase, ends, pace);
    if (shrunk === undefined) return undefined;
    if (!options.certify || shrunk.certificate === 'interrupted') {
      return { counterexample: shrunk, stopped: undefined };
    }
    // An interrupted search is continued only for the same case.
    if (JSON.stringify(shrunk.case) !== JSON.stringify(options.case)) from = undefined;
    const certified = await certify({
      target,
      case: shrunk.case,
      fingerprint: fingerprintOf(shrunk.violation),
      certificate: shrunk.certificate,
      allCommands: options.allCommands,
      from,
      maxStates: MAX_STATES,
      stopped: () => signal?.aborted === true || performance.now() > ends,
      onPath: (certificate, length, states) =>
        pace.breathe(() => {
          options.onProgress?.({ phase: 'searching', certificate, length, states });
        }),
    });
    // A shorter case with more races is not simpler.
    if (certified.shorter === undefined || !isSimpler({ commands: certified.shorter }, shrunk.case))
      return withCertificate(shrunk, certified);
    testCase = { ...shrunk.case, scope: certified.scope, commands: certified.shorter };
    from = undefined;
  }
}

async function shrinkOnce(
  { target, signal }: MinimizeOptions,
  testCase: Case,
  ends: number,
  pace: Pace,
): Promise<Counterexample | undefined> {
  let examined = await new Examiner(target, testCase.profile).examineWithShoulds(testCase);
  if (fingerprintOfExamined(examined) === undefined) return undefined;
  let known: { readonly confirmed?: boolean } = {};
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
