import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { CorpusItem, CorpusOutcome } from '../campaign/corpus-outcome.ts';
import type { Counterexample } from '../campaign/finding.ts';
import type { Target } from '../targets/target.ts';
import type { CaseFile } from './case-file.ts';
import { readCorpus } from './corpus-folder.ts';
import { oneLine } from './printable.ts';
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
  /** Asked before each file. */
  readonly stopped: () => boolean;
  /** Told before each file how many there are before it, and in all; the phase waits for it. */
  readonly onFile?: (done: number, of: number) => Promise<void>;
  /** How a file is named to people. */
  readonly nameOf: (path: string) => string;
  /**
   * Reduces what an earlier run was killed over before it could, and gives the file and the counterexample that take
   * its place; undefined where that came to nothing.
   */
  readonly reduce?: (path: string, file: CaseFile, found: Counterexample) => Promise<Reduced | undefined>;
}

/** A counterexample in its shorter form. */
interface Reduced {
  readonly file: string;
  readonly counterexample: Counterexample;
}

/** Replays what earlier runs have saved. Nothing that lies in the folder can stop it. */
export async function replayCorpus(phase: CorpusPhase): Promise<CorpusOutcome> {
  const { folder, nameOf } = phase;
  const { entries, trouble } = await readCorpus(folder);
  // By name, because one that is reduced only now may come to one that is there.
  const items = new Map<string, CorpusItem>();
  const take = (item: CorpusItem): void => void items.set(item.file, item);
  const due: { readonly path: string; readonly file: CaseFile }[] = [];
  let ofOtherTargets = 0;
  let ofOtherProfiles = 0;
  for (const entry of entries) {
    if (entry.kind === 'unreadable') take(unreadable(nameOf(entry.path), entry.reason));
    else if (!phase.all && entry.file.target.spec !== phase.targetSpec) ofOtherTargets++;
    else if (isLeftOut(entry.file, phase)) ofOtherProfiles++;
    else due.push(entry);
  }
  for (const [index, { path, file }] of due.entries()) {
    await phase.onFile?.(index, due.length);
    take(await replayOne(path, file, phase));
  }
  return { folder: nameOf(folder), items: [...items.values()], ofOtherTargets, ofOtherProfiles, trouble };
}

/** Whether the run does not check the profile, though the target follows it. */
const isLeftOut = ({ case: { profile } }: CaseFile, { profiles, target }: CorpusPhase): boolean =>
  !profiles.includes(profile) && target.hello.profiles.includes(profile);

const unreadable = (file: string, reason: string): CorpusItem => ({
  file,
  status: 'unreadable',
  recorded: undefined,
  counterexample: undefined,
  reason,
});

async function replayOne(path: string, file: CaseFile, phase: CorpusPhase): Promise<CorpusItem> {
  const recorded = {
    requirement: oneLine(file.requirement),
    op: oneLine(file.op),
    steps: file.case.commands.length,
    profile: file.case.profile,
  };
  const item = { file: phase.nameOf(path), recorded };
  if (phase.stopped())
    return { ...item, status: 'not-reached', counterexample: undefined, reason: undefined };
  const replayed = await replaySafely(file, phase);
  const { counterexample, status } = replayed;
  // What comes and goes may have been too rare to be reduced: that was no killed run.
  const isLeftover =
    file.certificate === 'found' && file.flaky === undefined && file.target.spec === phase.targetSpec;
  if (counterexample === undefined || status !== 'still-fails' || !isLeftover)
    return { ...item, ...replayed };
  const reduced = await phase.reduce?.(path, file, counterexample);
  return { ...item, ...replayed, ...reduced };
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
