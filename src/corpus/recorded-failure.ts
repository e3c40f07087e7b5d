import { notFresh } from '../targets/earlier-cases.ts';
import { judgeTrace } from '../../spec/judge/judge.ts';
import type { Violation } from '../../spec/judge/verdict.ts';
import { findRequirement } from '../../spec/requirements/catalogue.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Recorded } from '../explain/explain.ts';
import { recordedTrace } from '../explain/recorded-trace.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { CaseFile } from './case-file.ts';

/** The capabilities in a file that this version knows. */
export const recordedCapabilities = ({ target }: CaseFile): ReadonlySet<Capability> =>
  new Set(Capability.options.filter((capability) => target.capabilities.includes(capability)));

/** The failure recorded in a file; undefined if it names an unknown requirement or a step that does not exist. */
export function recordedFailure(file: CaseFile): Recorded | undefined {
  const trace =
    file.observations === undefined
      ? undefined
      : recordedTrace(file.case, recordedCapabilities(file), file.observations);
  const violation = violationIn(file);
  if (violation === undefined) return undefined;
  // The judge's violation has more details than the file; it is used if it is the same violation.
  const verdict = trace === undefined ? undefined : judgeTrace(trace);
  const isSame = verdict?.kind === 'violates' && verdict.violation.step === violation.step;
  const seen = isSame ? verdict.violation : violation;
  const isAfterEarlier = isSame && file.earlier !== undefined;
  return {
    case: file.case,
    ...(file.earlier === undefined ? {} : { earlier: file.earlier }),
    trace,
    violation: isAfterEarlier ? notFresh(seen) : seen,
    failure: failureIn(file),
    flaky: file.flaky,
  };
}

function violationIn({
  requirement,
  step,
  clause,
  expected,
  observed,
  case: testCase,
}: CaseFile): Violation | undefined {
  const entry = findRequirement(requirement);
  const command = testCase.commands[step];
  if (entry === undefined || command === undefined) return undefined;
  return { step, op: command.op, requirement: entry.id, clause, expected, observed, breaches: [] };
}

function failureIn({ failure, step }: CaseFile): TargetFailure | undefined {
  if (failure === undefined) return undefined;
  const { kind, message, stderr } = failure;
  return { kind: kind === 'hang' ? 'hang' : 'crash', message, stderr, step };
}
