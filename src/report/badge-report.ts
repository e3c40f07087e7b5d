import type { RunOutcome } from '../run/outcome.ts';
import type { ReportSetting } from './checks.ts';
import { EXIT } from './exit-code.ts';
import { VERDICT_WORDS } from './verdict-text.ts';

/** The JSON that a shields.io endpoint badge reads: passed requirements of those that could be judged. */
export function badgeReport({ profiles, verdict }: RunOutcome, { exitCode }: ReportSetting): string {
  const judged = profiles.flatMap(({ requirements }) =>
    requirements.filter(({ status }) => status !== 'not-observable' && status !== 'capability-missing'),
  );
  const passed = judged.filter(({ status }) => status === 'passed').length;
  const isKnown = exitCode === EXIT.conforms && verdict === 'violates';
  const message =
    verdict === 'conforms' || verdict === 'violates'
      ? `${passed} of ${judged.length} requirements${isKnown ? ', the others known' : ''}`
      : VERDICT_WORDS[verdict];
  const color = verdict === 'violates' ? (isKnown ? 'yellow' : 'red') : COLOURS[verdict];
  return `${JSON.stringify({ schemaVersion: 1, label: 'ZONE_DEVICE conformance', message, color })}\n`;
}

const COLOURS: { readonly [V in Exclude<RunOutcome['verdict'], 'violates'>]: string } = {
  conforms: 'brightgreen',
  inconclusive: 'yellow',
  'protocol-error': 'red',
  'nothing-applicable': 'lightgrey',
};
