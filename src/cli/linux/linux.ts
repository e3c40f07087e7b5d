import { basename, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ProfileName, profilesFrom } from '../../../spec/profiles/profile.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { amount, duration } from '../../report/figures.ts';
import { caller } from '../../report/replay-command.ts';
import { shellLine } from '../../targets/command-line.ts';
import { build } from '../../targets/linux/build.ts';
import { StepFailed } from '../../targets/linux/build-step.ts';
import { ARCHITECTURES, DEFAULT_ARCHITECTURE } from '../../targets/linux/architecture.ts';
import {
  CONFIGURATION_SETS,
  isReady,
  type LinuxKernel,
  KERNEL_VERSIONS,
  lookAtBuilt,
  nameOfKernel,
} from '../../targets/linux/kernel.ts';
import type { LinuxMutant } from '../../targets/linux/linux-mutants.ts';
import { UNDECLARED } from '../../targets/linux/qemu.ts';
import { type Io, paintFor, UserError } from '../io.ts';
import { parseSeed, wholeNumber } from '../options.ts';
import { parseTargetSpec, type TargetSpec } from '../target-spec.ts';
import { bisectStep } from './bisect.ts';
import { writeBundle } from './bundle.ts';
import { buildDisplay } from './build-display.ts';
import { execInGuest } from './linux-exec.ts';
import {
  type KernelFlags,
  kernelOf,
  linuxPlaces,
  type LinuxSpec,
  linuxSpec,
  parseArchitecture,
  parseKernelVersion,
  parseLinuxMutant,
  parseSet,
  targetText,
} from './linux-spec.ts';
import { statusText } from './linux-status.ts';

const EXAMPLES = `
Examples:
  zdc linux build                          build Linux 6.12 once (some minutes)
  zdc linux build --kernel 7.3             another version of Debian: ${KERNEL_VERSIONS.join(', ')}
  zdc linux build --source ../linux        your own tree, 6.1 or newer; nothing is written there
  zdc linux build --source ../linux --set debug --config my.config
  zdc linux build --image build/arch/x86/boot/bzImage --modules build   a kernel that you built
  zdc linux status                         show the state of the cache
  zdc linux build --arch arm64-64k         cross-compiled for arm64 with pages of 64 KiB (arm64: 4 KiB); emulated
  zdc run --target linux                   check Linux 6.12
  zdc run --target linux:source=../linux   check your own tree, after "zdc linux build --source ../linux"
  zdc run --target linux:kernel=7.3,smp=2,memory=512M,kvm=off,append=slub_debug=FZ
  zdc run --target linux:driver=test_hmm   with the HMM test device of the kernel instead of the zdc test driver
  zdc run --target linux:here              check the running kernel of this machine, as root
  zdc linux bundle                         an archive that runs the cases on a machine without Node
  zdc linux exec finding.c                 run an exported C program in the guest
  zdc linux exec finding.c --target linux:mutant=copies-half-a-page,smp=2
  git bisect run npx zdc linux bisect finding.json --source .   find the commit that causes a counterexample

Options of a target, after "linux:" and with commas between them:
  kernel=VERSION | source=DIR | image=FILE,modules=DIR   the kernel, as for "zdc linux build"
  arch=arm64|arm64-64k   a guest of another architecture with pages of 4 KiB or 64 KiB, after "zdc linux build --arch arm64"
  set=debug|coverage, config=FILE   the configuration, as for "zdc linux build"
  smp=2          processors of the guest (up to 4); races then run on different processors
  memory=512M    memory of the guest (128M; 512M with arch=arm64-64k, 1024M with set=debug)
  kvm=on|off     with or without hardware virtualization (auto: tested once by booting a guest)
  mutant=ID      with a planted bug of the test driver ("zdc mutants --target linux" lists them)
  driver=test_hmm   the HMM test device of the kernel instead of the zdc test driver
  also=NAME+NAME    declare these capabilities too, whose rules not every kernel follows: ${UNDECLARED.join(', ')}
  large-folios=on|careful|off   on a kernel that has them: all cases (on); with a driver that avoids the bugs that
                 Linux 7.3 has there (reports/linux-7.3/NOTES.md); or no cases
  append=WORDS   last: further words for the command line of the kernel
  here           instead of a virtual machine: the running kernel; modules=DIR is its build directory
                 (/lib/modules/VERSION/build), tainted=accepted allows one that has reported errors before

Requires Debian or Ubuntu, and root or sudo for missing packages. The files are in ~/.cache/zone-device-conformance/linux
(about 2 GB per kernel), or in the directory given by ZDC_LINUX_CACHE or XDG_CACHE_HOME. A second build of the same tree is
incremental.

Exit codes: 0 done; 2 usage; 69 a step failed (the message names its log); 130 interrupted.`;

