import type { CorpusOutcome, ProfileOutcome, RunOutcome } from '../run/outcome.ts';
import type { Counterexample, Finding } from '../shrink/finding.ts';
import { flakyRecord } from '../run/flaky.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { ExitCode } from './exit-code.ts';
import {
  type JsonReport,
  type ReportedCounterexample,
  REPORT_FORMAT,
  REPORT_VERSION,
} from './json-report.ts';
import { SUITE } from '../corpus/suite.ts';
import { wireObservations } from '../corpus/case-file.ts';

type Profile = JsonReport['profiles'][number];

/** The verdict settings of the run. */
export interface Judgement {
  readonly exitCode: ExitCode;
  readonly strict: boolean;
}

/** The machine-readable report of a run. */
export function jsonReport(outcome: RunOutcome, { exitCode, strict }: Judgement): JsonReport {
  const { target, targetSpec, seed, verdict, interrupted, elapsed, uncovered, profiles, corpus } = outcome;
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
      ...(target.kernel === undefined ? {} : { kernel: target.kernel }),
    },
    seed,
    verdict,
    exitCode,
    strict,
    interrupted,
    elapsedMilliseconds: Math.round(elapsed),
    uncovered: [...uncovered],
    profiles: profiles.map(profileReport),
    ...(corpus === undefined ? {} : { corpus: corpusReport(corpus) }),
  };
}

const corpusReport = ({ items, ...corpus }: CorpusOutcome): NonNullable<JsonReport['corpus']> => ({
  folder: corpus.folder,
  trouble: corpus.trouble ?? null,
  files: items.map(({ file, status, recorded, counterexample, reason }) => ({
    file,
    status,
    requirement: recorded?.requirement ?? null,
    op: recorded?.op ?? null,
    profile: recorded?.profile ?? null,
    reason: reason ?? null,
    now: counterexample === undefined ? null : counterexampleReport(counterexample),
  })),
  ofOtherTargets: corpus.ofOtherTargets,
  ofOtherProfiles: corpus.ofOtherProfiles,
});

function profileReport(one: ProfileOutcome): Profile {
  return {
    profile: one.profile,
    ...(one.directed === undefined ? {} : { directed: one.directed }),
    cases: one.cases,
    commands: one.commands,
    sent: one.sent,
    pages: { asked: one.asked, moved: one.moved },
    requirements: one.requirements.map(
      ({ requirement, status, covered, notFollowed, missing, withheld }) => ({
        id: requirement.id,
        chapter: chapterOf(requirement.id),
        level: requirement.level,
        title: requirement.title,
        status,
        covered,
        notFollowed,
        missing: [...missing],
        ...(withheld.length === 0 ? {} : { withheld: [...withheld] }),
      }),
    ),
    properties: one.properties.map(({ id, title, covered }) => ({ id, title, covered })),
    findings: one.findings.map(findingReport),
    ...(one.warnings.length === 0 ? {} : { warnings: one.warnings.map(findingReport) }),
    inconclusive: { cases: one.inconclusive, reason: one.inconclusiveReason ?? null },
    setAside: { cases: one.setAside, reason: one.setAsideReason ?? null },
    protocolErrors: one.protocolErrors.map(({ index, directed, failure }) => ({
      case: index,
      ...named(directed),
      ...failureReport(failure),
    })),
    disagreements: one.disagreements.map(({ index, directed, property, step, message }) => ({
      case: index,
      ...named(directed),
      property,
      step,
      message,
    })),
  };
}

const named = (directed: string | undefined): { directed?: string } =>
  directed === undefined ? {} : { directed };

const findingReport = ({
  index,
  directed,
  after,
  times,
  file,
  counterexample,
  isIncidental,
  otherSymptoms,
  sameAs,
}: Finding): Profile['findings'][number] => ({
  ...counterexampleReport(counterexample),
  foundBy: index,
  ...named(directed),
  afterCommands: after,
  times,
  ...(otherSymptoms.length === 0
    ? {}
    : {
        otherSymptoms: otherSymptoms.map(({ requirement, op, clause, times: cases, ...number }) => ({
          requirement,
          op,
          clause,
          times: cases,
          foundBy: number.index,
          ...named(number.directed),
        })),
      }),
  ...(sameAs === undefined ? {} : { sameAs }),
  ...(isIncidental ? { incidental: true } : {}),
  file: file ?? null,
});

function counterexampleReport({
  violation,
  certificate,
  slice,
  flaky,
  case: testCase,
  earlier = [],
  trace,
  failure,
}: Counterexample): ReportedCounterexample {
  return {
    requirement: violation.requirement,
    clause: violation.clause,
    step: violation.step,
    op: violation.op,
    expected: [...violation.expected],
    observed: violation.observed,
    certificate,
    ...(slice === undefined ? {} : { slice }),
    ...(flaky === undefined ? {} : { flaky: flakyRecord(flaky) }),
    case: { ...testCase, commands: [...testCase.commands] },
    ...(earlier.length === 0
      ? {}
      : { earlier: earlier.map((one) => ({ ...one, commands: [...one.commands] })) }),
    observations: trace === undefined ? null : wireObservations(trace),
    failure: failure === undefined ? null : failureReport(failure),
  };
}

const failureReport = ({
  kind,
  message,
  step,
  stderr,
}: TargetFailure): Omit<Profile['protocolErrors'][number], 'case' | 'directed'> => ({
  kind,
  message,
  step: step ?? null,
  stderr,
});

/** The chapter of a requirement: its id up to the first dot. */
export const chapterOf = (id: string): string => id.slice(0, id.indexOf('.'));
