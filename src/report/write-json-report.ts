import type { Finding } from '../campaign/finding.ts';
import type { ProfileOutcome, RunOutcome } from '../campaign/outcome.ts';
import type { TargetFailure } from '../targets/target.ts';
import { chapterOf } from './chapter-of.ts';
import type { ExitCode } from './exit-code.ts';
import { type JsonReport, REPORT_FORMAT, REPORT_VERSION } from './json-report.ts';
import { SUITE } from './suite.ts';
import { wireObservations } from './wire-observation.ts';

type Profile = JsonReport['profiles'][number];

/** How the run was judged. */
export interface Judgement {
  readonly exitCode: ExitCode;
  readonly strict: boolean;
}

/** The report of a run for programs. */
export function jsonReport(outcome: RunOutcome, { exitCode, strict }: Judgement): JsonReport {
  const { target, targetSpec, seed, verdict, interrupted, elapsed, unexercised, profiles } = outcome;
  return {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    suite: SUITE,
    target: {
      spec: targetSpec,
      name: target.name,
      version: target.version ?? null,
      profiles: [...target.profiles],
      capabilities: [...target.capabilities],
    },
    seed,
    verdict,
    exitCode,
    strict,
    interrupted,
    elapsedMilliseconds: Math.round(elapsed),
    unexercised: [...unexercised],
    profiles: profiles.map(profileReport),
  };
}

function profileReport(one: ProfileOutcome): Profile {
  return {
    profile: one.profile,
    cases: one.cases,
    commands: one.commands,
    sent: one.sent,
    pages: { asked: one.asked, moved: one.moved },
    requirements: one.requirements.map(({ requirement, status, exercised, slighted, missing }) => ({
      id: requirement.id,
      chapter: chapterOf(requirement.id),
      level: requirement.level,
      title: requirement.title,
      status,
      exercised,
      slighted,
      missing: [...missing],
    })),
    properties: one.properties.map(({ id, title, exercised }) => ({ id, title, exercised })),
    findings: one.findings.map(findingReport),
    inconclusive: { cases: one.inconclusive, reason: one.inconclusiveReason ?? null },
    protocolErrors: one.protocolErrors.map(({ index, failure }) => ({
      case: index,
      ...failureReport(failure),
    })),
    disagreements: one.disagreements.map(({ index, property, step, message }) => ({
      case: index,
      property,
      step,
      message,
    })),
  };
}

function findingReport({ index, after, times, file, counterexample }: Finding): Profile['findings'][number] {
  const { violation, certificate, slice, case: testCase, trace, failure } = counterexample;
  return {
    requirement: violation.requirement,
    clause: violation.clause,
    step: violation.step,
    op: violation.op,
    expected: [...violation.expected],
    observed: violation.observed,
    certificate,
    ...(slice === undefined ? {} : { slice }),
    foundBy: index,
    afterCommands: after,
    times,
    file: file ?? null,
    case: { ...testCase, commands: [...testCase.commands] },
    observations: trace === undefined ? null : wireObservations(trace),
    failure: failure === undefined ? null : failureReport(failure),
  };
}

const failureReport = ({
  kind,
  message,
  step,
  stderr,
}: TargetFailure): Omit<Profile['protocolErrors'][number], 'case'> => ({
  kind,
  message,
  step: step ?? null,
  stderr,
});