const BUILD_NOTES = `
Configurations: tinyconfig with the options that the suite needs, and
  --set lean    checks that cost little (the default): DEBUG_VM, DEBUG_ATOMIC_SLEEP, PAGE_TABLE_CHECK, PAGE_OWNER ...
  --set debug   also KASAN, PROVE_LOCKING, PAGE_POISONING; the guest is several times slower
  --set coverage   also counts of the executed lines, which "zdc run --coverage" prints
Each line of --config FILE is compared with the final configuration; an option that kconfig dropped is an error.

A kernel that you built (--image, --modules) needs the options in src/targets/linux/config/required.config, driver.config and
the files of its architecture (x86_64.config); a missing one is named. The driver is compiled against the directory given by
--modules, so that directory must belong to the image. The running kernel (--here) needs the options in driver.config.

The tree of --source must not have been built in place ("make mrproper" cleans it; "git worktree add" gives a second one).`;

interface ExecFlags {
  readonly kernel?: KernelFlags['kernel'];
  readonly mutant?: LinuxMutant;
  readonly target?: TargetSpec;
}

interface StatusFlags extends KernelFlags {
  readonly quiet?: boolean;
}

/** Defines the verb that prepares the real kernel as a target. */
export function defineLinux(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description('Builds a Linux kernel with the zdc test driver, as a target in a virtual machine.')
    .addHelpText('after', EXAMPLES);
  withKernelOptions(verb.command('build'))
    .description('Installs missing packages, and builds missing or outdated parts.')
    .addHelpText('after', BUILD_NOTES)
    .action(async (flags: KernelFlags) => {
      const kernel = selected(flags);
      const { what, milliseconds } = await buildWithDisplay(kernel, io);
      const took = what === 'built' ? ` (${duration(milliseconds)})` : '';
      const next = shellLine(['run', '--target', targetText(kernel)]);
      io.stdout.write(
        `Ready: ${nameOfKernel(kernel)} is ${what}${took}, in ${linuxPlaces(io.env).cache}\nNow: ${caller(io.cwd)} ${next}\n`,
      );
      done(EXIT.conforms);
    });
  withKernelOptions(verb.command('bisect'))
    .description(
      'For "git bisect run": builds the kernel, boots it, and replays one counterexample often enough for its failure rate.',
    )
    .argument('<file>', 'a saved counterexample, outside the source tree')
    .addOption(
      new Option('-t, --target <target>', 'options of the guest: linux:smp=2,memory=512M').argParser(
        parseTargetSpec,
      ),
    )
    .addHelpText('after', BISECT_NOTES)
    .action(async (file: string, flags: KernelFlags & { readonly target?: TargetSpec }) => {
      const spec = { ...linuxOf(flags.target), kernel: selected(flags) };
      done(await bisectStep(file, spec, () => buildWithDisplay(spec.kernel, io), io));
    });
  verb
    .command('bundle')
    .description(
      'Writes driver, agent and cases as one archive for machines without Node; its run.sh writes a recording for "zdc judge".',
    )
    .argument('[file]', 'the archive', 'zdc-linux.tar.gz')
    .addOption(
      new Option('--profile <name>', 'the rules of the cases; the kernel must not be older')
        .choices(KERNEL_PROFILES)
        .default(KERNEL_PROFILES.at(-1)),
    )
    .addOption(
      new Option('--runs <count>', 'the number of random cases')
        .argParser(wholeNumber(0, MAX_BUNDLED))
        .default(1000),
    )
    .addOption(new Option('--seed <number>', 'the seed of the random cases').argParser(parseSeed).default(1))
    .addHelpText('after', BUNDLE_NOTES)
    .action(
      (
        file: string,
        options: { readonly profile: ProfileName; readonly runs: number; readonly seed: number },
      ) => {
        const count = writeBundle(linuxPlaces(io.env), resolve(io.cwd, file), options);
        io.stdout.write(
          `Written to ${file}: ${amount(count, 'case')} of ${options.profile}, seed ${options.seed}. On the machine, as root:\n` +
            `  tar -xzf ${shellLine([basename(file)])} && sh zdc-linux/run.sh\nThen: ${caller(io.cwd)} judge recording.ndjson\n`,
        );
        done(EXIT.conforms);
      },
    );
  verb
    .command('exec')
    .description(
      'Compiles a C program written by "zdc export --to c", and runs it in a guest with the zdc test driver and the HMM test device.',
    )
    .argument('<file>', 'a C file')
    .addOption(kernelOption().conflicts('target'))
    .addOption(
      new Option('--mutant <id>', 'a planted bug of the test driver')
        .argParser(parseLinuxMutant)
        .conflicts('target'),
    )
    .addOption(
      new Option(
        '-t, --target <target>',
        'the kernel and the guest: linux:source=DIR,smp=2 (default: linux)',
      ).argParser(parseTargetSpec),
    )
    .action(async (file: string, { kernel, mutant, target }: ExecFlags) => {
      const spec = linuxOf(target);
      const chosen = target === undefined ? { ...spec, kernel: kernelOf({ kernel }), mutant } : spec;
      done(await execInGuest(file, chosen, io));
    });
  withKernelOptions(verb.command('status'))
    .description(
      'Shows the state of the cache. With --quiet, the exit code tells whether the selected kernel can be run.',
    )
    .option('-q, --quiet', 'print nothing; exit with 0 if the selected kernel can be run, and with 69 if not')
    .action(({ quiet = false, ...flags }: StatusFlags) => {
      const places = linuxPlaces(io.env);
      const kernel = selected(flags);
      if (!quiet) io.stdout.write(statusText(places, kernel, paintFor(io)));
      // Showing that a kernel is not built yet is not a failure.
      done(!quiet || isReady(lookAtBuilt(places, kernel)) ? EXIT.conforms : EXIT.unstartable);
    });
}

