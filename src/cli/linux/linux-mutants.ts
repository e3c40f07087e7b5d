import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { match } from 'ts-pattern';
import { isOfShould, type Verdict } from '../../../spec/judge/verdict.ts';
import { type CaseFile, readCaseFile } from '../../corpus/case-file.ts';
import { savingFolder } from '../../corpus/save-case-file.ts';
import { makeFolder } from '../../corpus/write-whole.ts';
import { exportAs } from '../../export/formats.ts';
import { subjectOf } from '../../export/subject.ts';
import { repetitionsFor } from '../../examine/repetition.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { figure } from '../../report/figures.ts';
import { columns } from '../../report/text-layout.ts';
import { replay } from '../../run/replay.ts';
import { run } from '../../run/run.ts';
import type { Finding } from '../../shrink/finding.ts';
import { StepFailed } from '../../targets/linux/build-step.ts';
import { nameOfKernel } from '../../targets/linux/kernel.ts';
import type { LinuxMutant } from '../../targets/linux/linux-mutants.ts';
import { type ProgramOptions, type ProgramOutcome, runProgram } from '../../targets/linux/program-run.ts';
import type { Target } from '../../targets/target.ts';
import { keeper } from '../corpus-phase.ts';
import { type Io, paintFor, UserError } from '../io.ts';
import { withTarget } from '../open-target.ts';
import { linuxPlaces, type LinuxSpec } from './linux-spec.ts';

/** Cases after which a mutant counts as not caught. */
const MAX_CASES = 2000;
/** A case that hangs is taken for one sooner than elsewhere: reducing it asks for it again and again. */
const CASE_TIMEOUT = 1500;
/** How much longer than its rate asks for a failure is waited for: three times, and one of ten thousand is missed. */
const OUGHT = 3;
/** Two at once may go another way although they never did: such a case is run so often. */
const TIMES = 3;

const hasRace = (file: CaseFile): boolean => file.case.commands.some(({ op }) => op === 'race');

interface MutantCheck {
  readonly seed: number;
  /** The folder for the programs; undefined if none are requested. */
  readonly folder: string | undefined;
}

/**
 * Runs random cases against each bug of the module until it is caught, and replays the counterexample from its file, also
 * with a driver without the bug, with which it must not fail.
 */
export async function checkLinuxMutants(
  mutants: readonly LinuxMutant[],
  linux: LinuxSpec,
  { seed, folder }: MutantCheck,
  io: Io,
): Promise<ExitCode> {
  if (folder !== undefined && linux.kernel.kind === 'here') {
    throw new UserError(EXIT.usage, '--export runs each program in a virtual machine: linux:here has none.');
  }
  io.stdout.write(`${linux.text}, ${nameOfKernel(linux.kernel)}, seed ${seed}\n`);
  const checked: Checked[] = [];
  const skipped: LinuxMutant[] = [];
  for (const mutant of mutants) {
    if (io.signal.aborted) break;
    io.stderr.write(`${mutant.id}: ${checked.length + skipped.length + 1} of ${mutants.length}\n`);
    const spec = withMutant(linux, mutant);
    const code = await withTarget(spec, { caseTimeout: CASE_TIMEOUT }, io, async (target) => {
      if (mutant.needs !== undefined && !target.hello.capabilities.has(mutant.needs)) {
        skipped.push(mutant);
        return EXIT.conforms;
      }
      const { finding, contents, replayed } = await check(target, spec.text, seed, io);
      // The program has a guest of its own.
      await target.restart?.();
      const { kernel, machine, largeFolios } = spec;
      const program =
        folder === undefined || contents === undefined || kernel.kind === 'here'
          ? undefined
          : await runMutantProgram(contents, { kernel, machine, largeFolios }, { id: mutant.id, folder }, io);
      checked.push({ mutant, finding, contents, replayed, program, failsWithout: false });
      return EXIT.conforms;
    });
    if (code !== EXIT.conforms) return code;
    const last = checked.at(-1);
    if (last?.mutant !== mutant || last.contents === undefined || io.signal.aborted) continue;
    const { case: testCase } = last.contents;
    const sound = { ...spec, mutant: undefined };
    const without = await withTarget(sound, { caseTimeout: CASE_TIMEOUT }, io, async (target) => {
      const { verdict } = await replay(target, testCase);
      checked[checked.length - 1] = { ...last, failsWithout: verdict.kind === 'violates' };
      return EXIT.conforms;
    });
    if (without !== EXIT.conforms) return without;
  }
  for (const { id, needs } of skipped) io.stdout.write(`${id}: not applicable, the target lacks ${needs}\n`);
  return concludeMutants(checked, mutants.length - skipped.length, folder !== undefined, io);
}

