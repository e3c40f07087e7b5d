import { decodeAnswer, encodeCase, type DecodedReply, type CaseQuestion } from '../../spec/protocol/codec.ts';
import { excerpt, excerptOf } from '../../spec/protocol/excerpt.ts';
import { type Shows, showsOf } from '../../spec/protocol/shows.ts';
import type { Case, Observe } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { devicesIn } from '../../spec/vocabulary/scope.ts';
import { splitCommandLine } from './command-line.ts';
import { isSameHello, type Hello, type Run, type Target } from './target.ts';
import { type Batch, batchOf, spread, StepProgress } from './stdio-batch.ts';
import { type Failed, failed, unanswered, unasked } from './stdio-failure.ts';
import { type Greeting, launch, type LaunchLimits, type ProgramAndArguments } from './stdio-launch.ts';
import { StdioProcess } from './stdio-process.ts';

const DEFAULTS: LaunchLimits = {
  startupTimeout: 10_000,
  caseTimeout: 10_000,
  longestLine: 16 * 1024 * 1024,
  suite: 'zone-device-conformance',
  alwaysProgress: false,
};

/** The time limit of a first case, relative to the slowest first case with a response. */
const FIRST_CASE_MARGIN = 4;
/** The same factor for reduced time limits, and their minimum in milliseconds. */
const HURRIED_MARGIN = 50;
const MIN_HURRIED = 1000;

/** The number of characters of a sent line in an error message: about a dozen commands. */
const MAX_SENT_LENGTH = 1000;

export type Started = { readonly kind: 'target'; readonly target: StdioTarget } | Failed;

/**
 * An implementation in another process, connected by wire protocol v1. A failure ends the process and the next case
 * starts a new one, so that a failure (even a late response) cannot affect another case.
 */
export class StdioTarget implements Target {
  readonly hello: Hello;
  /** Declared profiles and capabilities that this version does not know. */
  readonly unknownNames: readonly string[];
  readonly #words: ProgramAndArguments;
  readonly #limits: LaunchLimits;
  readonly #shows: Shows;
  #process: StdioProcess | undefined;
  starts = 1;
  #nextId = 0;
  #isRunning = false;
  #isClosed = false;
  #isInterrupted = false;
  #isHurried = false;
  /** The duration of the slowest case with a response that was not the first after a start, in milliseconds. */
  #slowest: number | undefined;
  /** A process that has not yet returned its hello. */
  #starting: StdioProcess | undefined;
  /** The duration of the slowest first case after a start, in milliseconds; undefined before the first response. */
  #slowestFirst: number | undefined;
  /** True if the process has returned observations for a case. */
  #isWarm = false;
  /** True if a case had no response. */
  #hasFailed = false;

  private constructor(
    words: ProgramAndArguments,
    limits: LaunchLimits,
    greeting: Greeting,
    process: StdioProcess,
  ) {
    this.hello = greeting.hello;
    this.unknownNames = greeting.unknownNames;
    this.#words = words;
    this.#limits = limits;
    this.#shows = showsOf(this.hello.capabilities, this.unknownNames.length > 0);
    this.#process = process;
  }

  /** Starts the program of a command line and requests its hello. */
  static async start(commandLine: string, options: Partial<LaunchLimits> = {}): Promise<Started> {
    const split = splitCommandLine(commandLine);
    if (split.kind === 'faulty') {
      return failed('start', `The target cannot be started: in its command line, ${split.message}.`);
    }
    const limits = { ...DEFAULTS, ...options };
    const launched = await launch(split.words, limits);
    if (launched.kind === 'failure') return launched;
    return {
      kind: 'target',
      target: new StdioTarget(split.words, limits, launched.greeting, launched.process),
    };
  }

