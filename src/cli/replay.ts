import { resolve } from 'node:path';
import type { Command } from 'commander';
import { match } from 'ts-pattern';
import type { Case } from '../../spec/vocabulary/case.ts';
import { replay } from '../campaign/replay.ts';
import type { CaseFile } from '../report/case-file.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { oneLine } from '../report/printable.ts';
import { readCaseFile } from '../report/read-case-file.ts';
import { exitCodeOfReplay, replayText } from '../report/replay-text.ts';
import { shellQuote } from '../report/shell-quote.ts';
import type { Target } from '../targets/target.ts';
import { Complaint } from './complaint.ts';
import { nameOf } from './head-text.ts';
import { type Io, paintFor } from './io.ts';
import { withTarget } from './open-target.ts';
import { addTargetOptions, type TargetFlags } from './target-options.ts';
import { EMBEDDED, parseTargetSpec, type TargetSpec } from './target-spec.ts';

const EXAMPLES = `
Examples:
  zdc replay reports/runs/fork.isolation-1a2b3c4d.json --target "stdio:python3 adapter.py"
  zdc replay case.json                                 a case alone, on the embedded implementation

A file never decides what program is started: where the counterexample was found on a stdio target, --target says it.
The exit codes are those of "zdc run".`;

/** Adds the verb that runs a saved case once more. */
export function addReplay(program: Command, io: Io, done: (code: ExitCode) => void): void {
  addTargetOptions(program.command('replay'))
    .summary('run a saved counterexample, or any case, once more')
    .description(
      'Runs a saved counterexample, or a file with a case alone, once more and says what happens at each step.',
    )
    .argument('<file>', 'a counterexample that "zdc run" saved, or a case as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: TargetFlags) => {
      done(await replayVerb(path, flags, io));
    });
}

async function replayVerb(path: string, flags: TargetFlags, io: Io): Promise<ExitCode> {
  const contents = await readCaseFile(resolve(io.cwd, path));
  const [testCase, recorded] = match(contents)
    .with({ kind: 'counterexample' }, ({ file }): [Case, CaseFile | undefined] => [file.case, file])
    .with({ kind: 'case' }, (bare): [Case, CaseFile | undefined] => [bare.case, undefined])
    .with({ kind: 'faulty' }, ({ message }) => {
      throw new Complaint(EXIT.configuration, `${oneLine(path)} cannot be replayed: ${message}.`);
    })
    .exhaustive();
  const spec = flags.target ?? recordedTarget(path, recorded);
  return withTarget(spec, flags, io, (target) => replayOn(target, testCase, recorded, io));
}

/** The target that a file names, as long as it is one of ours. */
function recordedTarget(path: string, recorded: CaseFile | undefined): TargetSpec {
  if (recorded === undefined) return EMBEDDED;
  const { spec } = recorded.target;
  if (!spec.startsWith('embedded')) {
    const example = shellQuote(oneLine(spec));
    throw new Complaint(
      EXIT.usage,
      `${oneLine(path)} was found on another program, and a file never decides what is started. ` +
        `Name the target yourself; it was: --target ${example}`,
    );
  }
  try {
    return parseTargetSpec(spec);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Complaint(
      EXIT.configuration,
      `${oneLine(path)} names a target that is none: ${oneLine(reason)}`,
    );
  }
}

async function replayOn(
  target: Target,
  testCase: Case,
  recorded: CaseFile | undefined,
  io: Io,
): Promise<ExitCode> {
  const { hello } = target;
  if (!hello.profiles.includes(testCase.profile)) {
    throw new Complaint(
      EXIT.nothingApplicable,
      `Nothing applicable: the case is of profile ${testCase.profile}; the target follows ${hello.profiles.join(' and ')}.`,
    );
  }
  const paint = paintFor(io);
  io.stdout.write(`Target    ${paint.bold(nameOf(hello))}\n\n`);
  const outcome = await replay(target, testCase);
  io.stdout.write(replayText({ case: testCase, outcome, hello, recorded }, paint));
  return exitCodeOfReplay(outcome);
}
