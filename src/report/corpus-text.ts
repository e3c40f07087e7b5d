import { fingerprintOf } from '../../spec/judge/verdict.ts';
import {
  CORPUS_STATUSES,
  type CorpusItem,
  type CorpusOutcome,
  type CorpusStatus,
} from '../run/corpus-outcome.ts';
import type { Counterexample } from '../shrink/finding.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { oneLine } from '../corpus/printable.ts';
import { counterexampleText } from './counterexample-text.ts';
import { amount, figure } from './figures.ts';
import type { Paint } from './paint.ts';
import { caller, replayCommand } from './replay-command.ts';
import { columns } from './table.ts';

/** How many files are told of: "zdc corpus" lists them all. */
const MAX_LINES = 20;
/** How many counterexamples are told in full. */
const IN_FULL = 3;

const WORDS: Record<CorpusStatus, string> = {
  'still-fails': 'still fails',
  'fails-otherwise': 'fails otherwise',
  fixed: 'fixed',
  conforms: 'conforms',
  'not-applicable': 'not applicable',
  inconclusive: 'inconclusive',
  unreadable: 'unreadable',
  'not-reached': 'not reached',
};

/** What came of the counterexamples of earlier runs, for people; nothing where there were none. */
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
      ? [`  What is fixed stays until "${caller(cwd)} corpus prune" removes it.`]
      : []),
    ...(left.length === 0 ? [] : [`Not replayed from ${oneLine(folder)}: ${left.join('; ')}`]),
  ];
  return [lines.join('\n'), ...inFull(outcome, items, cwd, paint)];
}

const leftOut = ({ ofOtherTargets, ofOtherProfiles }: CorpusOutcome): string[] => [
  ...(ofOtherTargets === 0
    ? []
    : [`${amount(ofOtherTargets, 'counterexample')} of other targets (--corpus-all replays them)`]),
  ...(ofOtherProfiles === 0 ? [] : [`${figure(ofOtherProfiles)} of profiles that were not asked for`]),
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

/** What there is to say of one file beside its status. */
export function corpusRemark({ status, counterexample, reason }: CorpusItem): string {
  if (status === 'fails-otherwise' && counterexample !== undefined) {
    const { requirement, op } = counterexample.violation;
    return `now ${requirement} at ${op}`;
  }
  return reason === undefined ? '' : oneLine(reason);
}

/** The shortest of those that fail, unless this run has found the same by itself and tells of it below. */
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
    if (reported.has(fingerprint) || texts.length === IN_FULL) continue;
    reported.add(fingerprint);
    texts.push(corpusCounterexampleText(counterexample, file, outcome, cwd, paint));
  }
  return texts;
}

const lengthOf = ({ case: { commands } }: Counterexample): number => commands.length;

/** A saved counterexample that fails now. */
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
      shrinking: counterexample.certificate === 'found' ? 'not reduced' : counterexample.certificate,
      found: 'an earlier run, and replayed by this one',
      // A name that moves the cursor is none to paste.
      replay: oneLine(file) === file ? replayCommand(cwd, file, targetSpec) : undefined,
    },
    paint,
  );
