import { match } from 'ts-pattern';
import type { Verdict } from '../../spec/judge/verdict.ts';
import type { ReplayOutcome } from '../run/replay.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Hello } from '../targets/target.ts';
import type { CaseFile } from '../corpus/case-file.ts';
import { wireObservations } from '../explain/recorded-trace.ts';
import { counterexampleText, stderrLines } from './counterexample-text.ts';
import { EXIT, type ExitCode, FAILURES } from './exit-code.ts';
import type { Paint } from './paint.ts';
import { oneLine, printable } from '../corpus/printable.ts';
import { stepLines } from './steps-text.ts';
import { isDeepStrictEqual } from 'node:util';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';

/** A replayed case with its outcome. */
export interface ReplayTextOptions {
  readonly case: Case;
  readonly outcome: ReplayOutcome;
  readonly hello: Hello;
  /** The case file as it was saved; undefined for a bare case. */
  readonly recorded: CaseFile | undefined;
  /** True if a SHOULD that is not followed is a violation. */
  readonly strict?: boolean;
}

/** The exit code of a replay, the same as for a run with this case. */
export function exitCodeOfReplay(
  { verdict, failure, disagreements, notFollowed }: ReplayOutcome,
  strict = false,
): ExitCode {
  if (verdict.kind === 'violates' || (strict && notFollowed !== undefined)) return EXIT.violates;
  if (failure !== undefined) return FAILURES[failure.kind];
  return verdict.kind === 'inconclusive' || disagreements.length > 0 ? EXIT.inconclusive : EXIT.conforms;
}

/** The report of a replay, with the verdict in the last line. */
export function replayText(replayed: ReplayTextOptions, paint: Paint): string {
  const { outcome, hello, case: testCase, recorded } = replayed;
  const { verdict, trace, failure } = outcome;
  const exitCode = exitCodeOfReplay(outcome, replayed.strict);
  const broken: Verdict =
    outcome.notFollowed === undefined ? verdict : { kind: 'violates', violation: outcome.notFollowed };
  const body = match(broken)
    .with({ kind: 'violates' }, ({ violation }) =>
      counterexampleText(
        {
          case: testCase,
          // Without this requirement the case fails alone, so the earlier cases are not needed.
          ...(violation.requirement === 'robust.fresh-world' ? { earlier: recorded?.earlier } : {}),
          trace,
          violation,
          failure,
          certificate: 'found',
          slice: undefined,
          asked: 0,
        },
        { capabilities: hello.capabilities, shrinking: undefined, found: undefined, replay: undefined },
        paint,
      ),
    )
    .with({ kind: 'conforms' }, { kind: 'inconclusive' }, () =>
      [
        `Steps (profile ${testCase.profile}):`,
        '',
        ...stepLines(
          {
            case: testCase,
            observations: trace?.observations,
            capabilities: hello.capabilities,
            broken: failure?.step,
          },
          paint,
        ),
        ...stderrLines(failure?.stderr ?? ''),
      ].join('\n'),
    )
    .exhaustive();
  const line = verdictOnCase(replayed, exitCode, paint);
  return `${[body, ...comparison(replayed), ...disagreementLines(outcome), line].join('\n\n')}\n`;
}

/** The case and the target of a verdict. */
type Judged = Pick<ReplayTextOptions, 'outcome' | 'hello'>;

/** The verdict on a case and the exit code of the command, as the last line of its output. */
export const verdictOnCase = (judged: Judged, exitCode: ExitCode, paint: Paint): string =>
  `${paint.bold(verdictInWords(judged, exitCode, paint))} ${paint.dim(`(exit ${exitCode})`)}`;

