import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetGroup, killGroup, watchGroup } from '../process-groups.ts';
import { compilerFor, pageOption } from './architecture.ts';
import { runStep, StepFailed, type StepWatch } from './build-step.ts';
import { headlineOf, userErrorIn } from './guest-failure.ts';
import { guestFile, imageFile, type GuestKernel, type LinuxPlaces, logFile } from './kernel.ts';
import { acceleratorFor } from './linux-target.ts';
import { StackTraces } from './stack-trace.ts';
import {
  emulatorAdvice,
  guestCommand,
  type LargeFolioSetting,
  machineFor,
  type MachineSettings,
} from './qemu.ts';

/** The result of a program in a guest. */
export interface ProgramOutcome {
  /** Its exit code; undefined if the guest ended, or the time limit was reached, before the program ended. */
  readonly exit: number | undefined;
  /** The kernel error, and the console. */
  readonly headline: string | undefined;
  readonly userError: string;
}

export interface ProgramOptions {
  readonly places: LinuxPlaces;
  readonly kernel: GuestKernel;
  readonly machine: MachineSettings;
  /** A planted bug of the test driver. */
  readonly mutant?: string | undefined;
  readonly largeFolios?: LargeFolioSetting | undefined;
  /** One C file, to be run against our driver or the kernel's own test device. */
  readonly source: string;
  readonly milliseconds: number;
  readonly onOutput: (text: string) => void;
  readonly watch: StepWatch;
}

/** In megabytes. A program may allocate more than a case. */
const MEMORY = 256;
const EXIT = /\nzdc: exit (?<code>\d+)\r?\n/;

/** Compiles a C program and runs it in a guest of its own, as its only program. */
export async function runProgram(options: ProgramOptions): Promise<ProgramOutcome> {
  const { places, kernel, source, watch } = options;
  const compiler = compilerFor(kernel.architecture);
  const folder = await mkdtemp(join(tmpdir(), 'zdc-program-'));
  try {
    const log = logFile(places, kernel, 'program');
    await copyFile(source, join(folder, 'program.c'));
    await runStep(
      {
        title: 'compile the program',
        program: compiler.program,
        words: [
          ...'-O2 -Wall -Wextra -static -pthread -o program'.split(' '),
          pageOption(compiler),
          'program.c',
        ],
        folder,
        log,
      },
      watch,
    );
    await runStep(
      {
        title: 'pack the program',
        program: 'cpio',
        words: ['-o', '-H', 'newc', '--quiet', '-F', 'program.cpio'],
        folder,
        input: 'program\n',
        log,
      },
      watch,
    );
    // The kernel unpacks concatenated archives in order.
    const guest = join(folder, 'guest.cpio');
    await writeFile(
      guest,
      Buffer.concat([
        await readFile(guestFile(places, kernel)),
        await readFile(join(folder, 'program.cpio')),
      ]),
    );
    return await boot(options, guest, join(folder, 'console'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function boot(options: ProgramOptions, guest: string, console: string): Promise<ProgramOutcome> {
  const { places, kernel, machine } = options;
  const usual = machineFor(kernel, machine);
  const [program, ...words] = guestCommand({
    architecture: kernel.architecture,
    image: imageFile(places, kernel),
    guest,
    accelerator: await acceleratorFor(places, kernel, machine),
    console,
    mutant: options.mutant,
    largeFolios: options.largeFolios,
    caseLimit: 0,
    machine: { ...usual, megabytes: Math.max(usual.megabytes, MEMORY) },
    runsProgram: true,
  });
  // Its input stays open: a port whose other end is gone takes nothing from the guest.
  const child = spawn(program, words, { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const { pid } = child;
  const stop = (): void => {
    if (pid !== undefined) killGroup(pid);
  };
  if (pid !== undefined) watchGroup(pid);
  const timer = setTimeout(stop, options.milliseconds);
  options.watch.signal.addEventListener('abort', stop, { once: true });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    options.onOutput(chunk);
    if (EXIT.test(text)) stop();
  });
  const unstartable = await new Promise<Error | undefined>((resolve) => {
    child.on('error', resolve);
    child.on('close', () => resolve(undefined));
  });
  clearTimeout(timer);
  options.watch.signal.removeEventListener('abort', stop);
  if (pid !== undefined) forgetGroup(pid);
  if (unstartable !== undefined) {
    throw new StepFailed(
      `The guest cannot be started: ${unstartable.message}. ${emulatorAdvice(kernel.architecture)}`,
      logFile(places, kernel, 'program'),
    );
  }
  const said = await readFile(console, 'utf8').catch(() => '');
  const code = EXIT.exec(text)?.groups?.['code'];
  const headline = headlineOf(said);
  return {
    exit: code === undefined ? undefined : Number(code),
    headline,
    userError: headline === undefined ? '' : await new StackTraces(places, kernel).decode(userErrorIn(said)),
  };
}
