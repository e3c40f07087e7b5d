import { resolve } from 'node:path';
import type { Finding } from '../../campaign/finding.ts';
import { replay } from '../../campaign/replay.ts';
import { run } from '../../campaign/run.ts';
import type { CaseFile } from '../../corpus/case-file.ts';
import { readCaseFile } from '../../corpus/read-case-file.ts';
import { savingFolder } from '../../corpus/save-case-file.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import type { KernelVersion } from '../../targets/linux/kernel-version.ts';
import type { LinuxMutant } from '../../targets/linux/linux-mutants.ts';
import type { Target } from '../../targets/target.ts';
import type { Io } from '../io.ts';
import { keeper } from '../keeping.ts';
import { withTarget } from '../open-target.ts';
import { type Checked, concludeMutants, REPLAYS } from './mutant-outcomes.ts';
import { runMutantProgram } from './mutant-program.ts';

/** Cases after which a mutant counts as not caught. */
const MOST_CASES = 2000;
/** A case that hangs is taken for one sooner than elsewhere: reducing it asks for it again and again. */
const CASE_TIMEOUT = 1500;

interface HowToCheck {
  readonly kernel: KernelVersion;
  readonly seed: number;
  /** Where the programs are kept; undefined where there are to be none. */
  readonly folder: string | undefined;
}

/** Runs the suite against each bug of the module, until it is caught, and runs what caught it again from its file. */
export async function checkLinuxMutants(
  mutants: readonly LinuxMutant[],
  { kernel, seed, folder }: HowToCheck,
  io: Io,
): Promise<ExitCode> {
  io.stdout.write(`Linux ${kernel}, seed ${seed}\n`);
  const checked: Checked[] = [];
  for (const mutant of mutants) {
    if (io.signal.aborted) break;
    io.stderr.write(`${mutant.id}: ${checked.length + 1} of ${mutants.length}\n`);
    const text = `linux:kernel=${kernel},mutant=${mutant.id}`;
    const spec = { kind: 'linux', kernel, mutant, driver: 'ours', also: [], text } as const;
    const code = await withTarget(spec, { caseTimeout: CASE_TIMEOUT }, io, async (target) => {
      const { finding, contents, replayed } = await check(target, text, seed, io);
      // The program has a guest of its own.
      await target.restart?.();
      const program =
        folder === undefined || contents === undefined
          ? undefined
          : await runMutantProgram(contents, { id: mutant.id, kernel, folder }, io);
      checked.push({ mutant, finding, replayed, program });
      return EXIT.conforms;
    });
    if (code !== EXIT.conforms) return code;
  }
  return concludeMutants(checked, mutants.length, folder !== undefined, io);
}

interface Found {
  readonly finding: Finding | undefined;
  /** What its file holds. */
  readonly contents: CaseFile | undefined;
  readonly replayed: number;
}

async function check(target: Target, targetSpec: string, seed: number, io: Io): Promise<Found> {
  const enough = new AbortController();
  const origin = { hello: target.hello, targetSpec, seed };
  let finding: Finding | undefined;
  await run({
    target,
    targetSpec,
    profiles: target.hello.profiles,
    seed,
    budget: { runs: MOST_CASES },
    focus: [],
    signal: AbortSignal.any([io.signal, enough.signal]),
    store: keeper(io, savingFolder(io.cwd), origin),
    onProgress: () => {
      // One line a mutant is enough.
    },
    onFinding: (one) => {
      finding ??= one;
      enough.abort();
    },
  });
  const path = finding?.file;
  const read = path === undefined ? undefined : await readCaseFile(resolve(io.cwd, path));
  const contents = read?.kind === 'counterexample' ? read.file : undefined;
  return { finding, contents, replayed: contents === undefined ? 0 : await replays(contents, target, io) };
}

async function replays(file: CaseFile, target: Target, io: Io): Promise<number> {
  await target.restart?.();
  let same = 0;
  for (let time = 0; time < REPLAYS && !io.signal.aborted; time++) {
    const { verdict } = await replay(target, file.case);
    const seen =
      verdict.kind === 'violates'
        ? verdict.violation.requirement
        : verdict.kind === 'inconclusive'
          ? verdict.reason
          : `the case ${verdict.kind}`;
    if (seen === file.requirement) same++;
    else io.stderr.write(`  replay ${time + 1} of ${REPLAYS}: ${seen}\n`);
  }
  return same;
}
