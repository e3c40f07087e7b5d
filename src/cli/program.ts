import { Command, CommanderError } from 'commander';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { SUITE } from '../corpus/suite.ts';
import { Complaint } from './complaint.ts';
import { addCorpus } from './corpus.ts';
import { addDiff } from './diff.ts';
import { addDoctor } from './doctor/doctor.ts';
import { addExplain } from './explain.ts';
import { addExport } from './export.ts';
import { type Io, isTerminal, widthOf } from './io.ts';
import { addJudge } from './judge.ts';
import { addLinux } from './linux/linux.ts';
import { addMinimize } from './minimize.ts';
import { addMutants } from './mutants.ts';
import { addReplay } from './replay.ts';
import { addRun } from './run.ts';
import { addSpec } from './spec.ts';
import { addSuite } from './suite.ts';

const ABOUT = `
A first run:          zdc run
Your own:             zdc doctor --target "stdio:python3 adapter.py", then zdc run with the same --target
A real kernel:        zdc linux build, then zdc run --target linux
What the rules are:   zdc spec
Help on a verb:       zdc run --help`;

/** The system errors that no program can prevent: the disk is full or read-only, a limit is reached. */
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

/** Carries out one command line and gives the exit code. Never ends the process, so that it can be tested within one. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: ExitCode = EXIT.conforms;
  const program = programFor(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return complain(error, io);
  }
}

function programFor(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('zdc')
    .description('A property-based conformance suite for Linux ZONE_DEVICE private memory.')
    .version(SUITE.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .exitOverride()
    .showHelpAfterError('Add --help for what can be written here.')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
      getOutHasColors: () => isTerminal(io.stdout),
      getErrHasColors: () => isTerminal(io.stderr),
    })
    .addHelpText('after', ABOUT);
  addRun(program, io, done);
  addReplay(program, io, done);
  addCorpus(program, io, done);
  addExplain(program, io, done);
  addExport(program, io, done);
  addMinimize(program, io, done);
  addJudge(program, io, done);
  addSpec(program, io, done);
  addSuite(program, io, done);
  addDiff(program, io, done);
  addMutants(program, io, done);
  addDoctor(program, io, done);
  addLinux(program, io, done);
  return program;
}

/** A sentence for what the caller can mend; all there is to know for what only we can. */
function complain(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) {
    // Help and version end the command in this way, too.
    return error.exitCode === 0 ? EXIT.conforms : EXIT.usage;
  }
  if (error instanceof Complaint) {
    io.stderr.write(`error: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && 'code' in error && MACHINE_ERRORS.has(error.code)) {
    io.stderr.write(
      `error: ${error.message}. The command ends here; nothing was decided about the target.\n`,
    );
    return EXIT.configuration;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(
    `The suite itself failed; nothing was decided about the target. Please report this with the command line:\n${trace}\n`,
  );
  return EXIT.inconclusive;
}
