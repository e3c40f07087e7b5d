import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CaseFile } from '../../corpus/case-file.ts';
import { makeFolder } from '../../corpus/write-whole.ts';
import { exportAs } from '../../export/formats.ts';
import { subjectOf } from '../../export/subject.ts';
import { EXIT } from '../../report/exit-code.ts';
import { StepFailed } from '../../targets/linux/build-step.ts';
import type { KernelVersion } from '../../targets/linux/cache-folder.ts';
import { type ProgramOutcome, runProgram } from '../../targets/linux/program-run.ts';
import { UserError, type Io } from '../io.ts';
import { linuxPlaces } from './linux-spec.ts';

/** Whether an exported program shows the bug where there is one, and passes where there is none. */
export interface ProgramVerdict {
  readonly shows: boolean;
  readonly passes: boolean;
}

/** Much longer than any program of ours waits for a process that does not get on. */
const MILLISECONDS = 60_000;

/**
 * Keeps a counterexample in a folder, with its C program and what that printed in a guest whose driver has the bug; then
 * runs it in one whose driver has none.
 */
export async function runMutantProgram(
  file: CaseFile,
  { id, kernel, folder }: { readonly id: string; readonly kernel: KernelVersion; readonly folder: string },
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
  const run = async (mutant: string | undefined): Promise<{ outcome: ProgramOutcome; text: string }> => {
    let text = '';
    const outcome = await orUserError(
      runProgram({
        places: linuxPlaces(io.env),
        kernel,
        mutant,
        source: path('c'),
        milliseconds: MILLISECONDS,
        onOutput: (more) => (text += more),
        watch: { signal: io.signal, onProgress: () => undefined },
      }),
    );
    return { outcome, text: `${text.replaceAll('\r', '').trim()}\n${outcome.userError}` };
  };
  const bug = await run(id);
  await writeFile(path('txt'), bug.text);
  const sound = await run(undefined);
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
