import { Malformed } from '../../spec/protocol/malformed.ts';
import { LineCutter } from '../targets/stdio-lines.ts';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { CONFORMS, type Verdict } from '../../spec/judge/verdict.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import {
  type RecordedCase,
  type RecordingLine,
  RecordingReader,
} from '../../spec/protocol/recording-reader.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';

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

interface RecordingListener {
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
          message: `the line is longer than ${LONGEST_LINE / 1024 / 1024} MiB; write each step on a line of its own`,
        };
      }
      onChunk(bytes);
    }
    // Many writers omit the last newline; an incomplete line is detected because it is not JSON.
    const rest = cutter.unfinished;
    if (rest !== '') takeLast(judge, rest);
    if (judge.cases === 0)
      return { line: 1, message: 'the recording is empty; the header of a case was expected' };
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
    throw new Malformed(`${error.message} (no newline follows: the recording may be cut off here)`);
  }
}

/** Number of latest steps shown with a violation. */
const WINDOW = 20;

/** A step of a recording, with its position. */
type RecordedStep = Extract<RecordingLine, { readonly kind: 'step' }> & {
  /** Its index in its case. */
  readonly index: number;
};

/** The result of one case of a recording. */
export interface RecordedOutcome {
  /** Cases and lines are numbered from 1. */
  readonly number: number;
  /** The line of its header. */
  readonly line: number;
  readonly case: RecordedCase;
  /** Verdicts other than `conforms` are reported immediately, before the rest of the case. */
  readonly verdict: Verdict;
  readonly steps: number;
  /** The last steps up to here, at most 20. */
  readonly last: readonly RecordedStep[];
  /** The line of the last of them. */
  readonly lastLine: number;
}

/** The results for one profile. */
interface JudgedProfile {
  readonly profile: ProfileName;
  readonly tally: Tally;
  /** The capabilities that any of its cases declares. */
  readonly capabilities: ReadonlySet<Capability>;
  readonly violated: ReadonlySet<RequirementId>;
}

interface ProfileRecord extends JudgedProfile {
  readonly capabilities: Set<Capability>;
  readonly violated: Set<RequirementId>;
}

interface OpenCase {
  readonly number: number;
  readonly line: number;
  readonly case: RecordedCase;
  readonly record: ProfileRecord;
  readonly judge: Judge;
  verdict: Verdict;
  steps: number;
  last: RecordedStep[];
}

/**
 * Judges a recording line by line, in constant memory: one judge, the latest steps, and counts. The properties are not
 * applied, because they need whole traces.
 */
class RecordingJudge {
  readonly #reader = new RecordingReader();
  readonly #onCase: (outcome: RecordedOutcome) => void;
  readonly #shadow = new Map<ProfileName, ProfileRecord>();
  #open: OpenCase | undefined;
  lines = 0;
  cases = 0;
  steps = 0;
  sent = 0;
  violating = 0;
  inconclusive = 0;

  /** @param onCase receives every case: at its end, or immediately if it does not conform */
  constructor(onCase: (outcome: RecordedOutcome) => void) {
    this.#onCase = onCase;
  }

  get profiles(): readonly JudgedProfile[] {
    return [...this.#shadow.values()];
  }

  /** Processes the next line, or throws `Malformed`. */
  take(line: string): void {
    this.lines++;
    // Some editors write a byte order mark before the first line; it is not part of the line.
    const read = this.#reader.read(this.lines === 1 ? line.replace(/^\uFEFF/, '') : line);
    if (read.kind === 'case') {
      this.end();
      this.#open = this.#begin(read.case);
    } else if (this.#open !== undefined) {
      this.#step(this.#open, read);
    }
  }

  /** Ends the open case. */
  end(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open?.verdict.kind === 'conforms') this.#tell(open);
  }

  #begin(recorded: RecordedCase): OpenCase {
    const { profile, capabilities, scope } = recorded;
    this.cases++;
    const record = this.#shadow.get(profile) ?? {
      profile,
      tally: new Tally(),
      capabilities: new Set<Capability>(),
      violated: new Set<RequirementId>(),
    };
    this.#shadow.set(profile, record);
    for (const capability of capabilities) record.capabilities.add(capability);
    return {
      number: this.cases,
      line: this.lines,
      case: recorded,
      record,
      judge: new Judge(scope, judgingOptionsFor(PROFILES[profile], capabilities), record.tally),
      verdict: CONFORMS,
      steps: 0,
      last: [],
    };
  }

  #step(open: OpenCase, step: Extract<RecordingLine, { readonly kind: 'step' }>): void {
    const index = open.steps++;
    this.steps++;
    if (step.observation !== undefined) this.sent++;
    // After the first violation the possible states are unknown; the remaining lines are still read.
    if (open.verdict.kind !== 'conforms') return;
    open.last.push({ ...step, index });
    if (open.last.length > WINDOW) open.last.shift();
    open.verdict = open.judge.judge(index, step.command, step.observation);
    if (open.verdict.kind === 'conforms') return;
    if (open.verdict.kind === 'violates') {
      this.violating++;
      open.record.violated.add(open.verdict.violation.requirement);
    } else {
      this.inconclusive++;
    }
    this.#tell(open);
    open.last = [];
  }

  #tell({ number, line, case: recorded, verdict, steps, last }: OpenCase): void {
    this.#onCase({ number, line, case: recorded, verdict, steps, last, lastLine: this.lines });
  }
}
