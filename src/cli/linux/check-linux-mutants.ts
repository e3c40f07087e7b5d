import { resolve } from 'node:path';
import { match } from 'ts-pattern';
import { isOfShould, type Verdict } from '../../../spec/judge/verdict.ts';
import type { Finding } from '../../shrink/finding.ts';
import { repetitionsFor } from '../../judge/repetition.ts';
import { replay } from '../../run/replay.ts';
import { run } from '../../run/run.ts';
import { type CaseFile, readCaseFile } from '../../corpus/case-file.ts';
import { savingFolder } from '../../corpus/save-case-file.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import type { KernelVersion } from '../../targets/linux/cache-folder.ts';
import type { LinuxMutant } from '../../targets/linux/linux-mutants.ts';
import type { Target } from '../../targets/target.ts';
import type { Io } from '../io.ts';
import { keeper } from '../corpus-phase.ts';
import { withTarget } from '../open-target.ts';
import { type Checked, concludeMutants, REPLAYS, type Replays } from './mutant-outcomes.ts';
import { runMutantProgram } from './mutant-program.ts';

/** Cases after which a mutant counts as not caught. */
const MAX_CASES = 2000;
/** A case that hangs is taken for one sooner than elsewhere: reducing it asks for it again and again. */
const CASE_TIMEOUT = 1500;
/** How much longer than its rate asks for a failure is waited for: three times, and one of ten thousand is missed. */
const OUGHT = 3;
/** Two at once may go another way although they never did: such a case is run so often. */
const TIMES = 3;

const hasRace = (file: CaseFile): boolean => file.case.commands.some(({ op }) => op === 'race');

interface HowToCheck {
  readonly kernel: KernelVersion;
  readonly seed: number;
  /** Where the programs are kept; undefined where there are to be none. */
  readonly folder: string | undefined;
}

/** Runs the suite against each bug of the module until it is caught, and replays the counterexample from its file. */
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
  /** The content of its file. */
  readonly contents: CaseFile | undefined;
  readonly replayed: Replays;
}

const NONE: Replays = { failed: 0, runs: 0 };

async function check(target: Target, targetSpec: string, seed: number, io: Io): Promise<Found> {
  const enough = new AbortController();
  const origin = { hello: target.hello, targetSpec, seed };
  let finding: Finding | undefined;
  await run({
    target,
    targetSpec,
    profiles: target.hello.profiles,
    seed,
    budget: { runs: MAX_CASES },
    focus: [],
    signal: AbortSignal.any([io.signal, enough.signal]),
    store: keeper(io, savingFolder(io.cwd), origin),
    onProgress: () => {
      // One line a mutant is enough.
    },
    onFinding: (one) => {
      if (isOfShould(one.fingerprint)) return;
      finding ??= one;
      enough.abort();
    },
  });
  const path = finding?.file;
  const read = path === undefined ? undefined : await readCaseFile(resolve(io.cwd, path));
  const contents = read?.kind === 'counterexample' ? read.file : undefined;
  return { finding, contents, replayed: contents === undefined ? NONE : await replays(contents, target, io) };
}

/** Ten times; one that comes and goes, or may, is run each time until it does, or ought to have. */
async function replays(file: CaseFile, target: Target, io: Io): Promise<Replays> {
  await target.restart?.();
  const most = file.flaky === undefined ? (hasRace(file) ? TIMES : 1) : OUGHT * repetitionsFor(file.flaky);
  let [failed, runs] = [0, 0];
  for (let time = 0; time < REPLAYS && !io.signal.aborted; time++) {
    let seen: string | undefined;
    for (let tries = 0; tries < most && seen !== file.requirement; tries++) {
      runs++;
      seen = inWords((await replay(target, file.case)).verdict);
    }
    if (seen === file.requirement) failed++;
    else io.stderr.write(`  replay ${time + 1} of ${REPLAYS}: ${seen}\n`);
  }
  return { failed, runs };
}

const inWords = (verdict: Verdict): string =>
  match(verdict)
    .with({ kind: 'violates' }, ({ violation }) => violation.requirement)
    .with({ kind: 'inconclusive' }, ({ reason }) => reason)
    .with({ kind: 'conforms' }, () => 'the case conforms')
    .exhaustive();
