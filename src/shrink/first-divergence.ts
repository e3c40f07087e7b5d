import type { Case } from '../../spec/vocabulary/case.ts';
import { withCommands } from './pass.ts';
import { unshrunkCounterexample } from './finding.ts';
import type { Examined } from '../examine/examiner.ts';
import type { Violation } from '../../spec/judge/verdict.ts';
import { ordersOf } from './passes/delete.ts';
import type { Target } from '../targets/target.ts';

/** A failing case with the examination of its failure. */
export interface Failing {
  readonly case: Case;
  readonly examined: Examined;
}

/**
 * The examinations of all cases that were found to fail. Shrinking may return to an earlier case, and its examination
 * is then available without running it again.
 */
export class FailingCases {
  readonly #cases = new Map<string, Failing>();
  readonly #start: Failing;

  constructor(start: Failing) {
    this.#start = start;
  }

  /** Records a failing case without the commands after its failure, and returns the failing step. */
  add(testCase: Case, examined: Examined): number {
    const step = unshrunkCounterexample(testCase, examined)?.violation.step ?? testCase.commands.length - 1;
    const cut = withCommands(testCase, testCase.commands.slice(0, step + 1));
    this.#cases.set(JSON.stringify(cut), { case: cut, examined: upTo(cut, examined) });
    return step;
  }

  of(testCase: Case): Failing {
    return this.#cases.get(JSON.stringify(testCase)) ?? this.#start;
  }
}

/** The examination, limited to the commands that are left. */
function upTo(testCase: Case, examined: Examined): Examined {
  if (examined.kind === 'failed') return examined;
  const observations = examined.trace.observations.slice(0, testCase.commands.length);
  return { ...examined, trace: { ...examined.trace, case: testCase, observations } };
}

/** A case up to the step at which it first diverges from the specification. */
export interface Diverging {
  readonly case: Case;
  readonly violation: Violation;
}

/**
 * Determines the first step at which a failing case diverges. Without a snapshot after every step, a failure may be
 * reported at a later step. A race that also fails in a sequential order diverges in that order. A case that no longer
 * fails under closer observation diverges at the reported step.
 */
export async function firstDivergence(
  failing: Failing,
  target: Pick<Target, 'hello'>,
  examine: (testCase: Case) => Promise<Examined>,
): Promise<Diverging | undefined> {
  const closely = everyStepOf(failing, target);
  const seen = (closely && (await failingOf(closely, examine))) ?? failing;
  for (const sequential of ordersOfFailing(seen)) {
    const failed = await failingOf(sequential, examine);
    if (failed !== undefined) return divergingOf(failed);
  }
  return divergingOf(seen);
}

/** A failing case up to the reported step. */
export function divergingOf(failing: Failing): Diverging | undefined {
  const violation = violationIn(failing);
  const { case: testCase } = failing;
  return (
    violation && { case: withCommands(testCase, testCase.commands.slice(0, violation.step + 1)), violation }
  );
}

const violationIn = ({ case: testCase, examined }: Failing): Violation | undefined =>
  unshrunkCounterexample(testCase, examined)?.violation;

async function failingOf(
  testCase: Case,
  examine: (testCase: Case) => Promise<Examined>,
): Promise<Failing | undefined> {
  const examined = await examine(testCase);
  return examined.kind === 'judged' && examined.verdict.kind === 'violates'
    ? { case: testCase, examined }
    : undefined;
}

/**
 * Determines the first step at which a case that ends in a crash or a hang diverges. The steps before it were not judged
 * with it and are run alone, so the crash or the hang is not repeated.
 */
export async function divergenceBefore(
  { case: testCase, step }: { readonly case: Case; readonly step: number | undefined },
  { hello }: Pick<Target, 'hello'>,
  examine: (testCase: Case) => Promise<Examined>,
): Promise<Diverging | undefined> {
  if (step === undefined || step === 0) return undefined;
  const before = withCommands(testCase, testCase.commands.slice(0, step));
  const observe = hello.capabilities.has('every-step') ? 'every-step' : testCase.observe;
  const failing = await failingOf({ ...before, observe }, examine);
  return failing && divergingOf(failing);
}

/** The case with a snapshot after every step; undefined if it has them already or the target does not support them. */
export function everyStepOf(failing: Failing, { hello }: Pick<Target, 'hello'>): Case | undefined {
  const testCase = upToFailure(failing);
  if (testCase.observe === 'every-step' || !hello.capabilities.has('every-step')) return undefined;
  return {
    ...testCase,
    observe: 'every-step',
    commands: testCase.commands.filter(({ op }) => op !== 'inspect'),
  };
}

/** A case without the commands after a crash or a hang, whose step index would otherwise change. */
function upToFailure({ case: testCase, examined }: Failing): Case {
  if (examined.kind !== 'failed' || examined.failure.step === undefined) return testCase;
  return withCommands(testCase, testCase.commands.slice(0, examined.failure.step + 1));
}

/** Both sequential orders of a case that fails in a race; empty for other failures. */
export function ordersOfFailing(failing: Failing): readonly Case[] {
  const { case: testCase } = failing;
  const { commands } = testCase;
  const step = violationIn(failing)?.step ?? commands.length;
  const race = commands[step];
  if (race?.op !== 'race') return [];
  return ordersOf(race).map((order) => withCommands(testCase, [...commands.slice(0, step), ...order]));
}
