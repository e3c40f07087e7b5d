import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Io } from './io.ts';
import type { ProgressDisplay } from './run-display.ts';
import { type CaseFile, caseFileOf, type Origin } from '../corpus/case-file.ts';
import { oneLine, reasonOf } from '../corpus/printable.ts';
import { replayCorpus } from '../corpus/replay-corpus.ts';
import { discardUnshrunk, saveCaseFile } from '../corpus/save-case-file.ts';
import { shrinkLeftover } from '../corpus/replay-file.ts';
import type { CorpusOutcome } from '../run/outcome.ts';
import type { FindingStore, SavedFinding } from '../run/run-options.ts';
import { Pace } from '../search/certify.ts';
import type { Target } from '../targets/target.ts';

/** The settings of the corpus phase from the command line. */
export interface CorpusSetting {
  readonly folder: string;
  readonly target: Target;
  readonly origin: Origin;
  readonly profiles: readonly ProfileName[];
  readonly all: boolean;
  /** False if nothing may be written. */
  readonly save: boolean;
  /** The time limit of the phase; undefined for none. */
  readonly milliseconds: number | undefined;
  /** The time limit for shrinking one counterexample that was saved unshrunk; undefined for the default. */
  readonly share: number | undefined;
  readonly signal: AbortSignal;
  readonly display: ProgressDisplay;
}

/** Replays the counterexamples of earlier runs before the first new case. */
export function replayFirst(setting: CorpusSetting, io: Io): Promise<CorpusOutcome> {
  const { folder, target, origin, profiles, all, signal, display } = setting;
  const began = performance.now();
  const milliseconds = setting.milliseconds ?? Number.POSITIVE_INFINITY;
  const isOver = (part: number): boolean => signal.aborted || performance.now() - began > part * milliseconds;
  const pace = new Pace();
  let asked = 0;
  return replayCorpus({
    folder,
    target,
    targetSpec: origin.targetSpec,
    profiles,
    all,
    seed: origin.seed,
    // Reading a large folder for the first time must leave time to replay some of its files.
    isReadingOver: () => isOver(1 / 2),
    // At least one is replayed even if the time is over, so that repeated runs reach all of them on any machine.
    stopped: () => signal.aborted || (asked++ > 0 && isOver(1)),
    remember: setting.save,
    onFile: (done, of) =>
      pace.breathe(() => {
        display.replaying(done, of);
      }),
    nameOf: (path) => fromHere(io.cwd, path),
    ...(setting.save
      ? {
          shrink: async (path, file, found) => {
            const counterexample = await shrinkLeftover(
              target,
              found,
              signal,
              () => pace.breathe(),
              setting.share,
            );
            if (counterexample === undefined) return undefined;
            // The killed run found it, so its seed and case number are kept.
            const store = keeper(io, folder, { ...origin, seed: file.run.seed });
            const { index, directed } = file.run;
            const saved = await store.save({ counterexample, index, directed });
            if (saved === undefined) return undefined;
            if (saved !== fromHere(io.cwd, path)) await store.discard(path);
            return { file: saved, counterexample };
          },
        }
      : {}),
  });
}

/**
 * Saves findings when they are made. If the folder cannot be written, they are saved in the folder for temporary files
 * and a warning is printed, so that no finding is lost.
 */
export function keeper(io: Io, folder: string, origin: Origin): FindingStore {
  return {
    save: (finding) => saveOrElse(finding, folder, origin, io),
    async discard(file) {
      // If the unshrunk file cannot be removed, a redundant file remains. This does no harm.
      await discardUnshrunk(resolve(io.cwd, file)).catch(() => undefined);
    },
  };
}

async function saveOrElse(
  finding: SavedFinding,
  folder: string,
  origin: Origin,
  io: Io,
): Promise<string | undefined> {
  const file = caseFileOf(finding, origin);
  try {
    return fromHere(io.cwd, await saveCaseFile(file, folder));
  } catch (error) {
    const path = await saveInTemp(file);
    // Findings that are still to be shrunk are announced after shrinking.
    if (file.certificate === 'found') return path;
    const instead = path === undefined ? 'this one is only in the report' : `this one is in ${path}`;
    io.stderr.write(
      `Counterexamples cannot be saved in ${oneLine(folder)} (${reasonOf(error)}); ${instead}.\n`,
    );
    return path;
  }
}

/** Saves a counterexample in the folder for temporary files; undefined if that fails as well. */
export const saveInTemp = (file: CaseFile): Promise<string | undefined> =>
  saveCaseFile(file, join(tmpdir(), 'zdc')).catch(() => undefined);

/** The reason of a file system error, in one line. */
/** A path relative to a folder if it is below it, for messages. */
export function fromHere(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
