import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { StepFailed } from '../../targets/linux/build-step.ts';
import { lookAtBuilt } from '../../targets/linux/kernel.ts';
import { unreadyKernel } from '../../targets/linux/linux-target.ts';
import { runProgram } from '../../targets/linux/program-run.ts';
import { UserError, type Io } from '../io.ts';
import { linuxPlaces, type LinuxSpec } from './linux-spec.ts';

/** Long enough for any program of ours; one that hangs the kernel never ends. */
const MILLISECONDS = 60_000;

/** Compiles an exported C program, and runs it in a guest with the zdc test driver and the kernel's own test driver. */
export async function execInGuest(
  path: string,
  { kernel, machine, mutant, largeFolios }: LinuxSpec,
  io: Io,
): Promise<ExitCode> {
  const places = linuxPlaces(io.env);
  const source = resolve(io.cwd, path);
  if (kernel.kind === 'here') {
    throw new UserError(EXIT.usage, 'A program is run in a virtual machine: linux:here has none.');
  }
  if (!existsSync(source)) throw new UserError(EXIT.configuration, `${path}: there is no such file.`);
  const problem = await unreadyKernel(places, kernel, lookAtBuilt(places, kernel));
  if (problem !== undefined) throw new UserError(EXIT.unstartable, problem);
  try {
    const { exit, headline, userError } = await runProgram({
      places,
      kernel,
      machine,
      mutant: mutant?.id,
      largeFolios,
      source,
      milliseconds: MILLISECONDS,
      onOutput: (text) => io.stdout.write(text),
      watch: { signal: io.signal, onProgress: () => undefined },
    });
    if (headline !== undefined) io.stdout.write(`The kernel reported an error: ${headline}\n${userError}\n`);
    if (io.signal.aborted) return EXIT.interrupted;
    if (exit === undefined) {
      io.stdout.write(
        headline === undefined ? 'The program did not end.\n' : 'The guest ended before the program did.\n',
      );
      return EXIT.violates;
    }
    if (headline !== undefined) return EXIT.violates;
    return exit === 0 ? EXIT.conforms : exit === 1 ? EXIT.violates : EXIT.inconclusive;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    throw new UserError(EXIT.configuration, `${error.message}\nThe log: ${error.log}`);
  }
}
