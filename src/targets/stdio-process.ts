import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { forgetGroup, killGroup, watchGroup } from './stdio-groups.ts';
import { LineCutter } from './stdio-lines.ts';
import { killMarked, MARK, newMark } from './stdio-marks.ts';
import { Tail } from './stdio-tail.ts';

/** How a process came to answer no more. */
export type ProcessExit =
  | { readonly kind: 'unstartable'; readonly error: NodeJS.ErrnoException }
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: string | null }
  /** It lives but has closed the stream that we need. */
  | { readonly kind: 'closed'; readonly stream: 'standard input' | 'standard output' }
  | { readonly kind: 'silent'; readonly milliseconds: number }
  | { readonly kind: 'too-long'; readonly bytes: number }
  /** It wrote when nothing was asked. */
  | { readonly kind: 'unasked'; readonly text: string }
  | { readonly kind: 'stopped' };

export type ReadLine =
  /** `after` is what came with the line and behind it: nothing, from a target that keeps to the protocol. */
  | { readonly kind: 'line'; readonly line: string; readonly after: string }
  /** `inReply`: the question was put before the process ended. `unfinished` is the beginning of a line. */
  | {
      readonly kind: 'end';
      readonly ending: ProcessExit;
      readonly inReply: boolean;
      readonly unfinished: string;
    };

/** What is not the same for all questions. */
interface How {
  readonly takes?: ((line: string) => boolean) | undefined;
  readonly longestLine?: number;
}

const STDERR_KEPT = 64 * 1024;
const UNFINISHED_KEPT = 4096;

/** How long the streams of a process that ended may stay open: something else of its group may hold them. */
const STREAMS_GRACE = 250;
/** How long a process whose streams closed may take to end, before it counts as living on. */
const EXIT_GRACE = 1000;
/** How often, and after how many milliseconds, what has left the group is looked for again. */
const STRAY_ROUNDS = 5;
const STRAY_PAUSE = 20;
/** How long a process may take to end of itself when its input ends. */
const CLOSE_GRACE = 500;

/**
 * A process of which one line is asked for one line, again and again. Whatever ends that, ends the process and its
 * whole group, and is the answer to the question under way and to all later ones.
 */
export class StdioProcess {
  readonly #child: ChildProcess | undefined;
  readonly #lines: LineCutter;
  readonly #stderr = new Tail(STDERR_KEPT);
  readonly #gone: Promise<void>;
  readonly #mark = newMark();
  #settle: ((reply: ReadLine) => void) | undefined;
  /** Takes the lines that come before the answer. */
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

  /** The last of what the process wrote to its standard error. */
  get stderr(): string {
    return this.#stderr.text;
  }

  /**
   * Sends one line (which ends in a newline) and waits for one.
   *
   * @param how.takes told of each line; the first that it does not take is the reply
   * @param how.longestLine how long a line may be, from now on
   */
  ask(line: string, milliseconds: number, how: How = {}): Promise<ReadLine> {
    if (this.#settle !== undefined) throw new Error('A question is under way already.');
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

  /** Ends the process and its group; when this is done, all that it wrote to its standard error is there. */
  async kill(): Promise<void> {
    this.#stop({ kind: 'stopped' });
    await Promise.race([this.#gone, later(EXIT_GRACE)]);
    if (this.#child?.pid !== undefined) await this.#killStrays();
    // Something that left the group may hold these; nobody listens to it any more.
    this.#child?.stdout?.destroy();
    this.#child?.stderr?.destroy();
  }

  /** Ends what has left the group. */
  async #killStrays(): Promise<void> {
    for (let round = 0; round < STRAY_ROUNDS && killMarked(this.#mark); round++) await pause(STRAY_PAUSE);
  }

  /** Asks the process to end, by the end of its input, and ends it if it does not. */
  async close(): Promise<void> {
    if (this.#ending === undefined && this.#settle === undefined) {
      this.#ending = { kind: 'stopped' };
      this.#child?.stdin?.end();
      await Promise.race([this.#gone, later(CLOSE_GRACE)]);
    }
    await this.kill();
  }

  /** The promise is kept when the process and its streams are gone. */
  #listen(child: ChildProcess): Promise<void> {
    const { pid } = child;
    if (pid !== undefined) watchGroup(pid, this.#mark);
    // The streams are missing where there was no room for them (EMFILE). Without listeners to their errors, writing to
    // a process that has ended would end us.
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
        // Also emitted where a signal could not be sent, which we never do.
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

  /** Only when what has come meanwhile is read: if we ourselves were busy or suspended, the answer may be there. */
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

  /** Nothing counts from here on. */
  #stop(ending: ProcessExit): void {
    this.#sweep();
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#child?.stdin?.destroy();
    this.#answer(this.#end(true));
  }

  /**
   * Ends the group, with what an ended process left behind in it. Only once after the process itself has ended:
   * from then on its number may become somebody else's.
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

/** The end of the stream follows, and that is what counts. */
const ignored = (): void => {};

const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