  async run(testCase: Case): Promise<Run> {
    if (this.#isClosed) throw new Error('The target is closed.');
    if (this.#isInterrupted) return interrupted();
    if (this.#isRunning) throw new Error('The target is running another case.');
    if (!this.hello.profiles.includes(testCase.profile)) {
      const declared = this.hello.profiles.join(' and ');
      return failed('refused', `The case is of profile ${testCase.profile}; the target follows ${declared}.`);
    }
    if (devicesIn(testCase.scope) > 1 && !this.hello.capabilities.has('devices')) {
      return failed('refused', 'The case has several devices; the target does not declare "devices".');
    }
    this.#isRunning = true;
    try {
      const up = this.#process ?? (await this.#startAgain());
      return up instanceof StdioProcess ? await this.#ask(testCase, up) : up;
    } finally {
      this.#isRunning = false;
    }
  }

  /** Ends the process; the next case starts a new one. */
  async restart(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.close();
  }

  hurry(isHurried: boolean): void {
    this.#isHurried = isHurried;
  }

  /** Ends the process immediately; the current case and all later ones are refused. */
  interrupt(): void {
    this.#isInterrupted = true;
    for (const process of [this.#process, this.#starting]) void process?.kill();
  }

  /** Ends the process permanently; a running case is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.restart();
  }

  async #ask(testCase: Case, process: StdioProcess): Promise<Run> {
    const { profile, scope } = testCase;
    const { capabilities } = this.hello;
    const batch = batchOf(testCase, capabilities);
    const id = this.#nextId++;
    const observe = this.#observe(testCase);
    const progress = new StepProgress(id, batch.commands.length);
    const reports = this.#asksForProgress;
    const question: CaseQuestion = {
      id,
      profile,
      scope,
      observe,
      progress: reports,
      hasCoverage: capabilities.has('coverage'),
      commands: batch.commands,
    };
    const line = encodeCase(question);
    const began = performance.now();
    const reply = await process.ask(line, this.#timeLimit, {
      takes: reports ? progress.take : undefined,
      longestLine: Math.min(this.#limits.longestLine, maxResponseBytes(batch)),
    });
    if (reply.kind === 'end') {
      await this.#drop(process);
      if (this.#isInterrupted) return interrupted();
      this.#hasFailed = true;
      const asked = { asked: 'the case', program: this.#words[0], stderr: process.stderr };
      return unanswered({
        ...reply,
        ...asked,
        step: reports ? stepAfter(progress.finished, batch) : undefined,
      });
    }
    this.#learn(performance.now() - began);
    const answer = decodeAnswer(reply.line, question, this.#shows);
    if (answer.kind !== 'observations' || reply.after !== '') {
      await this.#drop(process);
      return invalidResponse(answer, reply.after, batch, line, process.stderr);
    }
    if (reports && progress.finished < batch.commands.length) {
      await this.#drop(process);
      return unreported(progress.finished, batch, line, process.stderr);
    }
    const observations = spread(answer.observations, batch, testCase.commands.length);
    const trace = { case: testCase, capabilities, observations };
    return { kind: 'trace', trace, coverage: answer.coverage };
  }

  /**
   * Progress lines cost a fast target a tenth of its speed. They are therefore requested in the first case after a start,
   * which checks that the target sends them, and in every case after a crash or a hang.
   */
  get #asksForProgress(): boolean {
    const asks = this.#limits.alwaysProgress || this.#hasFailed || !this.#isWarm;
    return asks && this.hello.capabilities.has('progress');
  }

  /**
   * The time limit of the next case. The first case after a start may include initialization that the hello did not need:
   * until its duration is known, the startup limit is added.
   */
  get #timeLimit(): number {
    const { caseTimeout, startupTimeout } = this.#limits;
    const hurried = Math.max(MIN_HURRIED, (this.#slowest ?? Infinity) * HURRIED_MARGIN);
    const usual = this.#isHurried ? Math.min(caseTimeout, hurried) : caseTimeout;
    if (this.#isWarm) return usual;
    return usual + Math.min(startupTimeout, (this.#slowestFirst ?? Infinity) * FIRST_CASE_MARGIN);
  }

  #learn(milliseconds: number): void {
    if (this.#isWarm) this.#slowest = Math.max(this.#slowest ?? 0, milliseconds);
    else this.#slowestFirst = Math.max(this.#slowestFirst ?? 0, milliseconds);
    this.#isWarm = true;
  }

  /** Reduces the requested snapshots to those that the target declares. */
  #observe({ observe }: Case): Observe {
    return observe === 'every-step' && !this.hello.capabilities.has('every-step') ? 'inspect' : observe;
  }

  async #startAgain(): Promise<StdioProcess | Failed> {
    this.#isWarm = false;
    const launched = await launch(this.#words, this.#limits, (process) => {
      this.#starting = process;
    });
    this.#starting = undefined;
    if (this.#isInterrupted) {
      if (launched.kind === 'up') await launched.process.kill();
      return interrupted();
    }
    if (launched.kind === 'failure') return launched;
    const { process, greeting } = launched;
    if (!isSameHello(greeting.hello, this.hello)) {
      await process.kill();
      const message =
        'The target was restarted and returned a different hello than at its first start; it must not change.';
      return failed('start', message, process.stderr);
    }
    if (this.#isClosed) {
      await process.close();
      return failed('refused', 'The suite ended the target.');
    }
    this.#process = process;
    this.starts++;
    return process;
  }

  async #drop(process: StdioProcess): Promise<void> {
    this.#process = undefined;
    await process.kill();
  }
}

/** The maximum length of a response, in bytes: a state of the largest scope has about 7 KB. */
const maxResponseBytes = ({ commands }: Batch): number => 1024 * 1024 + commands.length * 16 * 1024;

const interrupted = (): Failed => failed('refused', 'The suite ended the target.');

/** The step after the given number of finished commands; the last step if all are finished. */
const stepAfter = (finished: number, { steps }: Batch): number | undefined => steps[finished] ?? steps.at(-1);

/** The failure of an invalid response. */
function invalidResponse(
  answer: DecodedReply,
  after: string,
  batch: Batch,
  line: string,
  stderr: string,
): Failed {
  if (answer.kind === 'observations')
    return failed('protocol', `After its answer: ${unasked(after)}`, stderr);
  const { observation } = answer;
  const step = observation === undefined ? undefined : batch.steps[observation];
  if (answer.kind === 'error')
    return failed('refused', `The target could not run the case: ${excerpt(answer.message)}.`, stderr, step);
  const command = observation === undefined ? undefined : batch.commands[observation];
  const message = `The target's answer breaks the protocol: ${answer.message}. ${inReplyTo(command, line)}`;
  return failed('protocol', message, stderr, step);
}

/** The failure of a target that reports less progress than it returns observations. */
function unreported(finished: number, batch: Batch, line: string, stderr: string): Failed {
  const next = JSON.stringify({ type: 'progress', id: '(the id of the case)', step: finished });
  const message =
    `The target declares "progress" and answered ${batch.commands.length} commands after ${finished} lines of progress: ` +
    `the line ${next} is missing. ${inReplyTo(batch.commands[finished], line)}`;
  return failed('protocol', message, stderr, batch.steps[finished]);
}

/** The request of a response: the command concerned, if known, and the sent line. */
const inReplyTo = (command: Command | undefined, line: string): string =>
  `${command === undefined ? '' : `The command: ${excerptOf(command)}. `}The line that was sent: ${cutLine(line)}`;

/** The line without the id of the case and the request for progress, which depend on the number of instances. */
const cutLine = (line: string): string => {
  const text = line
    .trimEnd()
    .replace(/"id":\d+/, '"id":…')
    .replace('"progress":true,', '');
  return text.length > MAX_SENT_LENGTH
    ? `${text.slice(0, MAX_SENT_LENGTH)}… (${text.length} characters)`
    : text;
};
