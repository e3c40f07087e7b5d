import { join } from 'node:path';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { CorpusItem, CorpusOutcome } from '../run/outcome.ts';
import type { Counterexample } from '../shrink/finding.ts';
import type { Target } from '../targets/target.ts';
import { type CaseFile, readCaseFile } from './case-file.ts';
import { surveyCorpus, type Summary } from './corpus-folder.ts';
import { oneLine } from './printable.ts';
import { type ReplayedFile, replayFile } from './replay-file.ts';

/** The settings for replaying a corpus. */
export interface CorpusPhase {
  readonly folder: string;
  readonly target: Target;
  /** The target on the command line. By default only counterexamples found on it are replayed. */
  readonly targetSpec: string;
  readonly profiles: readonly ProfileName[];
  /** True to replay also counterexamples found on other targets. */
  readonly all: boolean;
  /** Determines the order of files with the same time of the last replay, including those never replayed. */
  readonly seed: number;
  /** Called before a file is read that is not in the index. True ends the reading. */
  readonly isReadingOver: () => boolean;
  /** Called before each file is replayed. True ends the phase. */
  readonly stopped: () => boolean;
  /** True if the times of the replays may be saved, so that the next run continues with other files. */
  readonly remember: boolean;
  /** Called before each file with the number of files done and the total. The phase waits for it. */
  readonly onFile?: (done: number, of: number) => Promise<void>;
  /** The name of a file in messages. */
  readonly nameOf: (path: string) => string;
  /**
   * Shrinks a counterexample that a killed run left unshrunk. Returns the file and counterexample that replace it;
   * undefined if it could not be shrunk.
   */
  readonly shrink?: (path: string, file: CaseFile, found: Counterexample) => Promise<Shrunk | undefined>;
}

/** The interval in which the times of the replays are saved, in milliseconds. */
const SAVE_INTERVAL_MS = 5000;

/** A shrunk counterexample with its file. */
interface Shrunk {
  readonly file: string;
  readonly counterexample: Counterexample;
}

/** Replays the counterexamples of earlier runs. No file in the folder can make it fail. */
export async function replayCorpus(phase: CorpusPhase): Promise<CorpusOutcome> {
  const { folder, nameOf } = phase;
  const { files, index, trouble } = await surveyCorpus(folder, phase.seed, phase.isReadingOver);
  // Keyed by name, because shrinking may give a counterexample that already exists.
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
  // The least recently replayed come first. The sort is stable, so the seed determines the order of equals.
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
    // Saved regularly, so that after a killed run the next one continues with the remaining files.
    if (performance.now() - saved < SAVE_INTERVAL_MS) continue;
    await save();
    saved = performance.now();
  }
  await save();
  const sorted = [...items.values()].toSorted((one, other) => (one.file < other.file ? -1 : 1));
  return { folder: nameOf(folder), items: sorted, ofOtherTargets, ofOtherProfiles, trouble };
}

/** True if the target follows the profile and the run does not check it. */
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
    const reason = contents.kind === 'faulty' ? contents.message : 'it is a case, not a counterexample';
    return itemWithout('unreadable', item.file, reason);
  }
  const { file } = contents;
  const replayed = await replaySafely(file, phase);
  const { counterexample, status } = replayed;
  // A flaky counterexample may be unshrunk because its rate is too low, and not because a run was killed.
  const isLeftover =
    file.certificate === 'found' && file.flaky === undefined && file.target.spec === phase.targetSpec;
  if (counterexample === undefined || status !== 'still-fails' || !isLeftover)
    return { ...item, ...replayed };
  const shrunk = await phase.shrink?.(path, file, counterexample);
  return { ...item, ...replayed, ...shrunk };
}

/** Replays a file. An unexpected exception of the suite makes it inconclusive and does not end the run. */
async function replaySafely(
  file: CaseFile,
  { stopped, target, targetSpec }: CorpusPhase,
): Promise<ReplayedFile> {
  try {
    return await replayFile(target, targetSpec, file, stopped);
  } catch (error) {
    const reason = oneLine(error instanceof Error ? error.message : String(error));
    return { status: 'inconclusive', counterexample: undefined, reason: `the suite failed on it: ${reason}` };
  }
}
