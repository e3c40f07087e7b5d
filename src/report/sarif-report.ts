import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRequirement, CATALOGUE } from '../../spec/requirements/catalogue.ts';
import { oneLine, printable } from '../corpus/printable.ts';
import { PACKAGE_FOLDER, SUITE } from '../corpus/suite.ts';
import type { ProfileOutcome, RunOutcome } from '../run/outcome.ts';
import { type Finding, requirementsOf } from '../shrink/finding.ts';
import type { ReportSetting } from './checks.ts';
import { replayCommand } from './replay-command.ts';
import { commandInWords } from './steps-text.ts';

const RULES = 'spec/RULES.md';

/** The line of RULES.md, counted from 1, of the first rule that names each requirement. */
function linesOfRules(): ReadonlyMap<string, number> {
  if (PACKAGE_FOLDER === undefined) return new Map();
  const lines = readFileSync(join(PACKAGE_FOLDER, RULES), 'utf8').split('\n');
  const found = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    for (const [, id = ''] of line.matchAll(/`([a-z]+\.[a-z-]+)`/g)) {
      if (!found.has(id)) found.set(id, at + 1);
    }
  }
  return found;
}

/** The rule in RULES.md that names a requirement. */
function ruleLocation(id: string, lines: ReadonlyMap<string, number>): object {
  const line = lines.get(id);
  return {
    physicalLocation: {
      artifactLocation: { uri: RULES, uriBaseId: 'PACKAGE' },
      ...(line === undefined ? {} : { region: { startLine: line } }),
    },
  };
}

/** The level of a result; a SHOULD is a warning. */
const level = ({ level: of }: { readonly level: string }): string => (of === 'MUST' ? 'error' : 'warning');

/**
 * The report as SARIF 2.1.0, a result for each finding and profile. Its physical location is the rule in RULES.md that is
 * violated, its logical location the command at which the case fails.
 */
export function sarifReport(outcome: RunOutcome, setting: ReportSetting): string {
  const { target, targetSpec, seed } = outcome;
  const lines = linesOfRules();
  const result = (profile: ProfileOutcome, finding: Finding): object => {
    const { counterexample, file } = finding;
    const { violation, case: testCase } = counterexample;
    const requirement = findRequirement(violation.requirement);
    const known = setting.baseline?.knownFailure(profile.profile, violation.requirement);
    const others = [...requirementsOf(finding)].filter((id) => id !== violation.requirement);
    const steps = testCase.commands.map((command, at) => `${at + 1}  ${commandInWords(command)}`);
    return {
      ruleId: violation.requirement,
      ruleIndex: CATALOGUE.findIndex(({ id }) => id === violation.requirement),
      level: level(requirement ?? { level: 'MUST' }),
      kind: 'fail',
      message: {
        text: printable(
          [
            `${requirement?.title ?? violation.requirement}: expected ${violation.expected.join(', or ')}; ` +
              `observed ${violation.observed}, at step ${violation.step + 1} (${violation.op}) in profile ` +
              `${profile.profile}.`,
            ...steps,
          ].join('\n'),
        ),
      },
      locations: [
        {
          ...ruleLocation(violation.requirement, lines),
          logicalLocations: [
            {
              name: violation.op,
              fullyQualifiedName: `${profile.profile}/step ${violation.step + 1}/${violation.op}`,
              kind: 'function',
            },
          ],
        },
      ],
      ...(others.length === 0
        ? {}
        : {
            relatedLocations: others.map((id) => ({
              ...ruleLocation(id, lines),
              message: { text: `The same bug also violates ${id}.` },
            })),
          }),
      partialFingerprints: { 'requirementOpClause/v1': `${profile.profile} ${finding.fingerprint}` },
      ...(setting.baseline === undefined ? {} : { baselineState: known === undefined ? 'new' : 'unchanged' }),
      ...(known === undefined
        ? {}
        : {
            suppressions: [
              {
                kind: 'external',
                justification: oneLine([known.reason, known.link ?? ''].join(' ').trimEnd()),
              },
            ],
          }),
      properties: {
        profile: profile.profile,
        certificate: counterexample.certificate,
        ...(file === undefined ? {} : { replay: oneLine(replayCommand(setting.cwd, file, targetSpec)) }),
      },
    };
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: SUITE.name,
            version: SUITE.version,
            rules: CATALOGUE.map((requirement) => ({
              id: requirement.id,
              shortDescription: { text: requirement.title },
              fullDescription: { text: requirement.text },
              help: { text: `Source: ${requirement.source}` },
              defaultConfiguration: { level: level(requirement) },
              properties: { level: requirement.level },
            })),
          },
        },
        originalUriBaseIds: {
          PACKAGE: { description: { text: 'The folder of the package zone-device-conformance.' } },
        },
        invocations: [
          {
            executionSuccessful: true,
            exitCode: setting.exitCode,
            endTimeUtc: setting.date.toISOString(),
          },
        ],
        properties: { target: oneLine(target.name), seed, verdict: outcome.verdict },
        results: outcome.profiles.flatMap((profile) => [
          ...profile.findings.map((finding) => result(profile, finding)),
          ...profile.warnings.map((finding) => result(profile, finding)),
        ]),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
