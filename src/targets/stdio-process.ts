import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { forgetGroup, killGroup, watchGroup, killMarked, MARK, newMark } from './process-groups.ts';
import { LineCutter, Tail } from './stdio-lines.ts';

/** The reason why a process no longer responds. */
export type ProcessExit =
  | { readonly kind: 'unstartable'; readonly error: NodeJS.ErrnoException }
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: string | null }
  /** It runs but has closed a stream that the protocol needs. */
  | { readonly kind: 'closed'; readonly stream: 'standard input' | 'standard output' }
  | { readonly kind: 'silent'; readonly milliseconds: number }
  | { readonly kind: 'too-long'; readonly bytes: number }
  /** It wrote without a request. */
  | { readonly kind: 'unasked'; readonly text: string }
  | { readonly kind: 'stopped' };

export type ReadLine =
  /** `after` is output that arrived behind the line; empty for a target that follows the protocol. */
  | { readonly kind: 'line'; readonly line: string; readonly after: string }
  /** `inReply`: the request was sent before the process ended. `unfinished` is an incomplete line. */
  | {
      readonly kind: 'end';
      readonly ending: ProcessExit;
      readonly inReply: boolean;
      readonly unfinished: string;
    };

/** Options of a request. */
interface How {
  readonly takes?: ((line: string) => boolean) | undefined;
  readonly longestLine?: number;
}

const STDERR_KEPT = 64 * 1024;
const UNFINISHED_KEPT = 4096;

/** In milliseconds: the streams of an ended process may stay open this long, held by others of its group. */
const STREAMS_GRACE = 250;
/** In milliseconds: a process that closed its streams and still runs after this time counts as running. */
const EXIT_GRACE = 1000;
/** The number of searches for processes that left the group, and their interval in milliseconds. */
const STRAY_ROUNDS = 5;
const STRAY_PAUSE = 20;
/** In milliseconds: the time for a process to exit after its input has ended. */
const CLOSE_GRACE = 500;

/**
 * A process that responds to each line with one line. The first error ends the process with its whole group, and is the
 * result of the current request and of all later ones.
 */
export class StdioProcess {
  readonly #child: ChildProcess | undefined;
  readonly #lines: LineCutter;
  readonly #stderr = new Tail(STDERR_KEPT);
  readonly #gone: Promise<void>;
  readonly #mark = newMark();
  #settle: ((reply: ReadLine) => void) | undefined;
  /** Accepts the lines before the response. */
  #takes: ((line: string) => boolean) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ending: ProcessExit | undefined;
  #hasExited = false;
  #isSwept = false;