function verdictInWords({ outcome, hello }: Judged, exitCode: ExitCode, paint: Paint): string {
  const name = oneLine(hello.name);
  const { verdict, failure } = outcome;
  if (verdict.kind === 'violates') {
    return paint.red(`DOES NOT CONFORM: ${name} violates ${verdict.violation.requirement} in this case.`);
  }
  if (exitCode === EXIT.violates && outcome.notFollowed !== undefined) {
    return paint.red(
      `DOES NOT CONFORM: ${name} did not follow ${outcome.notFollowed.requirement} in this case, which --strict requires.`,
    );
  }
  if (failure !== undefined && exitCode !== EXIT.inconclusive) {
    return paint.red(`PROTOCOL ERROR: ${printable(failure.message)}`);
  }
  if (verdict.kind === 'inconclusive') {
    return paint.yellow(`INCONCLUSIVE: step ${verdict.step + 1}: ${printable(verdict.reason)}`);
  }
  if (exitCode !== EXIT.conforms) return paint.yellow('INCONCLUSIVE: model and properties disagree.');
  if (outcome.notFollowed !== undefined) {
    return paint.yellow(
      `CONFORMS, but ${name} did not follow ${outcome.notFollowed.requirement} (SHOULD) in this case; --strict makes that a violation.`,
    );
  }
  return paint.green(`CONFORMS: ${name} violates no requirement in this case.`);
}

/** A comparison of this outcome with the recorded one. */
function comparison({ recorded, outcome }: ReplayTextOptions): string[] {
  if (recorded === undefined) return [];
  const { verdict, trace, notFollowed } = outcome;
  const violation = verdict.kind === 'violates' ? verdict.violation : notFollowed;
  const where = `${oneLine(recorded.requirement)} at step ${recorded.step + 1} (${recorded.clause})`;
  const isSame =
    violation !== undefined &&
    violation.requirement === recorded.requirement &&
    violation.step === recorded.step &&
    violation.clause === recorded.clause;
  if (isSame) return [`As recorded in the file: ${where}.`];
  const difference =
    trace === undefined || recorded.observations === undefined
      ? undefined
      : firstDifference(recorded.observations, trace);
  const found = `The file records a different result: ${where}, found on ${oneLine(recorded.target.name)} by ${oneLine(recorded.suite)}.${recordedRate(recorded)}`;
  if (difference === undefined) {
    const same = trace !== undefined && recorded.observations !== undefined;
    return [
      same
        ? `${found} The observations are the same; this version of the suite judges them differently.`
        : found,
    ];
  }
  return [
    [
      found,
      `The first difference is at step ${difference.step + 1}:`,
      `  recorded ${oneLine(difference.recorded)}`,
      `  now      ${oneLine(difference.seen)}`,
    ].join('\n'),
  ];
}

const recordedRate = ({ flaky }: CaseFile): string =>
  flaky === undefined ? '' : ` It was flaky then: it failed in ${flaky.failed} of ${flaky.of} runs.`;

const disagreementLines = ({ disagreements }: ReplayOutcome): string[] =>
  disagreements.map(
    ({ property, step, message }) =>
      `! The model finds no violation, but the property ${property} fails at step ${step + 1}: ${message}. This is a ` +
      'bug of the suite; please report it with the file.',
  );

/** The observations of one step, as recorded and in this run. */
interface Difference {
  readonly step: number;
  readonly recorded: string;
  readonly seen: string;
}

/**
 * The first step at which the target differs from the recorded observations. It shows where to look if a failure does
 * not occur again.
 */
function firstDifference(
  recorded: readonly (WireObservation | null)[],
  trace: Trace,
): Difference | undefined {
  const seen = wireObservations(trace);
  for (let step = 0; step < Math.max(recorded.length, seen.length); step++) {
    const [one, other] = [recorded[step], seen[step]];
    if (!isDeepStrictEqual(one, other)) return { step, recorded: inWords(one), seen: inWords(other) };
  }
  return undefined;
}

const inWords = (observation: WireObservation | null | undefined): string =>
  observation === undefined || observation === null ? 'not sent' : JSON.stringify(observation);
