import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import type { Command } from 'commander';
import { judgeRecording, type RecordingOutcome } from '../run/judge-recording.ts';
import { oneLine, printable, reasonOf } from '../corpus/printable.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { exitCodeOfRecording, recordedCaseText, recordingText } from '../report/recording-text.ts';
import { UserError, type Io, paintFor, widthOf } from './io.ts';
import { recordingDisplay } from './run-display.ts';

/** Conforming cases printed one by one; further ones are only counted. Other cases are always printed. */
const MAX_CONFORMING = 20;
/** Violations printed with their steps; further ones get one line each. */
const MAX_IN_FULL = 10;

const EXAMPLES = `
Examples:
  zdc judge trace.jsonl
  my-recorder | zdc judge -                            while it is being recorded, of any length
  zdc replay case.json --record trace.jsonl            write a small example

The format is described in spec/protocol/RECORDINGS.md. Exit codes: 0 no violation; 1 violation; 3 a case could not be
judged completely; 4 no step was sent; 78 a line could not be read; 130 interrupted.`;

/** Defines the verb that judges a trace recorded elsewhere. */
export function defineJudge(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description('Judges a recorded trace step by step, in constant memory. No target is started.')
    .argument('<file>', 'a recording, one JSON object per line; "-" for standard input')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string) => {
      done(await judgeVerb(path, io));
    });
}

async function judgeVerb(path: string, io: Io): Promise<ExitCode> {
  const paint = paintFor(io);
  const display = recordingDisplay(io);
  const stream = open(path, io);
  let conforming = 0;
  let reported = 0;
  const listener = {
    onProgress: display.listener,
    onCase(outcome: Parameters<typeof recordedCaseText>[0]) {
      const { kind } = outcome.verdict;
      if (kind === 'conforms' && ++conforming > MAX_CONFORMING) return;
      display.clear();
      const text = recordedCaseText(outcome, paint);
      const isShort = kind === 'violates' && ++reported > MAX_IN_FULL;
      io.stdout.write(`${isShort ? text.slice(0, text.indexOf('\n')) : text}\n`);
    },
  };
  const outcome = await judgeRecording(untilAborted(stream, path, io.signal), listener).finally(() => {
    display.end();
    stream.destroy();
  });
  if (conforming > MAX_CONFORMING) {
    io.stdout.write(`  and ${conforming - MAX_CONFORMING} more that conform\n`);
  }
  return conclude(path, outcome, io);
}

function conclude(path: string, outcome: RecordingOutcome, io: Io): ExitCode {
  const exitCode = exitCodeOfRecording(outcome, io.signal.aborted);
  if (outcome.cases > 0) {
    io.stdout.write(
      `\n${recordingText(outcome, exitCode, { paint: paintFor(io), width: widthOf(io.stdout) })}`,
    );
  }
  const { fault } = outcome;
  if (fault !== undefined) {
    io.stderr.write(`error: ${nameOf(path)}, line ${fault.line}: ${printable(fault.message)}.\n`);
  }
  return exitCode;
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : oneLine(path));

const open = (path: string, io: Io): Readable =>
  addAbortSignal(
    io.signal,
    path === '-' ? io.stdin() : createReadStream(resolve(io.cwd, path), { highWaterMark: 1 << 18 }),
  );

/** Yields the chunks of a stream until the signal is aborted. A read error is a user error. */
async function* untilAborted(stream: Readable, path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) {
      yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    }
  } catch (error) {
    if (signal.aborted) return;
    throw new UserError(EXIT.configuration, `${nameOf(path)} cannot be judged: ${reasonOf(error)}.`);
  }
}
