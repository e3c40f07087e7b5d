import { resolve } from 'node:path';
import type { Command } from 'commander';
import { match } from 'ts-pattern';
import { encodeRecording } from '../../spec/protocol/encode-recording.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { replay } from '../run/replay.ts';
import { type CaseFile, readCaseFile } from '../corpus/case-file.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { oneLine } from '../corpus/printable.ts';
import { exitCodeOfReplay, replayText } from '../report/replay-text.ts';
import type { Hello, Target } from '../targets/target.ts';
import { UserError, type Io, paintFor } from './io.ts';
import { nameOf } from './run-display.ts';
import { withTarget } from './open-target.ts';
import { recordedTarget } from './target-spec.ts';
import { besideOutputs, prepareOutput, succeeds, writeOutput } from './report-writer.ts';
import { addTargetOptions, type TargetFlags } from './options.ts';

const EXAMPLES = `
Examples:
  zdc replay reports/runs/fork.isolation-1a2b3c4d.json --target "stdio:python3 adapter.py"
  zdc replay case.json                                 a case that is not a counterexample, on the embedded implementation
  zdc replay case.json --record trace.jsonl            also write the observations, for "zdc judge"

A file never determines which program is started: for a counterexample found on a stdio target, --target is required.
The exit codes are those of "zdc run".`;

interface ReplayFlags extends TargetFlags {
  readonly record?: string;
  readonly strict?: boolean;
}

/** Defines the verb that replays a saved case. */
export function defineReplay(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addTargetOptions(verb)
    .description('Runs a saved counterexample or case again, and shows the result of each step.')
    .argument('<file>', 'a counterexample saved by "zdc run", or a case as JSON')
    .option(
      '--record <path>',
      'also write the observations as a recording for "zdc judge"; "-" is standard output',
    )
    .option('--strict', 'treat a SHOULD that is not followed as a violation')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ReplayFlags) => {
      done(await replayVerb(path, flags, io));
    });
}

async function replayVerb(path: string, flags: ReplayFlags, io: Io): Promise<ExitCode> {
  if (flags.record !== undefined) await prepareOutput('recording', flags.record, io.cwd, path);
  const contents = await readCaseFile(resolve(io.cwd, path));
  const [testCase, recorded] = match(contents)
    .with({ kind: 'counterexample' }, ({ file }): [Case, CaseFile | undefined] => [file.case, file])
    .with({ kind: 'case' }, (bare): [Case, CaseFile | undefined] => [bare.case, undefined])
    .with({ kind: 'faulty' }, ({ message }) => {
      throw new UserError(EXIT.configuration, `${oneLine(path)} cannot be replayed: ${message}.`);
    })
    .exhaustive();
  const spec = flags.target ?? recordedTarget(path, recorded);
  return withTarget(spec, flags, io, (target) => replayOn(target, testCase, recorded, flags, io));
}

async function replayOn(
  target: Target,
  testCase: Case,
  recorded: CaseFile | undefined,
  { record, strict = false }: ReplayFlags,
  io: Io,
): Promise<ExitCode> {
  const { hello } = target;
  if (!hello.profiles.includes(testCase.profile)) {
    throw new UserError(
      EXIT.nothingApplicable,
      `Nothing applicable: the case is of profile ${testCase.profile}; the target follows ${hello.profiles.join(' and ')}.`,
    );
  }
  const screen = besideOutputs([record], io);
  const paint = paintFor(screen);
  screen.stdout.write(`Target    ${paint.bold(nameOf(hello))}\n\n`);
  const outcome = await replay(target, testCase, { earlier: recorded?.earlier });
  screen.stdout.write(replayText({ case: testCase, outcome, hello, recorded, strict }, paint));
  const exitCode = exitCodeOfReplay(outcome, strict);
  if (record === undefined) return exitCode;
  const isWritten = await succeeds(writeRecording(record, outcome.trace, hello, io), io);
  return isWritten || exitCode !== EXIT.conforms ? exitCode : EXIT.configuration;
}

async function writeRecording(path: string, trace: Trace | undefined, hello: Hello, io: Io): Promise<void> {
  if (trace === undefined) {
    io.stderr.write(`Nothing was recorded in ${oneLine(path)}: the target returned no observations.\n`);
    return;
  }
  const { name, version } = hello;
  const lines = encodeRecording(trace, version === undefined ? { name } : { name, version });
  await writeOutput('recording', path, `${lines.join('\n')}\n`, io);
}
