import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { CorpusOutcome } from '../run/corpus-outcome.ts';
import { Pace } from '../search/pace.ts';
import type { Origin } from '../corpus/case-file.ts';
import { shrinkLeftover } from '../corpus/shrink-leftover.ts';
import { replayCorpus } from '../corpus/replay-corpus.ts';
import type { Target } from '../targets/target.ts';
import type { Io } from './io.ts';
import { fromHere, keeper } from './keeping.ts';
import type { ProgressDisplay } from './progress-display.ts';

/** What the first phase of a run takes from the command line. */
export interface CorpusSetting {
  readonly folder: string;
  readonly target: Target;
  readonly origin: Origin;
  readonly profiles: readonly ProfileName[];
  readonly all: boolean;
  /** Whether anything may be written. */
  readonly save: boolean;
  /** How long it may take; undefined for as long as it takes. */
  readonly milliseconds: number | undefined;
  /** How long one counterexample that was not reduced may be reduced; undefined for as long as usual. */
  readonly share: number | undefined;
  readonly signal: AbortSignal;
  readonly display: ProgressDisplay;
}

/** Replays the counterexamples of earlier runs, before a run draws its first case. */
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
    // A large folder that is read for the first time must leave time to replay some of it.
    isReadingOver: () => isOver(1 / 2),
    // One is replayed however late it is, so that each comes to its turn on any machine.
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
            // It was found by the run that was killed, and stays that run's.
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
