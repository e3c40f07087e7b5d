import { beforeAll, describe, type TestContext, test } from 'vitest';
import { CATALOGUE, type RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Finding } from '../shrink/finding.ts';
import { requirementsOf } from '../shrink/finding.ts';
import type { RequirementOutcome, RunOutcome } from '../run/outcome.ts';
import { counterexampleText, shrinkingInWords } from '../report/counterexample-text.ts';
import { PLAIN } from '../report/paint.ts';
import { replayCommand } from '../report/replay-command.ts';
import type { Target } from '../targets/target.ts';
import { type CheckOptions, runSuite } from './check.ts';

/** Settings of the tests; those of the run are those of `check`. */
export interface ConformanceOptions extends CheckOptions {
  /** The title of the group of tests; by default "conformance". */
  readonly title?: string;
  /** The time limit of the whole run, in milliseconds; by default 600,000. */
  readonly timeout?: number;
}

const DEFAULT_TIMEOUT = 600_000;

/**
 * Registers one vitest test for each requirement. A single run of the suite precedes them. A test passes if the requirement
 * was covered and never violated, fails with the counterexample as its message, and is skipped with a note if the target
 * does not declare what the requirement needs. A further test fails if the run could not decide, as after a violation of
 * the protocol.
 *
 * @param open creates the target; it is closed after the run
 * @example
 * ```ts
 * import { inProcess } from 'zone-device-conformance';
 * import { conformance } from 'zone-device-conformance/vitest';
 *
 * conformance(() => inProcess(adapter), { profiles: ['linux-6.12'], seed: 1 });
 * ```
 */
export function conformance(open: () => Target | Promise<Target>, options: ConformanceOptions = {}): void {
  const { title = 'conformance', timeout = DEFAULT_TIMEOUT, strict = false } = options;
  describe(title, () => {
    let outcome: RunOutcome | undefined;
    beforeAll(async () => {
      const target = await open();
      try {
        outcome = await runSuite(target, options);
      } finally {
        await target.close();
      }
    }, timeout);

    test('the run is conclusive', () => {
      if (outcome !== undefined) failIfUndecided(outcome);
    });

    for (const { id, level, title: rule } of CATALOGUE) {
      test(`${id} (${level}): ${rule}`, (context) => {
        if (outcome !== undefined) report(id, outcome, strict, context);
      });
    }
  });
}

function failIfUndecided({ profiles, interrupted }: RunOutcome): void {
  if (interrupted) throw new Error('The run was interrupted.');
  for (const { profile, protocolErrors, inconclusiveReason, disagreements, sent } of profiles) {
    const [error] = protocolErrors;
    if (error !== undefined) throw new Error(`${profile}: ${error.failure.message}\n${error.failure.stderr}`);
    if (inconclusiveReason !== undefined) throw new Error(`${profile}: ${inconclusiveReason}`);
    const [disagreement] = disagreements;
    if (disagreement !== undefined) {
      const { property, message } = disagreement;
      throw new Error(
        `${profile}: model and property ${property} disagree (${message}), a bug of the suite.`,
      );
    }
    if (sent === 0) throw new Error(`${profile}: no command could be sent.`);
  }
}

/** Passes, fails or skips the test of one requirement. */
function report(id: RequirementId, outcome: RunOutcome, strict: boolean, { skip }: TestContext): void {
  const findings = outcome.profiles.flatMap(({ findings: found, warnings }) =>
    strict ? [...found, ...warnings] : found,
  );
  const violating = findings.filter((finding) => requirementsOf(finding).has(id));
  if (violating.length > 0) {
    throw new Error(violating.map((finding) => textOf(finding, outcome)).join('\n\n'));
  }
  const rows = outcome.profiles.flatMap(({ profile, requirements }) =>
    requirements.filter(({ requirement }) => requirement.id === id).map((row) => ({ profile, row })),
  );
  const missed = rows.filter(({ row }) => isFailure(row, strict)).map(({ profile }) => profile);
  if (missed.length > 0) {
    throw new Error(`${id} was not covered in ${missed.join(', ')}: increase the option "runs".`);
  }
  if (rows.some(({ row }) => row.status === 'passed' || row.status === 'not-followed')) return;
  skip(reasonFor(rows.map(({ row }) => row)));
}

/** Only a MUST has to be covered. */
const isFailure = ({ status, requirement: { level } }: RequirementOutcome, strict: boolean): boolean =>
  (status === 'not-covered' && level === 'MUST') || (status === 'not-followed' && strict);

function reasonFor(rows: readonly RequirementOutcome[]): string {
  if (rows.length === 0) return 'does not apply to these profiles';
  const missing = [...new Set(rows.flatMap((row) => row.missing))];
  const withheld = [...new Set(rows.flatMap((row) => row.withheld))];
  if (missing.length > 0) return `not declared: ${missing.join(', ')}`;
  return withheld.length > 0 ? `declared and never shown: ${withheld.join(', ')}` : 'not covered';
}

function textOf({ counterexample, file }: Finding, { target, targetSpec }: RunOutcome): string {
  const circumstances = {
    capabilities: target.capabilities,
    shrinking: shrinkingInWords(counterexample),
    found: undefined,
    replay: file === undefined ? undefined : replayCommand(process.cwd(), file, targetSpec),
  };
  return counterexampleText(counterexample, circumstances, PLAIN);
}
