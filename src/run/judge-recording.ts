import { Malformed } from '../../spec/protocol/malformed.ts';
import { LineCutter } from '../targets/stdio-lines.ts';
import { type JudgedProfile, type RecordedOutcome, RecordingJudge } from './recording-judge.ts';

/** Maximum length of a line, in characters; the longest possible step is far shorter. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Progress of judging a recording. */
export interface RecordingProgress {
  readonly bytes: number;
  readonly cases: number;
  readonly steps: number;
  readonly violating: number;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** The result for a recording, up to its end or to the first unreadable line. */
export interface RecordingOutcome {
  readonly cases: number;
  readonly steps: number;
  /** Steps that were sent; the others are not admitted by the case or not declared. */
  readonly sent: number;
  readonly violating: number;
  readonly inconclusive: number;
  readonly profiles: readonly JudgedProfile[];
  /** The first unreadable line. */
  readonly fault: { readonly line: number; readonly message: string } | undefined;
  readonly elapsed: number;
}

export interface RecordingListener {
  /** Receives every case: at its end, or immediately if it does not conform. */
  onCase(outcome: RecordedOutcome): void;
  onProgress(progress: RecordingProgress): void;
}

/** Judges a recording as it arrives and holds one line of it in memory. */
export async function judgeRecording(
  chunks: AsyncIterable<Buffer>,
  listener: RecordingListener,
): Promise<RecordingOutcome> {
  const began = performance.now();
  const judge = new RecordingJudge((outcome) => {
    listener.onCase(outcome);
  });
  const fault = await feed(judge, chunks, (bytes) => {
    const { cases, steps, violating } = judge;
    listener.onProgress({ bytes, cases, steps, violating, elapsed: performance.now() - began });
  });
  const { cases, steps, sent, violating, inconclusive, profiles } = judge;
  return {
    cases,
    steps,
    sent,
    violating,
    inconclusive,
    profiles,
    fault,
    elapsed: performance.now() - began,
  };
}

async function feed(
  judge: RecordingJudge,
  chunks: AsyncIterable<Buffer>,
  onChunk: (bytes: number) => void,
): Promise<RecordingOutcome['fault']> {
  const cutter = new LineCutter(LONGEST_LINE);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      for (let cut = cutter.push(chunk); cut !== undefined; cut = cutter.push(cut.after))
        judge.take(cut.line);
      if (cutter.isTooLong) {
        return {
          line: judge.lines + 1,
          message: `a line of more than ${LONGEST_LINE / 1024 / 1024} MiB; each step has a line of its own`,
        };
      }
      onChunk(bytes);
    }
    // Many writers omit the last newline; an incomplete line is detected because it is not JSON.
    const rest = cutter.unfinished;
    if (rest !== '') takeLast(judge, rest);
    if (judge.cases === 0) return { line: 1, message: 'nothing, where the header of a case was expected' };
    judge.end();
    return undefined;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { line: judge.lines, message: error.message };
  }
}

function takeLast(judge: RecordingJudge, line: string): void {
  try {
    judge.take(line);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Malformed(
      `${error.message} (there is no newline after it: perhaps the recording is cut off here)`,
    );
  }
}
