import { type Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { duration } from '../../report/figures.ts';
import { build } from '../../targets/linux/build.ts';
import { isReady, lookAtBuilt } from '../../targets/linux/built.ts';
import { StepFailed } from '../../targets/linux/build-step.ts';
import { DEFAULT_KERNEL, type KernelVersion } from '../../targets/linux/cache-folder.ts';
import type { LinuxMutant } from '../../targets/linux/linux-mutants.ts';
import { UserError, type Io, paintFor } from '../io.ts';
import { buildDisplay } from './build-display.ts';
import { execInGuest } from './linux-exec.ts';
import { linuxPlaces, parseKernelVersion, parseLinuxMutant } from './linux-spec.ts';
import { statusText } from './linux-status.ts';

const EXAMPLES = `
Examples:
  zdc linux build                    build Linux 6.12 once (some minutes)
  zdc linux build --kernel 6.1
  zdc linux status                   show the state of the cache
  zdc run --target linux             check it
  zdc run --target linux:kernel=6.1
  zdc run --target linux:driver=test_hmm   with the HMM test device of the kernel instead of the zdc test driver
  zdc linux exec finding.c           run an exported C program in the guest
  zdc linux exec finding.c --mutant copies-half-a-page   with a planted bug of the test driver

Requires Debian or Ubuntu, and root or sudo. The files are in ~/.cache/zone-device-conformance/linux (about 2 GB per
kernel), or in the directory given by ZDC_LINUX_CACHE or XDG_CACHE_HOME.

Exit codes: 0 done; 2 usage; 69 a step failed (the message names its log); 130 interrupted.`;

interface ExecFlags {
  readonly kernel?: KernelVersion;
  readonly mutant?: LinuxMutant;
}

interface StatusFlags {
  readonly kernel?: KernelVersion;
  readonly quiet?: boolean;
}

/** Defines the verb that prepares the real kernel as a target. */
export function defineLinux(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description('Builds a Linux kernel with the zdc test driver, as a target in a virtual machine.')
    .addHelpText('after', EXAMPLES);
  verb
    .command('build')
    .description('Installs missing packages, and builds missing or outdated parts.')
    .addOption(kernelOption())
    .action(async ({ kernel = DEFAULT_KERNEL }: { readonly kernel?: KernelVersion }) => {
      done(await buildVerb(kernel, io));
    });
  verb
    .command('exec')
    .description(
      'Compiles a C program written by "zdc export --to c", and runs it in a guest with the zdc test driver and the HMM test device.',
    )
    .argument('<file>', 'a C file')
    .addOption(kernelOption())
    .option('--mutant <id>', 'a planted bug of the test driver', parseLinuxMutant)
    .action(async (file: string, { kernel = DEFAULT_KERNEL, mutant }: ExecFlags) => {
      done(await execInGuest(file, { kernel, mutant: mutant?.id }, io));
    });
  verb
    .command('status')
    .description('Shows the state of the cache; the exit code is 0 if the kernel can be run.')
    .addOption(kernelOption())
    .option('-q, --quiet', 'print nothing')
    .action(({ kernel = DEFAULT_KERNEL, quiet = false }: StatusFlags) => {
      const places = linuxPlaces(io.env);
      if (!quiet) io.stdout.write(statusText(places, paintFor(io)));
      done(isReady(lookAtBuilt(places, kernel)) ? EXIT.conforms : EXIT.unstartable);
    });
}

const kernelOption = (): Option =>
  new Option('-k, --kernel <version>', `6.12 or 6.1 (default: ${DEFAULT_KERNEL})`).argParser(
    parseKernelVersion,
  );

async function buildVerb(kernel: KernelVersion, io: Io): Promise<ExitCode> {
  const places = linuxPlaces(io.env);
  const began = performance.now();
  const display = buildDisplay(io);
  try {
    const what = await build(places, kernel, { onProgress: display.listener, signal: io.signal });
    display.end();
    const took = what === 'built' ? ` (${duration(performance.now() - began)})` : '';
    io.stdout.write(
      `Linux ${kernel} is ${what}${took}, in ${places.cache}\nNow: zdc run --target linux:kernel=${kernel}\n`,
    );
    return EXIT.conforms;
  } catch (error) {
    display.end();
    if (!(error instanceof StepFailed)) throw error;
    throw new UserError(
      io.signal.aborted ? EXIT.interrupted : EXIT.unstartable,
      `${error.message}\nThe log: ${error.log}`,
    );
  }
}