/**
 * The target with a planted bug. A kernel with bugs of its own in large folios would have these found instead, so only the
 * mutants of large folios get them, with a driver that avoids those bugs.
 */
export function withMutant(linux: LinuxSpec, mutant: LinuxMutant): LinuxSpec {
  const isGiven = linux.largeFolios !== undefined || linux.kernel.kind === 'here';
  const largeFolios = mutant.needs === 'large-folios' ? 'careful' : 'off';
  // Before the options, because append= takes all that follows.
  const options = linux.text.replace(/^linux:?/, '');
  const words = [
    ...(linux.mutant === undefined ? [`mutant=${mutant.id}`] : []),
    ...(isGiven ? [] : [`large-folios=${largeFolios}`]),
    ...(options === '' ? [] : [options]),
  ];
  return {
    ...linux,
    mutant,
    largeFolios: isGiven ? linux.largeFolios : largeFolios,
    text: `linux:${words.join(',')}`,
  };
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

/** How often a counterexample is run again from its file. */
const REPLAYS = 10;

/** How many of the replays of a file failed by its requirement, and how often its case was run for that. */
interface Replays {
  readonly failed: number;
  readonly runs: number;
}

/** The result for one bug. */
interface Checked {
  readonly mutant: LinuxMutant;
  readonly finding: Finding | undefined;
  /** The content of its file. */
  readonly contents: CaseFile | undefined;
  readonly replayed: Replays;
  /** The result of its C program; undefined if not requested. */
  readonly program: ProgramVerdict | undefined;
  /** Whether the case also fails with a driver without the bug, so that it shows a bug of the kernel. */
  readonly failsWithout: boolean;
}

function table(checked: readonly Checked[], hasPrograms: boolean, io: Io): string {
  const paint = paintFor(io);
  const head = [
    '',
    'mutant',
    'violates',
    'caught by',
    'commands',
    'steps',
    'replays',
    ...(hasPrograms ? ['as a C program'] : []),
  ];
  const rows = checked.map((one) => {
    const { mutant, finding } = one;
    return [
      isCaught(one, hasPrograms) ? paint.green('✓') : paint.red('✗'),
      mutant.id,
      mutant.primary,
      finding === undefined ? paint.red('nothing') : finding.counterexample.violation.requirement,
      finding === undefined ? '–' : figure(finding.after),
      finding === undefined ? '–' : String(finding.counterexample.case.commands.length),
      replayText(one),
      ...(hasPrograms ? [programText(one.program)] : []),
    ];
  });
  return columns([head.map((word) => paint.dim(word)), ...rows], '').join('\n');
}

const replayText = ({ replayed: { failed, runs }, failsWithout }: Checked): string =>
  `${failed} of ${REPLAYS}${runs > REPLAYS ? `, in ${runs} runs` : ''}${failsWithout ? '; also without the mutant' : ''}`;

const programText = (program: ProgramVerdict | undefined): string =>
  program === undefined
    ? '–'
    : `${program.shows ? 'fails' : 'passes'} with it, ${program.passes ? 'passes' : 'fails'} without`;

const isCaught = ({ finding, replayed, program, failsWithout }: Checked, hasPrograms: boolean): boolean =>
  finding !== undefined &&
  !failsWithout &&
  replayed.failed === REPLAYS &&
  (!hasPrograms || (program !== undefined && program.shows && program.passes));

/** Prints the results of all bugs, and whether the check passes. */
function concludeMutants(
  checked: readonly Checked[],
  wanted: number,
  hasPrograms: boolean,
  io: Io,
): ExitCode {
  io.stdout.write(`${table(checked, hasPrograms, io)}\n\n`);
  const paint = paintFor(io);
  const missed = checked.filter((one) => !isCaught(one, hasPrograms));
  if (io.signal.aborted) {
    io.stdout.write(`Interrupted after ${checked.length} of ${wanted}. (exit 130)\n`);
    return EXIT.interrupted;
  }
  if (missed.length > 0) {
    const names = missed.map(({ mutant }) => mutant.id).join(', ');
    io.stdout.write(
      `${paint.red(`${missed.length} of ${wanted} not caught, not each time, or also without the mutant: ${names}.`)} (exit 1)\n`,
    );
    return EXIT.violates;
  }
  io.stdout.write(
    `${paint.green(`All ${checked.length} caught, each time${hasPrograms ? ', and shown by a C program' : ''}.`)} (exit 0)\n`,
  );
  return EXIT.conforms;
}

/** Whether an exported program shows the bug where there is one, and passes where there is none. */
interface ProgramVerdict {
  readonly shows: boolean;
  readonly passes: boolean;
}

/** Much longer than any program of ours waits for a process that does not get on. */
const MILLISECONDS = 60_000;

/**
 * Keeps a counterexample in a folder, with its C program and what that printed in a guest whose driver has the bug; then
 * runs it in one whose driver has none.
 */
async function runMutantProgram(
  file: CaseFile,
  guest: Pick<ProgramOptions, 'kernel' | 'machine' | 'largeFolios'>,
  { id, folder }: { readonly id: string; readonly folder: string },
  io: Io,
): Promise<ProgramVerdict> {
  const path = (ending: string): string => join(resolve(io.cwd, folder), `${id}.${ending}`);
  await makeFolder(resolve(io.cwd, folder));
  await writeFile(path('json'), `${JSON.stringify(file, null, 2)}\n`);
  const exported = exportAs('c', subjectOf(file), 'zdc');
  if (exported.kind === 'refused') {
    io.stderr.write(`  no program: ${exported.why}\n`);
    return { shows: false, passes: false };
  }
  await writeFile(path('c'), exported.text);
  const runIn = async (mutant: string | undefined): Promise<{ outcome: ProgramOutcome; text: string }> => {
    let text = '';
    const outcome = await orUserError(
      runProgram({
        places: linuxPlaces(io.env),
        ...guest,
        mutant,
        source: path('c'),
        milliseconds: MILLISECONDS,
        onOutput: (more) => (text += more),
        watch: { signal: io.signal, onProgress: () => undefined },
      }),
    );
    return { outcome, text: `${text.replaceAll('\r', '').trim()}\n${outcome.userError}` };
  };
  const bug = await runIn(id);
  await writeFile(path('txt'), bug.text);
  const sound = await runIn(undefined);
  const verdict = { shows: showsBug(bug.outcome, bug.text), passes: isSound(sound.outcome) };
  if (!verdict.shows) io.stderr.write(`  the program does not show the bug:\n${bug.text}`);
  if (!verdict.passes) io.stderr.write(`  the program fails without the bug:\n${sound.text}`);
  return verdict;
}

/** A program that does not compile gives no verdict. */
const orUserError = (running: Promise<ProgramOutcome>): Promise<ProgramOutcome> =>
  running.catch((error: unknown) => {
    if (!(error instanceof StepFailed)) throw error;
    throw new UserError(EXIT.configuration, `${error.message}\nThe log: ${error.log}`);
  });

/** It says at which step, or the kernel did not live to let it. */
const showsBug = ({ exit, headline }: ProgramOutcome, text: string): boolean =>
  exit === undefined ? headline !== undefined : exit === 1 && /^not ok \d+ - /m.test(text);

const isSound = ({ exit, headline }: ProgramOutcome): boolean => exit === 0 && headline === undefined;