  constructor([program, ...rest]: readonly [string, ...string[]], longestLine: number) {
    this.#lines = new LineCutter(longestLine);
    try {
      this.#child = spawn(program, rest, {
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
        env: { ...process.env, [MARK]: this.#mark },
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#gone = Promise.resolve();
      this.#ending = { kind: 'unstartable', error };
      return;
    }
    this.#gone = this.#listen(this.#child);
  }

  /** The end of the standard error of the process. */
  get stderr(): string {
    return this.#stderr.text;
  }

  /**
   * Sends one line (which ends with a newline) and waits for one.
   *
   * @param how.takes called with each line; the first line that it does not accept is the response
   * @param how.longestLine the maximum length of a line, in bytes, from this request on
   */
  ask(line: string, milliseconds: number, how: How = {}): Promise<ReadLine> {
    if (this.#settle !== undefined) throw new Error('Another request is pending.');
    if (this.#child === undefined || this.#ending !== undefined) return Promise.resolve(this.#end(false));
    const { stdin } = this.#child;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#takes = how.takes;
      this.#lines.longest = how.longestLine ?? this.#lines.longest;
      this.#timer = setTimeout(() => this.#giveUp({ kind: 'silent', milliseconds }), milliseconds);
      stdin?.write(line);
    });
  }

  /** Ends the process and its group. Afterwards its standard error is complete. */
  async kill(): Promise<void> {
    this.#stop({ kind: 'stopped' });
    await Promise.race([this.#gone, later(EXIT_GRACE)]);
    if (this.#child?.pid !== undefined) await this.#killStrays();
    // A process that left the group may hold these streams open.
    this.#child?.stdout?.destroy();
    this.#child?.stderr?.destroy();
  }

  /** Ends the processes that left the group. */
  async #killStrays(): Promise<void> {
    for (let round = 0; round < STRAY_ROUNDS && killMarked(this.#mark); round++) await pause(STRAY_PAUSE);
  }

  /** Ends the input of the process, and kills it if it does not exit. */
  async close(): Promise<void> {
    if (this.#ending === undefined && this.#settle === undefined) {
      this.#ending = { kind: 'stopped' };
      this.#child?.stdin?.end();
      await Promise.race([this.#gone, later(CLOSE_GRACE)]);
    }
    await this.kill();
  }

  /** The promise resolves when the process and its streams have ended. */
  #listen(child: ChildProcess): Promise<void> {
    const { pid } = child;
    if (pid !== undefined) watchGroup(pid, this.#mark);
    // The streams are missing after EMFILE. Without error listeners, writing to an ended process would end the suite.
    child.stdin?.on('error', () =>
      this.#afterGrace({ kind: 'closed', stream: 'standard input' }, EXIT_GRACE),
    );
    child.stdout?.on('error', ignored);
    child.stderr?.on('error', ignored);
    child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stdout?.on('end', () =>
      this.#afterGrace({ kind: 'closed', stream: 'standard output' }, EXIT_GRACE),
    );
    child.stderr?.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    return new Promise((resolve) => {
      child.on('error', (error) => {
        // Also emitted if a signal could not be sent, which does not apply here.
        if (pid === undefined) this.#stop({ kind: 'unstartable', error });
        resolve();
      });
      child.on('exit', (code, signal) => {
        this.#hasExited = true;
        this.#afterGrace({ kind: 'exit', code, signal }, STREAMS_GRACE);
      });
      child.on('close', (code, signal) => {
        this.#stop({ kind: 'exit', code, signal });
        resolve();
      });
    });
  }

  /** Pending input is read first: if the suite was busy or suspended, the response may already be there. */
  #giveUp(ending: ProcessExit): void {
    const question = this.#settle;
    setImmediate(() => {
      if (question === this.#settle) this.#stop(ending);
    });
  }

  #afterGrace(ending: ProcessExit, milliseconds: number): void {
    void later(milliseconds).then(() => this.#stop(ending));
  }

  #read(chunk: Buffer): void {
    if (this.#ending !== undefined) return;
    if (this.#settle === undefined) {
      this.#stop({ kind: 'unasked', text: beginning(chunk) });
      return;
    }
    let cut = this.#lines.push(chunk);
    while (cut !== undefined && this.#takes?.(cut.line) === true) cut = this.#lines.push(cut.after);
    if (cut !== undefined) {
      const after = beginning(cut.after);
      this.#answer({ kind: 'line', line: cut.line, after });
      if (after !== '') this.#stop({ kind: 'unasked', text: after });
    } else if (this.#lines.isTooLong) {
      this.#stop({ kind: 'too-long', bytes: this.#lines.longest });
    }
  }

  /** Ignores all later output. */
  #stop(ending: ProcessExit): void {
    this.#sweep();
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#child?.stdin?.destroy();
    this.#answer(this.#end(true));
  }

  /**
   * Kills the group, including the processes that outlive its leader. At most once after the leader has ended, because
   * its number may be reused.
   */
  #sweep(): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#isSwept) return;
    killGroup(pid);
    if (!this.#hasExited) return;
    this.#isSwept = true;
    forgetGroup(pid);
  }

  #answer(reply: ReadLine): void {
    clearTimeout(this.#timer);
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(reply);
  }

  #end(inReply: boolean): ReadLine {
    const ending = this.#ending ?? { kind: 'stopped' };
    return { kind: 'end', ending, inReply, unfinished: this.#lines.unfinished.slice(0, UNFINISHED_KEPT) };
  }
}

const beginning = (bytes: Buffer): string => bytes.subarray(0, UNFINISHED_KEPT).toString('utf8');

/** The close event follows and is handled. */
const ignored = (): void => {};

const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
