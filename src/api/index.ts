import type fc from 'fast-check';
import type { Verdict as JudgeVerdict } from '../../spec/judge/verdict.ts';
import { judgeTrace } from '../../spec/judge/judge.ts';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { decodeAnswer } from '../../spec/protocol/codec.ts';
import { showsOf } from '../../spec/protocol/shows.ts';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import { CATALOGUE, type CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import { Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Op } from '../../spec/vocabulary/command.ts';
import { readCaseFile } from '../corpus/case-file.ts';
import { wireObservations } from '../explain/recorded-trace.ts';
import { type Expectation, expectationOf } from '../export/expectation.ts';
import { CaseArbitrary } from '../generate/case-arbitrary.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { Examiner } from '../examine/examiner.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { counterexampleText, shrinkingInWords } from '../report/counterexample-text.ts';
import { exitCodeOf, type ExitCode } from '../report/exit-code.ts';
import { type JsonReport, jsonReport } from '../report/json-report.ts';
import { PLAIN } from '../report/paint.ts';
import { runText } from '../report/run-text.ts';
import { replay as replayCase } from '../run/replay.ts';
import { makeCounterexample } from '../shrink/make-counterexample.ts';
import { shrinkNow } from '../shrink/shrink.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Adapter } from '../targets/adapter.ts';
import { type InProcessOptions, InProcessTarget } from '../targets/in-process.ts';
import { StdioTarget } from '../targets/stdio.ts';
import { batchOf, spread } from '../targets/stdio-batch.ts';
import type { Target } from '../targets/target.ts';
import { type CheckOptions, named, runSuite } from './check.ts';

export type { Case, Capability, Command, ProfileName, Scope } from './vocabulary.ts';
export type { Op } from '../../spec/vocabulary/command.ts';
export type { Hello, Target, TargetFailure } from '../targets/target.ts';
export type { Adapter } from '../targets/adapter.ts';
export type { ExpectedOutcome, Expectation, ExpectedStep } from '../export/expectation.ts';
export type { CheckOptions, InProcessOptions };
export { type Config, defineConfig } from './config.ts';

/**
 * One rule whose violation is observable: id, level (MUST, SHOULD or MAY), title, text, source, the profiles in which it
 * holds, and the capabilities without which it cannot be judged.
 */
export type Requirement = CatalogueEntry;

/**
 * The observation of one command in the form of the wire protocol: result, callbacks and snapshot. Its JSON Schema is
 * `zone-device-conformance/schema/protocol-v1.json`.
 */
export type Observation = WireObservation;

/**
 * The machine-readable report of a run, as `--report json=PATH` writes it. Its JSON Schema, with a description of each
 * field, is `zone-device-conformance/schema/report-v2.json`.
 */
export type Report = JsonReport;

/** The verdict on a trace: it conforms, violates a requirement at a step (from 0), or could not be judged. */
export type Verdict = JudgeVerdict;

/** All requirements, in the order of the specification. */
export const requirements: readonly Requirement[] = CATALOGUE;

/** The profiles, each the rules of one kernel version, the oldest first. */
export const profiles: readonly ProfileName[] = ProfileName.options;

/** All capabilities that a target may declare. */
export const capabilities: readonly Capability[] = Capability.options;

/** The result of a run. */
export interface CheckResult {
  /** True if every applicable MUST was covered and none is violated: the exit code is 0. */
  readonly passed: boolean;
  /** The exit code of `zone-device-conformance run`, such as 1 for a violation and 3 for an inconclusive run. */
  readonly exitCode: ExitCode;
  readonly report: Report;
  /** The report as text: coverage, counterexamples, and the verdict in the last line. */
  readonly text: string;
}

/**
 * Checks a target: runs the directed suite and random cases, judges each observation, and shrinks each failing case. The
 * target stays open.
 *
 * Throws a `RangeError` for a profile that the target does not follow, or an unknown requirement. A failure of the target
 * is part of the result.
 *
 * @example
 * ```ts
 * const { passed, text } = await check(inProcess(adapter), { runs: 500, seed: 1 });
 * if (!passed) console.error(text);
 * ```
 */
export async function check(target: Target, options: CheckOptions = {}): Promise<CheckResult> {
  const { strict = false } = options;
  const outcome = await runSuite(target, options);
  const exitCode = exitCodeOf(outcome, { strict, timedOut: false });
  const text = runText(outcome, exitCode, {
    paint: PLAIN,
    width: 140,
    verbose: false,
    cwd: process.cwd(),
    wanted: options.milliseconds === undefined ? options.runs : undefined,
    repeat: `check(target, { seed: ${outcome.seed} })`,
  });
  return { passed: exitCode === 0, exitCode, report: jsonReport(outcome, { exitCode, strict }), text };
}

/** The result of one case. */
export interface Replayed {
  readonly verdict: Verdict;
  /**
   * One for each command, null for a command that was not sent because the target does not declare it; undefined after a
   * crash or a hang.
   */
  readonly observations: readonly (Observation | null)[] | undefined;
}

/**
 * Runs one case on a target and judges it. A crash or a hang is confirmed by a second run.
 *
 * @example
 * ```ts
 * const { verdict } = await replay(target, await readCase('.zdc/fork.isolation-1a2b3c4d.json'));
 * ```
 */
export async function replay(target: Target, testCase: Case): Promise<Replayed> {
  const { verdict, trace } = await replayCase(target, testCase);
  return { verdict, observations: trace === undefined ? undefined : wireObservations(trace) };
}

/**
 * Reads a case from a saved counterexample, or from a file with the case alone. Rejects with an `Error` that names the file
 * and the reason.
 */
export async function readCase(path: string): Promise<Case> {
  const contents = await readCaseFile(path);
  if (contents.kind === 'faulty') throw new Error(`${path} cannot be read: ${contents.message}.`);
  return contents.kind === 'case' ? contents.case : contents.file.case;
}

/** The recorded behaviour of an implementation in one case. */
export interface Trace {
  readonly case: Case;
  /** The declared capabilities: state that was not declared is not judged. */
  readonly capabilities: readonly Capability[];
  /** One for each command; null for a command that was not sent. */
  readonly observations: readonly (Observation | null)[];
}

/**
 * Judges a trace against the model, without a target. Stops at the first step that the specification does not allow.
 *
 * Throws a `TypeError` if the observations do not match the commands of the case.
 *
 * @example
 * ```ts
 * const verdict = judge({ case: testCase, capabilities: [], observations: [{ result: 'ok' }, { result: 7 }] });
 * ```
 */
export function judge(trace: Trace): Verdict {
  const { profile, scope, observe, commands } = trace.case;
  const declared = new Set(trace.capabilities);
  const batch = batchOf(trace.case, declared);
  const sent = trace.observations.filter((one) => one !== null);
  const question = { id: 0, profile, scope, observe, commands: batch.commands };
  const line = JSON.stringify({ type: 'observations', id: 0, observations: sent });
  const answer = decodeAnswer(line, question, showsOf(declared));
  if (answer.kind !== 'observations') throw new TypeError(`The trace cannot be judged: ${answer.message}.`);
  const observations = spread(answer.observations, batch, commands.length);
  return judgeTrace({ case: trace.case, capabilities: declared, observations });
}

/**
 * The model: all outcomes that the specification allows for a case, step by step. Each step lists the possible states
 * before and after it, with the result and the callbacks of each transition; src/export/FORMAT.md describes the table.
 * If a step has too many outcomes, the result has the kind `too-many` and that step.
 *
 * @param declared the capabilities of the target; by default all
 */
export const allowedOutcomes = (
  testCase: Case,
  declared: Iterable<Capability> = USUAL_CAPABILITIES,
): Expectation => expectationOf(testCase, new Set(declared));

/** Settings of generated cases. */
export interface CaseOptions {
  /** The version of the rules. */
  readonly profile: ProfileName;
  /** The capabilities of the target; by default all. Cases contain no commands that need others. */
  readonly capabilities?: Iterable<Capability>;
  /** Commands that are drawn more often. */
  readonly focus?: readonly Op[];
}

const sourceOptions = ({ profile, capabilities: declared, focus = [] }: CaseOptions) => ({
  profile,
  capabilities: new Set(declared ?? USUAL_CAPABILITIES),
  focused: focus,
});

/**
 * Random cases as a function of seed and number, for any test runner: case `index` depends on nothing else. Both are whole
 * numbers from 0 to 4,294,967,295.
 *
 * @example
 * ```ts
 * const generate = caseGenerator({ profile: 'linux-6.12' });
 * for (let index = 0; index < 100; index++) await replay(target, generate(1, index));
 * ```
 */
export function caseGenerator(options: CaseOptions): (seed: number, index: number) => Case {
  const source = new CaseSource(sourceOptions(options));
  return (seed, index) => source.draw(caseRandom(seed, index));
}

/** Settings of the case arbitrary. */
export interface CaseArbitraryOptions extends CaseOptions {
  /**
   * Shrinks a failing case, as a call of `shrinkCase` does; undefined if it cannot be shrunk. Without this option a failing
   * case is reported as found.
   */
  readonly shrink?: (failing: Case) => Case | undefined;
}

/**
 * Random cases as an arbitrary of fast-check 4, guided by the model. fast-check is a peer dependency: if two copies are
 * installed, their types differ; then draw cases with `caseGenerator` instead
 * (`fc.nat().map((seed) => generate(seed, 0))`).
 *
 * @example
 * ```ts
 * const cases = caseArbitrary({ profile: 'linux-6.12', capabilities: target.hello.capabilities });
 * await fc.assert(fc.asyncProperty(cases, async (testCase) => {
 *   const { verdict } = await replay(target, testCase);
 *   return verdict.kind !== 'violates';
 * }));
 * ```
 */
export function caseArbitrary({ shrink: shorten, ...options }: CaseArbitraryOptions): fc.Arbitrary<Case> {
  return new CaseArbitrary({ ...sourceOptions(options), ...(shorten === undefined ? {} : { shorten }) });
}

/** The largest number of candidates that `shrinkCase` tries. */
const MAX_CANDIDATES = 5000;

/**
 * Shrinks a case that fails a test of your own. Ends when no pass makes the case shorter, or after 5,000 candidates.
 *
 * @param failsAt returns the index of the failing command of a candidate; undefined if it passes
 * @returns the shortest failing case; undefined if the case does not fail
 * @example
 * ```ts
 * const shortest = shrinkCase(failing, ({ commands }) => {
 *   const at = commands.findIndex(({ op }) => op === 'fork');
 *   return at === -1 ? undefined : at;
 * });
 * ```
 */
export function shrinkCase(
  failing: Case,
  failsAt: (candidate: Case) => number | undefined,
): Case | undefined {
  const step = failsAt(failing);
  return step === undefined ? undefined : shrinkNow(failing, { most: MAX_CANDIDATES, step }, failsAt).case;
}

/** Limits of `shrink`. */
export interface ShrinkOptions {
  /** The time limit in milliseconds; by default 60,000. */
  readonly milliseconds?: number;
  /** Ends shrinking early; the shortest case so far is returned. */
  readonly signal?: AbortSignal;
}

/** A failing case, as short as shrinking could make it. */
export interface Counterexample {
  readonly case: Case;
  /** The id of the violated requirement. */
  readonly requirement: string;
  /** The index of the violating command, from 0. */
  readonly step: number;
  /** Requirement, steps, expected and observed outcome, and state. */
  readonly text: string;
}

/**
 * Shrinks a case that violates a requirement on a target, without changing the violated requirement. On a target that is
 * not deterministic each failure is confirmed by a second run.
 *
 * @returns the counterexample; undefined if the case does not fail
 * @example
 * ```ts
 * const found = await shrink(target, failing);
 * if (found !== undefined) console.error(found.text);
 * ```
 */
export async function shrink(
  target: Target,
  failing: Case,
  { milliseconds = 60_000, signal }: ShrinkOptions = {},
): Promise<Counterexample | undefined> {
  const examined = await new Examiner(target, failing.profile).examine(failing);
  const found = await makeCounterexample(target, failing, examined, {
    asks: 100_000,
    milliseconds,
    signal,
    onAsk: undefined,
  });
  if (found === undefined) return undefined;
  const circumstances = {
    capabilities: target.hello.capabilities,
    shrinking: shrinkingInWords(found),
    found: undefined,
    replay: undefined,
  };
  const { requirement, step } = found.violation;
  return { case: found.case, requirement, step, text: counterexampleText(found, circumstances, PLAIN) };
}

/** Settings of the embedded implementation. */
export interface EmbeddedOptions {
  /** The id of a planted bug; `zone-device-conformance mutants` lists them. */
  readonly mutant?: string;
  /** The declared capabilities, to simulate a target that shows less; by default all. */
  readonly capabilities?: Iterable<Capability>;
}

/**
 * The embedded implementation: a small kernel with the mechanism of the origin, correct or with one planted bug. It runs in
 * this process. Throws a `RangeError` for an unknown id.
 *
 * @example
 * ```ts
 * const { passed } = await check(embedded({ mutant: 'fork-keeps-parent-write' }), { seed: 1 }); // false
 * ```
 */
export function embedded({ mutant: id, capabilities: declared }: EmbeddedOptions = {}): Target {
  const shows = declared === undefined ? {} : { shows: declared };
  if (id === undefined) return named(new EmbeddedTarget(shows), 'embedded');
  const mutant = mutantById(id);
  if (mutant === undefined) {
    throw new RangeError(`There is no mutant "${id}"; "npx zone-device-conformance mutants" lists them.`);
  }
  const target = new EmbeddedTarget({ ...shows, mutation: mutant.mutation, suffix: `with mutant ${id}` });
  return named(target, `embedded:mutant=${id}`);
}

/**
 * An adapter in this process: the fastest way to check an implementation in JavaScript or TypeScript. A method that never
 * returns blocks this process; `stdio` also finds such hangs.
 *
 * Throws a `TypeError` if the adapter declares an unknown profile or capability, or one without another that it needs.
 *
 * @example
 * ```ts
 * const target = inProcess(adapter, { deterministic: true });
 * ```
 */
export const inProcess = (adapter: Adapter, options?: InProcessOptions): Target =>
  new InProcessTarget(adapter, options);

/** Limits of an adapter in a process of its own. */
export interface StdioOptions {
  /** The time limit of the hello, in milliseconds; by default 10,000. */
  readonly startupTimeout?: number;
  /** The time limit of one case, in milliseconds; by default 10,000. */
  readonly caseTimeout?: number;
}

/**
 * Starts an adapter as a process that speaks wire protocol v1 on standard input and output. It is started again after a
 * crash or a hang; `close` ends it. Rejects with an `Error` that says why it could not be started.
 *
 * @param commandLine program and arguments, with quotes as in a shell; no shell is started
 * @example
 * ```ts
 * const target = await stdio('python3 adapter.py');
 * try {
 *   const { text } = await check(target);
 *   console.log(text);
 * } finally {
 *   await target.close();
 * }
 * ```
 */
export async function stdio(commandLine: string, options: StdioOptions = {}): Promise<Target> {
  const started = await StdioTarget.start(commandLine, options);
  if (started.kind === 'failure') throw new Error(started.failure.message);
  return named(started.target, `stdio:${commandLine}`);
}
