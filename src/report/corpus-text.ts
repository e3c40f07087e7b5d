import { fingerprintOf } from '../../spec/judge/verdict.ts';
import { oneLine } from '../corpus/printable.ts';
import {
  CORPUS_STATUSES,
  type CorpusItem,
  type CorpusOutcome,
  type CorpusStatus,
  type RunOutcome,
} from '../run/outcome.ts';
import type { Counterexample } from '../shrink/finding.ts';
import { counterexampleText } from './counterexample-text.ts';
import { amount, figure } from './figures.ts';
import type { Paint } from './paint.ts';
import { caller, replayCommand } from './replay-command.ts';
import { columns } from './text-layout.ts';

/** Files listed by a run; "zdc corpus" lists all of them. */
const MAX_LINES = 20;
/** Counterexamples printed in full. */
const MAX_IN_FULL = 3;

const WORDS: Record<CorpusStatus, string> = {
  'still-fails': 'still fails',
  'fails-otherwise': 'fails differently',
  fixed: 'fixed',
  conforms: 'conforms',
  'not-applicable': 'not applicable',
  inconclusive: 'inconclusive',
  unreadable: 'unreadable',
  'not-reached': 'not reached',
};

/** The results of replaying the counterexamples of earlier runs; empty if there were none. */
export function corpusText(outcome: RunOutcome, cwd: string, paint: Paint): string[] {
  const { corpus } = outcome;
  if (corpus === undefined) return [];
  const { items, trouble, folder } = corpus;
  const left = leftOut(corpus);
  if (items.length === 0 && left.length === 0 && trouble === undefined) return [];
  const lines = [
    ...(trouble === undefined
      ? []
      : [`${paint.yellow('!')} The folder of saved counterexamples cannot be read: ${trouble}`]),
    ...(items.length === 0
      ? []
      : [
          `${paint.bold('Replayed first')}  ${amount(items.length, 'saved counterexample')} of ${oneLine(folder)}: ${countsOf(items)}`,
        ]),
    ...linesOf(items, paint),
    ...(items.some(({ status }) => status === 'fixed')
      ? [`  Fixed counterexamples are kept until "${caller(cwd)} corpus prune" removes them.`]
      : []),
    ...(left.length === 0 ? [] : [`Not replayed from ${oneLine(folder)}: ${left.join('; ')}`]),
  ];
  return [lines.join('\n'), ...inFull(outcome, items, cwd, paint)];
}

const leftOut = ({ ofOtherTargets, ofOtherProfiles }: CorpusOutcome): string[] => [
  ...(ofOtherTargets === 0
    ? []
    : [`${amount(ofOtherTargets, 'counterexample')} of other targets (--corpus-all replays them)`]),
  ...(ofOtherProfiles === 0 ? [] : [`${figure(ofOtherProfiles)} of profiles that were not requested`]),
];

const countsOf = (items: readonly CorpusItem[]): string =>
  CORPUS_STATUSES.flatMap((status) => {
    const count = items.filter((item) => item.status === status).length;
    const words = count === 1 ? WORDS[status] : WORDS[status].replace(/^(still fail|fail|conform)s/, '$1');
    return count === 0 ? [] : [`${figure(count)} ${words}`];
  }).join(', ');

function linesOf(items: readonly CorpusItem[], paint: Paint): string[] {
  const sorted = CORPUS_STATUSES.flatMap((status) => items.filter((item) => item.status === status));
  const rest = sorted.length - MAX_LINES;
  return [
    ...columns(
      sorted
        .slice(0, MAX_LINES)
        .map((item) => [
          marked(item.status, paint),
          item.recorded === undefined ? '' : `${item.recorded.requirement} at ${item.recorded.op}`,
          oneLine(item.file),
          corpusRemark(item),
        ]),
    ),
    ...(rest > 0 ? [`  and ${figure(rest)} more`] : []),
  ];
}

function marked(status: CorpusStatus, paint: Paint): string {
  const word = WORDS[status];
  if (status === 'still-fails' || status === 'fails-otherwise') return `${paint.red('✗')} ${word}`;
  if (status === 'fixed' || status === 'conforms') return `${paint.green('✓')} ${word}`;
  return `${paint.yellow('!')} ${word}`;
}

/** The remark beside the status of one file. */
export function corpusRemark({ status, counterexample, reason }: CorpusItem): string {
  if (status === 'fails-otherwise' && counterexample !== undefined) {
    const { requirement, op } = counterexample.violation;
    return `now ${requirement} at ${op}`;
  }
  return reason === undefined ? '' : oneLine(reason);
}

/** The shortest saved counterexamples that fail, without those that this run also found and prints below. */
function inFull(outcome: RunOutcome, items: readonly CorpusItem[], cwd: string, paint: Paint): string[] {
  const reported = new Set(
    outcome.profiles.flatMap(({ findings }) =>
      findings.flatMap(({ fingerprint, otherSymptoms }) => [
        fingerprint,
        ...otherSymptoms.map(fingerprintOf),
      ]),
    ),
  );
  const texts: string[] = [];
  const byLength = items
    .flatMap(({ counterexample, file }) => (counterexample === undefined ? [] : [{ counterexample, file }]))
    .toSorted((one, other) => lengthOf(one.counterexample) - lengthOf(other.counterexample));
  for (const { counterexample, file } of byLength) {
    const fingerprint = fingerprintOf(counterexample.violation);
    if (reported.has(fingerprint) || texts.length === MAX_IN_FULL) continue;
    reported.add(fingerprint);
    texts.push(corpusCounterexampleText(counterexample, file, outcome, cwd, paint));
  }
  return texts;
}

const lengthOf = ({ case: { commands } }: Counterexample): number => commands.length;

/** The text of a saved counterexample that still fails. */
export const corpusCounterexampleText = (
  counterexample: Counterexample,
  file: string,
  { target, targetSpec }: RunOutcome,
  cwd: string,
  paint: Paint,
): string =>
  counterexampleText(
    counterexample,
    {
      capabilities: target.capabilities,
      shrinking: counterexample.certificate === 'found' ? 'not shrunk' : counterexample.certificate,
      found: 'an earlier run, and replayed by this one',
      // A file name with control characters must not be pasted into a shell.
      replay: oneLine(file) === file ? replayCommand(cwd, file, targetSpec) : undefined,
    },
    paint,
  );
