import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { match, P } from 'ts-pattern';
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
import type { StrategyName } from '../search/case-plan.ts';
import type { FamilyName } from '../../spec/model/families.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
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
  /** Whether the run ends with the cases that are recorded. */
  readonly isPlanFixed: boolean;
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
  readonly strategy: StrategyName;
  readonly scope?: Scope;
  readonly families?: readonly FamilyName[];
}

/** The budget of a journal, as options. */
const budgetFlagIn = (budget: JournalHead['budget']): Pick<RecordedFlags, 'runs' | 'budget'> =>
  match(budget)
    .with({ runs: P.number }, ({ runs }) => ({ runs }))
    .with({ milliseconds: P.number }, ({ milliseconds }) => ({ budget: milliseconds }))
    .with({ untilQuiet: true }, () => ({ budget: 'until-quiet' as const }))
    .with({ untilEnd: true }, () => ({}))
    .exhaustive();

/** The families of a slice besides the core, as an option. */
const familiesFlag = (families: readonly FamilyName[]): Pick<RecordedFlags, 'families'> =>
  families.length > 1 ? { families } : {};

/** The flags of the run that wrote a journal. */
export function flagsIn({ head }: JournalFile): RecordedFlags {
  const { profiles, seed, budget, focus, directed, shard, strategy, slice } = head;
  return {
    profile: profiles,
    seed,
    ...budgetFlagIn(budget),
    ...(focus.length === 0 ? {} : { requirement: focus }),
    directed,
    ...(shard.of === 1 ? {} : { shard }),
    strategy,
    ...(slice === undefined ? {} : { scope: slice.scope, ...familiesFlag(slice.families) }),
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
  isPlanFixed: false,
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

/** Turns the refusal of a record into a message. */
export const refused =
  (journal: string) =>
  (error: unknown): never => {
    if (!(error instanceof InvalidJournal)) throw error;
    throw new UserError(EXIT.configuration, `${journal}: ${oneLine(error.message)}.`);
  };

/**
 * The journals of all shards as the journal of the whole run. If all shards have ended and the target is present, cases
 * follow that depend on the choices that it made in all of them.
 */
export function mergedJournal(
  parts: readonly JournalFile[],
  target: Target,
  { isPresent }: { readonly isPresent: boolean },
): OpenJournal {
  const isPartial = parts.some(({ end }) => end?.interrupted === true);
  const isTimed = parts.some(({ head }) => 'milliseconds' in head.budget);
  return {
    recorded: new RecordedRun(target, parts, undefined),
    path: '',
    elapsed: 0,
    isPartial,
    isPlanFixed: isPartial || isTimed || !isPresent,
    finish: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
