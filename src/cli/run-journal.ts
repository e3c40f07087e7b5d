import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import {
  differenceOf,
  elapsedIn,
  InvalidJournal,
  type JournalContents,
  type JournalHead,
  JournalWriter,
  readJournal,
  RecordedRun,
} from '../corpus/journal.ts';
import { oneLine, reasonOf } from '../corpus/printable.ts';
import { EXIT } from '../report/exit-code.ts';
import { amount, figure } from '../report/figures.ts';
import { caller } from '../report/replay-command.ts';
import type { RunOutcome } from '../run/outcome.ts';
import type { Shard } from '../run/profile-cases.ts';
import type { RunJournal } from '../run/run-options.ts';
import { shellQuote } from '../targets/command-line.ts';
import type { Target } from '../targets/target.ts';
import { fromHere } from './corpus-phase.ts';
import { UserError } from './io.ts';
import type { BudgetFlag } from './options.ts';
import { recordedTarget, type TargetSpec } from './target-spec.ts';

/** The journal of a run. */
export interface OpenJournal {
  readonly recorded: RunJournal;
  readonly path: string;
  /** The duration of the recorded part, in milliseconds. */
  readonly elapsed: number;
  /** Whether a recorded part was interrupted and is not continued. */
  readonly isPartial: boolean;
  finish(interrupted: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A journal that was read, with its file as the user named it. */
export type JournalFile = JournalContents & { readonly path: string };

/** Reads a journal that the user named. */
export async function readJournalFile(path: string, cwd: string): Promise<JournalFile> {
  try {
    return { ...(await readJournal(resolve(cwd, path))), path };
  } catch (error) {
    const reason = error instanceof InvalidJournal ? error.message : reasonOf(error);
    throw new UserError(EXIT.configuration, `The journal ${oneLine(path)} cannot be used: ${reason}.`);
  }
}

/** The target of a journal: a file never determines which program is started. */
export const targetIn = ({ head, path }: JournalFile, named: TargetSpec | undefined): TargetSpec =>
  named ?? recordedTarget(path, head);

/** The flags of a run that determine its results. */
interface RecordedFlags {
  readonly profile: readonly ProfileName[];
  readonly seed: number;
  readonly runs?: number;
  readonly budget?: BudgetFlag;
  readonly requirement?: readonly RequirementId[];
  readonly directed: boolean;
  readonly shard?: Shard;
}

/** The flags of the run that wrote a journal. */
export function flagsIn({ head }: JournalFile): RecordedFlags {
  const { profiles, seed, budget, focus, directed, shard } = head;
  return {
    profile: profiles,
    seed,
    ...('runs' in budget ? budget : { budget: 'untilQuiet' in budget ? 'until-quiet' : budget.milliseconds }),
    ...(focus.length === 0 ? {} : { requirement: focus }),
    directed,
    ...(shard.of === 1 ? {} : { shard }),
  };
}

/** Where the results of a run are recorded. */
interface JournalSetting {
  readonly head: JournalHead;
  readonly path: string | undefined;
  readonly resumed: JournalFile | undefined;
  readonly shard: Shard | undefined;
}

/** Creates the journal of a run, or continues one; undefined if none is to be written. */
export async function openJournal(
  { head, path, resumed, shard }: JournalSetting,
  target: Target,
  cwd: string,
): Promise<OpenJournal | undefined> {
  if (resumed !== undefined) {
    const difference = differenceOf(resumed.head, head);
    if (difference !== undefined) {
      throw new UserError(
        EXIT.configuration,
        `${oneLine(resumed.path)} cannot be continued: its run differs from this one in ${difference}.`,
      );
    }
    const writer = await JournalWriter.continue(resolve(cwd, resumed.path), resumed);
    return openWith(writer, target, resumed.path, [resumed]);
  }
  const named = path ?? (shard === undefined ? undefined : `zdc-shard-${shard.index}-of-${shard.of}.jsonl`);
  if (named === undefined) return undefined;
  const whole = resolve(cwd, named);
  if (existsSync(whole)) {
    throw new UserError(
      EXIT.configuration,
      `The journal ${oneLine(named)} exists. To continue its run: --resume ${oneLine(named)}; to start again, remove it.`,
    );
  }
  const writer = await JournalWriter.create(whole, head).catch((error: unknown) => {
    throw new UserError(
      EXIT.configuration,
      `The journal ${oneLine(named)} cannot be written: ${reasonOf(error)}.`,
    );
  });
  return openWith(writer, target, named, []);
}

const openWith = (
  writer: JournalWriter,
  target: Target,
  path: string,
  parts: readonly JournalFile[],
): OpenJournal => ({
  recorded: new RecordedRun(target, parts, writer),
  path,
  elapsed: parts.reduce((sum, part) => sum + elapsedIn(part), 0),
  isPartial: false,
  finish: (interrupted) => writer.write({ end: { interrupted } }),
  close: () => writer.close(),
});

/** The result of one shard, and how to get that of the whole run. */
export function shardText(
  { profiles, interrupted }: RunOutcome,
  { index, of }: Shard,
  path: string | undefined,
  cwd: string,
): string {
  const sum = (count: (profile: RunOutcome['profiles'][number]) => number): number =>
    profiles.reduce((total, profile) => total + count(profile), 0);
  const findings = profiles.flatMap((profile) => profile.findings);
  const found = [
    ...new Set(findings.map(({ counterexample: { violation } }) => violation.requirement)),
  ].toSorted();
  const file = path === undefined ? '' : `The results are in ${oneLine(fromHere(cwd, path))}. `;
  return [
    `Shard ${index} of ${of}: ${amount(
      sum(({ cases }) => cases),
      'case',
    )}, ${figure(sum(({ commands }) => commands))} commands` +
      `${interrupted ? ', interrupted' : ''}; ${
        found.length === 0 ? 'no violation' : `${amount(findings.length, 'finding')}: ${found.join(', ')}`
      }`,
    `${file}When all shards are complete, merge their journals for the verdict:`,
    '',
    `  ${caller(cwd)} merge ${shellQuote(`zdc-shard-*-of-${of}.jsonl`).replaceAll("'", '')}`,
    '',
  ].join('\n');
}

/** The journals of all shards as the journal of the whole run. */
export const mergedJournal = (parts: readonly JournalFile[], target: Target): OpenJournal => ({
  recorded: new RecordedRun(target, parts, undefined),
  path: '',
  elapsed: 0,
  isPartial: parts.some(({ end }) => end?.interrupted === true),
  finish: () => Promise.resolve(),
  close: () => Promise.resolve(),
});
