import type { Command } from 'commander';
import { helloIn, journalHead, differenceOf, mergeProblem } from '../corpus/journal.ts';
import { oneLine } from '../corpus/printable.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { shellQuote } from '../targets/command-line.ts';
import type { Hello, Run, Target } from '../targets/target.ts';
import { readBaseline } from './baseline.ts';
import { type Io, UserError } from './io.ts';
import { withTarget } from './open-target.ts';
import { addReplayOptions, addTargetOptions } from './options.ts';
import { REPORT_HELP } from './report-option.ts';
import { prepareReports } from './report-writer.ts';
import { addReportOptions, reportsIn, type RunFlags } from './run-flags.ts';
import { runTarget } from './run-target.ts';
import {
  flagsIn,
  type JournalFile,
  mergedJournal,
  readJournalFile,
  refused,
  targetIn,
} from './run-journal.ts';

type MergeFlags = Omit<RunFlags, 'directed'>;

const HELP = `
The result is that of a run without --shard: the same report apart from times, and the same exit code. Saved
counterexamples are replayed here, and not in the shards.

If cases failed, the target is needed: failures are grouped by running some cases again. With --strategy transitions it
runs the last tours, which are for the commands that its choices in all shards have left out. Embedded targets and kernels
are started as named in the journals; for a stdio target, add --target.

Recipes. Each job writes zdc-shard-I-of-N.jsonl; collect these files (as artifacts or in a shared directory), then merge.
  GitHub      strategy: { matrix: { shard: [1, 2, 3, 4] } }     zdc run --seed 1 --shard \${{ matrix.shard }}/4
  GitLab      parallel: 4                                       zdc run --seed 1 --shard auto
  Slurm       sbatch --array=1-4                                zdc run --seed 1 --shard auto
  Kubernetes  completionMode: Indexed, completions: 4           zdc run --seed 1 --shard auto/4
Then:         zdc merge zdc-shard-*-of-4.jsonl --report junit=zdc.xml`;

/** Defines the verb that merges the shards of a run. */
export function defineMerge(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addReportOptions(addReplayOptions(addTargetOptions(verb, 'that of the journals')))
    .description(
      'Merges the journals of all shards of a run ("zdc run --shard") into its verdict and reports.',
    )
    .argument('<journal...>', 'the journals of all shards')
    .addHelpText('after', `${REPORT_HELP}${HELP}`)
    .action(async (paths: readonly string[], flags: MergeFlags) => {
      done(await merge(paths, flags, io));
    });
}

async function merge(paths: readonly string[], flags: MergeFlags, io: Io): Promise<ExitCode> {
  const parts: JournalFile[] = [];
  for (const path of paths) parts.push(await readJournalFile(path, io.cwd));
  const problem = mergeProblem(parts);
  const [first] = parts;
  if (problem !== undefined || first === undefined) {
    throw new UserError(EXIT.configuration, problem ?? 'There is no journal.');
  }
  await prepareReports(reportsIn(flags), io.cwd);
  const known = flags.baseline === undefined ? undefined : await readBaseline(flags.baseline, io.cwd);
  const { head } = first;
  const { spec } = head.target;
  const { shard: _, ...recorded } = flagsIn(first);
  const mergeWith = (target: Target, changes: Pick<RunFlags, 'noCorpus'>): Promise<ExitCode> =>
    runTarget(target, [], spec, { ...flags, ...recorded, ...changes, known }, io, {
      journal: mergedJournal(parts, target, { isPresent: !(target instanceof AbsentTarget) }),
    }).catch(refused('The journals cannot be merged'));
  if (flags.target === undefined && /^stdio:|^linux:here/.test(spec)) {
    return mergeWith(new AbsentTarget(first), { noCorpus: false });
  }
  return withTarget(targetIn(first, flags.target), flags, io, (target) => {
    const difference = differenceOf(head, journalHead(target, { ...head, targetSpec: spec }, head.shard));
    if (difference === undefined) return mergeWith(target, {});
    throw new UserError(
      EXIT.configuration,
      `The journals cannot be merged here: their run differs from one with this target and suite in ${difference}.`,
    );
  });
}

/** The target of journals, where it was not named. It is needed only if cases failed. */
class AbsentTarget implements Target {
  readonly hello: Hello;
  readonly deterministic: boolean;
  readonly #spec: string;

  constructor({ head }: JournalFile) {
    this.hello = helloIn(head);
    this.deterministic = head.target.deterministic === true;
    this.#spec = head.target.spec;
  }

  run(): Promise<Run> {
    const example = shellQuote(oneLine(this.#spec));
    throw new UserError(
      EXIT.usage,
      'Cases failed, and some must be run again to group them: name the target, which a file never determines. It was: ' +
        `--target ${example}`,
    );
  }

  async close(): Promise<void> {
    // There is no process to end.
  }
}
