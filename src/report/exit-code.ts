import { hasProblems, type ProfileOutcome, type RunOutcome } from '../run/outcome.ts';

/** The exit codes of the command. A CI can distinguish a failing implementation from a failing setup. */
export const EXIT = {
  conforms: 0,
  violates: 1,
  usage: 2,
  inconclusive: 3,
  nothingApplicable: 4,
  unstartable: 69,
  protocol: 76,
  configuration: 78,
  /** For "git bisect run": the commit is skipped. */
  cannotTell: 125,
  /** For "git bisect run": the bisection ends, as with every code above 127. */
  abandoned: 129,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** If several codes apply, the first of these is used. An interrupted run reports the interruption, not the missing coverage. */
const PRECEDENCE: readonly ExitCode[] = [
  EXIT.violates,
  EXIT.protocol,
  EXIT.unstartable,
  EXIT.interrupted,
  EXIT.inconclusive,
  EXIT.nothingApplicable,
];

/** The exit code to use if several apply. */
export const strongest = (codes: Iterable<ExitCode>): ExitCode => {
  const all = new Set(codes);
  return PRECEDENCE.find((code) => all.has(code)) ?? EXIT.conforms;
};

/** Conditions of the exit code that are not in the outcome of the run. */
export interface Gate {
  /** True if a SHOULD that is not followed fails the run. */
  readonly strict: boolean;
  /** True if the run covers less than it must. */
  readonly isCoverageMissed?: boolean;
  /** True if its own time limit ended the run, and not a signal. */
  readonly timedOut: boolean;
  /**
   * The differences from a baseline: violations are then failures that it does not contain. Known failures hide what comes
   * after them, and many of them end a run early; so if there were any, a MUST that was not covered is reported only.
   */
  readonly baseline?:
    | {
        readonly failures: readonly unknown[];
        readonly passes: readonly unknown[];
        readonly expected: number;
      }
    | undefined;
  /** The results that fail the run; by default all. */
  readonly failOn?: ReadonlySet<FailOn> | undefined;
}

/** Results that fail a run: a violation, a pass that a baseline does not expect, and a run without a verdict. */
export const FAIL_ON = ['failure', 'pass', 'inconclusive'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** The exit code of a run. */
export function exitCodeOf(outcome: RunOutcome, gate: Gate): ExitCode {
  const { baseline, failOn = new Set(FAIL_ON) } = gate;
  const codes = new Set(codesOf(outcome, gate));
  const isFailure = baseline === undefined ? codes.has(EXIT.violates) : baseline.failures.length > 0;
  const isPass = baseline !== undefined && baseline.passes.length > 0;
  codes.delete(EXIT.violates);
  if ((isFailure && failOn.has('failure')) || (isPass && failOn.has('pass'))) codes.add(EXIT.violates);
  if (!failOn.has('inconclusive')) codes.delete(EXIT.inconclusive);
  return strongest(codes);
}

function codesOf(
  outcome: RunOutcome,
  { strict, timedOut, baseline, isCoverageMissed }: Gate,
): readonly ExitCode[] {
  // The cases of the verdict 'protocol-error' have failures of several kinds, each with its own code below.
  const codes: ExitCode[] = outcome.verdict === 'protocol-error' ? [] : [VERDICTS[outcome.verdict]];
  if (outcome.profiles.some((profile) => profile.findings.length > 0)) codes.push(EXIT.violates);
  const isStillNotFollowed = (outcome.corpus?.items ?? []).some(
    ({ counterexample }) => counterexample !== undefined,
  );
  if (strict && (outcome.profiles.some(isNotFollowed) || isStillNotFollowed)) codes.push(EXIT.violates);
  for (const { protocolErrors } of outcome.profiles) {
    for (const { failure } of protocolErrors) codes.push(FAILURES[failure.kind]);
  }
  if (outcome.interrupted) codes.push(timedOut ? EXIT.inconclusive : EXIT.interrupted);
  const isHidden = baseline !== undefined && baseline.expected > 0;
  if (outcome.uncovered.length > 0 && !isHidden) codes.push(EXIT.inconclusive);
  if (outcome.profiles.some(hasProblems)) codes.push(EXIT.inconclusive);
  if (isCoverageMissed === true) codes.push(EXIT.inconclusive);
  return codes;
}

const VERDICTS = {
  conforms: EXIT.conforms,
  violates: EXIT.violates,
  inconclusive: EXIT.inconclusive,
  'nothing-applicable': EXIT.nothingApplicable,
} as const;

/** A crash or a hang that is listed as an error of the run was not confirmed, so it makes the run inconclusive. */
export const FAILURES = {
  start: EXIT.unstartable,
  protocol: EXIT.protocol,
  crash: EXIT.inconclusive,
  hang: EXIT.inconclusive,
  refused: EXIT.inconclusive,
} as const;

const isNotFollowed = ({ requirements }: ProfileOutcome): boolean =>
  requirements.some(({ status }) => status === 'not-followed');
