import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, type TestContext, test } from 'vitest';
import { fingerprintOf } from '../../spec/judge/verdict.ts';
import { CATALOGUE, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { reasonOf } from '../corpus/printable.ts';
import type { Finding } from '../shrink/finding.ts';
import { requirementsOf } from '../shrink/finding.ts';
import type { RequirementOutcome, RunOutcome } from '../run/outcome.ts';
import { counterexampleText, shrinkingInWords } from '../report/counterexample-text.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import { groupsOf } from '../report/findings-text.ts';
import { PLAIN } from '../report/paint.ts';
import { replayCommand } from '../report/replay-command.ts';
import { REPORTERS } from '../report/reporters.ts';
import type { Target } from '../targets/target.ts';
import { type CheckOptions, runSuite } from './check.ts';

/** Settings of the tests; those of the run are those of `check`. */
export interface ConformanceOptions extends CheckOptions {
  /** The title of the group of tests; by default "conformance". */
  readonly title?: string;
  /** The time limit of the whole run, in milliseconds; by default 600,000. */
  readonly timeout?: number;
  /**
   * The HTML report that is written if a requirement is violated, in which the failed tests name their counterexample; by
   * default "zdc-report.html" in the working directory.
   */
  readonly html?: string;
}

const DEFAULT_TIMEOUT = 600_000;
const IS_CONCLUSIVE = 'the run is conclusive';

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
  const {
    title = 'conformance',
    timeout = DEFAULT_TIMEOUT,
    strict = false,
    html = REPORTERS.html.file,
  } = options;
  describe(title, () => {
    let outcome: RunOutcome | undefined;
    let page: Page = {};
    beforeAll(async () => {
      const target = await open();
      try {
        outcome = await runSuite(target, options);
        page = await writeReport(outcome, html, strict);
      } finally {
        await target.close();
      }
    }, timeout);

    test(IS_CONCLUSIVE, () => {
      if (outcome !== undefined) failIfUndecided(outcome);
    });

    for (const { id, level, title: rule } of CATALOGUE) {
      test(`${id} (${level}): ${rule}`, (context) => {
        if (outcome !== undefined) report(id, outcome, strict, page, context);
      });
    }
  });
}

/** The lines that name the picture of a counterexample, by fingerprint. */
type Page = Readonly<Record<string, string>>;

/** Writes the HTML report of a run with findings. */
async function writeReport(outcome: RunOutcome, path: string, strict: boolean): Promise<Page> {
  const groups = groupsOf(outcome);
  if (groups.length === 0) return {};
  const render = await REPORTERS.html.load();
  const exitCode = exitCodeOf(outcome, { strict, timedOut: false });
  const text = render(outcome, { exitCode, strict, cwd: process.cwd(), date: new Date() });
  const problem = await writeFile(path, text).then(
    () => undefined,
    (error: unknown) => `\n  The HTML report could not be written: ${reasonOf(error)}`,
  );
  return Object.fromEntries(
    groups.map(({ finding }, at) => [finding.fingerprint, problem ?? `\n  Picture  ${path}#finding-${at}`]),
  );
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
function report(
  id: RequirementId,
  outcome: RunOutcome,
  strict: boolean,
  page: Page,
  { skip }: TestContext,
): void {
  const findings = outcome.profiles.flatMap(({ findings: found, warnings }) =>
    strict ? [...found, ...warnings] : found,
  );
  const violating = findings.filter((finding) => requirementsOf(finding).has(id));
  if (violating.length > 0) {
    throw new Error(violating.map((finding) => textOf(finding, outcome, page)).join('\n\n'));
  }
  const rows = outcome.profiles.flatMap(({ profile, requirements }) =>
    requirements.filter(({ requirement }) => requirement.id === id).map((row) => ({ profile, row })),
  );
  const missed = rows.filter(({ row }) => isFailure(row, strict)).map(({ profile }) => profile);
  if (missed.length > 0) {
    const endedEarly = outcome.profiles.some(
      ({ profile, protocolErrors }) => missed.includes(profile) && protocolErrors.length > 0,
    );
    const advice = endedEarly
      ? `the target violated the protocol, as the test "${IS_CONCLUSIVE}" shows.`
      : 'increase the option "runs".';
    throw new Error(`${id} was not covered in ${missed.join(', ')}: ${advice}`);
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

function textOf(
  { counterexample, file, fingerprint, sameAs }: Finding,
  { target, targetSpec }: RunOutcome,
  page: Page,
): string {
  const circumstances = {
    capabilities: target.capabilities,
    shrinking: shrinkingInWords(counterexample),
    found: undefined,
    replay: file === undefined ? undefined : replayCommand(process.cwd(), file, targetSpec),
  };
  const picture = page[sameAs === undefined ? fingerprint : fingerprintOf(sameAs)] ?? '';
  return counterexampleText(counterexample, circumstances, PLAIN) + picture;
}
