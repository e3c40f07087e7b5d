import { Command, CommanderError } from 'commander';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { SUITE } from '../corpus/suite.ts';
import { UserError, type Io, isTerminal, widthOf } from './io.ts';

const ABOUT = `
A first run:          zdc run
A first adapter:      zdc init
Your implementation:  zdc doctor --target "stdio:python3 adapter.py", then zdc run with the same --target
A Linux kernel:       zdc linux build, then zdc run --target linux
The requirements:     zdc spec
Help for a command:   zdc run --help`;

interface Verb {
  readonly name: string;
  /** The arguments in the list of verbs. */
  readonly synopsis: string;
  readonly summary: string;
  /** Loads the module of the verb and returns the function that adds its options and its action. */
  readonly load: () => Promise<(verb: Command, io: Io, done: (code: ExitCode) => void) => void>;
}

/** The verbs in the order of `--help`. */
const VERBS: readonly Verb[] = [
  {
    name: 'run',
    synopsis: '[options]',
    summary: 'check an implementation against the requirements',
    load: async () => (await import('./run.ts')).defineRun,
  },
  {
    name: 'merge',
    synopsis: '[options] <journal...>',
    summary: 'merge the journals of all shards of a run',
    load: async () => (await import('./merge.ts')).defineMerge,
  },
  {
    name: 'fleet',
    synopsis: '',
    summary: 'run cases on several machines, which share a queue in Redis',
    load: async () => (await import('./fleet/fleet.ts')).defineFleet,
  },
  {
    name: 'replay',
    synopsis: '[options] <file>',
    summary: 'run a saved counterexample or case again',
    load: async () => (await import('./replay.ts')).defineReplay,
  },
  {
    name: 'corpus',
    synopsis: '',
    summary: 'list, prune or import saved counterexamples',
    load: async () => (await import('./corpus.ts')).defineCorpus,
  },
  {
    name: 'baseline',
    synopsis: '',
    summary: 'write or check a list of known failures',
    load: async () => (await import('./baseline.ts')).defineBaseline,
  },
  {
    name: 'compare',
    synopsis: '[options] <report...>',
    summary: 'compare JSON reports: requirements by implementation, and regressions',
    load: async () => (await import('./compare.ts')).defineCompare,
  },
  {
    name: 'explain',
    synopsis: '[options] <file>',
    summary: 'explain a counterexample: steps, first deviation, relevant arguments',
    load: async () => (await import('./explain.ts')).defineExplain,
  },
  {
    name: 'explore',
    synopsis: '[options] [file]',
    summary: 'build a case in a page, with all allowed outcomes of each step',
    load: async () => (await import('./explore.ts')).defineExplore,
  },
  {
    name: 'export',
    synopsis: '[options] <file>',
    summary: 'write a saved counterexample as a standalone test',
    load: async () => (await import('./export.ts')).defineExport,
  },
  {
    name: 'minimize',
    synopsis: '[options] <file>',
    summary: 'shrink a counterexample further, or prove that it is minimal',
    load: async () => (await import('./minimize.ts')).defineMinimize,
  },
  {
    name: 'judge',
    synopsis: '<file>',
    summary: 'judge a recorded trace',
    load: async () => (await import('./judge.ts')).defineJudge,
  },
  {
    name: 'spec',
    synopsis: '[options] [id]',
    summary: 'list the requirements, or show one',
    load: async () => (await import('./spec.ts')).defineSpec,
  },
  {
    name: 'suite',
    synopsis: '[options]',
    summary: 'list the directed cases that begin every run',
    load: async () => (await import('./suite.ts')).defineSuite,
  },
  {
    name: 'diff',
    synopsis: '[options] <profile> <other>',
    summary: 'list the differences between two profiles, with the shortest cases',
    load: async () => (await import('./diff.ts')).defineDiff,
  },
  {
    name: 'mutants',
    synopsis: '[options] [ids...]',
    summary: 'list the planted bugs, or check that each is caught',
    load: async () => (await import('./mutants.ts')).defineMutants,
  },
  {
    name: 'doctor',
    synopsis: '[options]',
    summary: 'check an adapter step by step',
    load: async () => (await import('./doctor/doctor.ts')).defineDoctor,
  },
  {
    name: 'init',
    synopsis: '[options]',
    summary: 'write an adapter to start from, and a CI workflow',
    load: async () => (await import('./init.ts')).defineInit,
  },
  {
    name: 'linux',
    synopsis: '',
    summary: 'build a Linux kernel as a target, and run programs in it',
    load: async () => (await import('./linux/linux.ts')).defineLinux,
  },
];

/** System errors that the program cannot prevent: a full or read-only disk, an exhausted limit. */
const MACHINE_ERRORS: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOSPC',
  'EPERM',
  'EROFS',
]);

/** Executes a command line and returns the exit code. It never ends the process, so that tests can call it. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: ExitCode = EXIT.conforms;
  try {
    const program = await programFor(argv, io, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    const code = reportError(error, io);
    return isBisection(argv) && code !== EXIT.conforms && code !== EXIT.interrupted ? EXIT.abandoned : code;
  }
}

/** "git bisect run" takes most codes below 128 for a bad commit, so an error must end the bisection. */
const isBisection = ([verb, ...words]: readonly string[]): boolean =>
  verb === 'linux' && words.includes('bisect');

/**
 * The program with the options of the verbs named on the command line. Other verbs only have their line in the list,
 * because loading all modules takes a second of processor time.
 */
async function programFor(argv: readonly string[], io: Io, done: (code: ExitCode) => void): Promise<Command> {
  const program = new Command('zdc')
    .description('A property-based conformance suite for Linux ZONE_DEVICE private memory.')
    .version(SUITE.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help for a command')
    .exitOverride()
    .showHelpAfterError('Add --help to list the options.')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
      getOutHasColors: () => isTerminal(io.stdout),
      getErrHasColors: () => isTerminal(io.stderr),
    })
    .configureHelp({ subcommandTerm: (verb) => `${verb.name()} ${verb.usage()}`.trimEnd() })
    .addHelpText('after', ABOUT);
  for (const { name, synopsis, summary, load } of VERBS) {
    const verb = program.command(name).summary(summary);
    if (argv.includes(name)) (await load())(verb, io, done);
    else verb.helpOption(false).usage(synopsis);
  }
  return program;
}

/** Reports an error: one sentence for a user error, the full trace for an internal one. */
function reportError(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) {
    // Commander also ends help and version with this error.
    return error.exitCode === 0 ? EXIT.conforms : EXIT.usage;
  }
  if (error instanceof UserError) {
    io.stderr.write(`error: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && 'code' in error && MACHINE_ERRORS.has(error.code)) {
    io.stderr.write(`error: ${error.message}. The command stops; there is no verdict on the target.\n`);
    return EXIT.configuration;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(
    `Internal error in the suite; there is no verdict on the target. Please report this with the command line:\n${trace}\n`,
  );
  return EXIT.inconclusive;
}
