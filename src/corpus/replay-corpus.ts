import { join } from 'node:path';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { CorpusItem, CorpusOutcome } from '../run/corpus-outcome.ts';
import type { Counterexample } from '../shrink/finding.ts';
import type { Target } from '../targets/target.ts';
import type { CaseFile } from './case-file.ts';
import { surveyCorpus } from './corpus-folder.ts';
import type { Summary } from './corpus-index.ts';
import { oneLine } from './printable.ts';
import { readCaseFile } from './read-case-file.ts';
import { type Replayed, replayFile } from './replay-file.ts';

/** What a run replays of a corpus, and how. */
export interface CorpusPhase {
  readonly folder: string;
  readonly target: Target;
  /** As it was given on the command line: what was found on another target says nothing of this one. */
  readonly targetSpec: string;
  readonly profiles: readonly ProfileName[];
  /** Replays what was found on other targets, too. */
  readonly all: boolean;
  /** Decides the order of files that were never replayed on this target, or at the same time. */
  readonly seed: number;
  /** Asked before a file is read of which nothing is known yet. */
  readonly isReadingOver: () => boolean;
  /** Asked before each file is replayed. */
  readonly stopped: () => boolean;
  /** Whether it may be written down what was replayed, so that the next run goes on from there. */
  readonly remember: boolean;
  /** Told before each file how many there are before it, and in all; the phase waits for it. */
  readonly onFile?: (done: number, of: number) => Promise<void>;
  /** How a file is named to people. */
  readonly nameOf: (path: string) => string;
  /**
   * Reduces what an earlier run was killed over before it could, and gives the file and the counterexample that take
   * its place; undefined where that came to nothing.
   */
  readonly shrink?: (path: string, file: CaseFile, found: Counterexample) => Promise<Shrunk | undefined>;
}

/** How often it is written down what was replayed, in milliseconds. */
const SAVE_EVERY = 5000;

/** A counterexample in its shorter form. */
interface Shrunk {
  readonly file: string;
  readonly counterexample: Counterexample;
}

/** Replays what earlier runs have saved. Nothing that lies in the folder can stop it. */
export async function replayCorpus(phase: CorpusPhase): Promise<CorpusOutcome> {
  const { folder, nameOf } = phase;
  const { files, index, trouble } = await surveyCorpus(folder, phase.seed, phase.isReadingOver);
  // By name, because one that is reduced only now may come to one that is there.
  const items = new Map<string, CorpusItem>();
  const take = (item: CorpusItem): void => void items.set(item.file, item);
  const due: { readonly name: string; readonly summary: Summary }[] = [];
  let ofOtherTargets = 0;
  let ofOtherProfiles = 0;
  for (const [name, file] of files) {
    const path = nameOf(join(folder, name));
    if (file.kind === 'unread') take(itemWithout('not-reached', path));
    else if (file.kind === 'unreadable') take(itemWithout('unreadable', path, file.reason));
    else if (!phase.all && file.summary.spec !== phase.targetSpec) ofOtherTargets++;
    else if (isLeftOut(file.summary, phase)) ofOtherProfiles++;
    else due.push({ name, summary: file.summary });
  }
  // Those first that have waited longest; the sort is stable, so the seed decides between equals.
  due.sort(
    (one, other) =>
      index.lastReplayed(one.name, phase.targetSpec) - index.lastReplayed(other.name, phase.targetSpec),
  );
  const save = async (): Promise<void> => {
    if (phase.remember) await index.save(files.keys()).catch(() => undefined);
  };
  let saved = performance.now();
  for (const [done, { name, summary }] of due.entries()) {
    await phase.onFile?.(done, due.length);
    const item = await replayOne(join(folder, name), summary, phase);
    take(item);
    if (item.status === 'not-reached') continue;
    index.noteReplayed(name, phase.targetSpec, Date.now());
    // A run that is killed leaves to the next one what it had not replayed.
    if (performance.now() - saved < SAVE_EVERY) continue;
    await save();
    saved = performance.now();
  }
  await save();
  const sorted = [...items.values()].toSorted((one, other) => (one.file < other.file ? -1 : 1));
  return { folder: nameOf(folder), items: sorted, ofOtherTargets, ofOtherProfiles, trouble };
}

/** Whether the run does not check the profile, though the target follows it. */
const isLeftOut = ({ profile }: Summary, { profiles, target }: CorpusPhase): boolean =>
  !profiles.includes(profile) && target.hello.profiles.includes(profile);

const itemWithout = (status: 'not-reached' | 'unreadable', file: string, reason?: string): CorpusItem => ({
  file,
  status,
  recorded: undefined,
  counterexample: undefined,
  reason,
});

async function replayOne(
  path: string,
  { requirement, op, steps, profile }: Summary,
  phase: CorpusPhase,
): Promise<CorpusItem> {
  const recorded = { requirement: oneLine(requirement), op: oneLine(op), steps, profile };
  const item = { file: phase.nameOf(path), recorded };
  if (phase.stopped())
    return { ...item, status: 'not-reached', counterexample: undefined, reason: undefined };
  const contents = await readCaseFile(path);
  if (contents.kind !== 'counterexample') {
    const reason =
      contents.kind === 'faulty' ? contents.message : 'it is a case alone, without a requirement';
    return itemWithout('unreadable', item.file, reason);
  }
  const { file } = contents;
  const replayed = await replaySafely(file, phase);
  const { counterexample, status } = replayed;
  // What comes and goes may have been too rare to be reduced: that was no killed run.
  const isLeftover =
    file.certificate === 'found' && file.flaky === undefined && file.target.spec === phase.targetSpec;
  if (counterexample === undefined || status !== 'still-fails' || !isLeftover)
    return { ...item, ...replayed };
  const shrunk = await phase.shrink?.(path, file, counterexample);
  return { ...item, ...replayed, ...shrunk };
}

/** A file that is of the right form may still hold what nobody thought of. */
async function replaySafely(file: CaseFile, { stopped, target, targetSpec }: CorpusPhase): Promise<Replayed> {
  try {
    return await replayFile(target, targetSpec, file, stopped);
  } catch (error) {
    const reason = oneLine(error instanceof Error ? error.message : String(error));
    return { status: 'inconclusive', counterexample: undefined, reason: `the suite failed on it: ${reason}` };
  }
}