/** Random cases of a bundle; a case is about 3 kB. */
const MAX_BUNDLED = 1_000_000;

/** The profiles of kernels, oldest first, that driver and agent support. */
const KERNEL_PROFILES = profilesFrom('linux-6.1');

const BUNDLE_NOTES = `
The archive holds the sources of the driver and of the agent, the cases, and run.sh, which needs a shell, make, gcc and root
on the machine, and the build directory of its kernel. It builds both, loads the driver, executes the cases and removes the
driver. Cases that need a capability that the machine lacks are skipped and counted.`;

const BISECT_NOTES = `
  git bisect start BAD GOOD
  git bisect run npx --prefix ZDC zdc linux bisect /tmp/finding.json --source "$PWD"

ZDC is the directory of this checkout. FILE is a path outside the tree, because each step of the bisection changes the tree.

Exit codes, as "git bisect run" reads them: 0 the counterexample does not fail (good); 1 it fails with its requirement (bad);
125 it cannot be decided (the kernel does not build or boot, or fails otherwise): the commit is skipped. All other codes are
above 127 and end the bisection: 129 wrong usage, an unusable file or tree, an error of zdc; 130 interrupted.`;

const withKernelOptions = (verb: Command): Command =>
  verb
    .addOption(kernelOption())
    .option('--source <dir>', 'a source tree: git work tree or unpacked archive, Linux 6.1 or newer')
    .option('--here', 'the kernel of this machine; only the driver and the agent are built')
    .option('--image <file>', 'a kernel that is built already: bzImage or vmlinux; requires --modules')
    .option(
      '--modules <dir>',
      'the directory in which it was built; the driver is compiled against it (--here: /lib/modules/VERSION/build)',
    )
    .addOption(
      new Option(
        '--arch <name>',
        `the architecture of the guest: ${ARCHITECTURES.join(', ')} (default: ${DEFAULT_ARCHITECTURE})`,
      ).argParser(parseArchitecture),
    )
    .addOption(
      new Option(
        '--set <name>',
        `a set of options: ${CONFIGURATION_SETS.join(', ')} (default: lean)`,
      ).argParser(parseSet),
    )
    .option('--config <file>', 'further options: lines such as CONFIG_NAME=y');

const kernelOption = (): Option =>
  new Option(
    '-k, --kernel <version>',
    `a source package of Debian: ${KERNEL_VERSIONS.join(', ')} (default: 6.12)`,
  ).argParser(parseKernelVersion);

/** The kernel of the command line; contradicting options are wrong usage. */
function selected(flags: KernelFlags): LinuxKernel {
  try {
    return kernelOf(flags);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UserError(EXIT.usage, error.message);
  }
}

/** The Linux target of the command line. */
function linuxOf(target: TargetSpec | undefined): LinuxSpec {
  const spec = target ?? linuxSpec('');
  if (spec.kind === 'linux') return spec;
  throw new UserError(
    EXIT.usage,
    `--target takes a Linux target here, such as linux:smp=2; not ${spec.text}.`,
  );
}

interface BuildOutcome {
  readonly what: 'built' | 'up to date';
  readonly milliseconds: number;
}

async function buildWithDisplay(kernel: LinuxKernel, io: Io): Promise<BuildOutcome> {
  const began = performance.now();
  const display = buildDisplay(io);
  try {
    const what = await build(linuxPlaces(io.env), kernel, {
      onProgress: display.listener,
      signal: io.signal,
    });
    return { what, milliseconds: performance.now() - began };
  } catch (error) {
    display.end();
    if (!(error instanceof StepFailed)) throw error;
    throw new UserError(
      io.signal.aborted ? EXIT.interrupted : EXIT.unstartable,
      `${error.message}\nThe log: ${error.log}`,
    );
  } finally {
    display.end();
  }
}
