import { decodeAnswer, encodeCase, type Answer, type Question } from '../../spec/protocol/codec.ts';
import { excerpt } from '../../spec/protocol/excerpt.ts';
import { type Shows, showsOf } from '../../spec/protocol/shows.ts';
import type { Case, Observe } from '../../spec/vocabulary/case.ts';
import { devicesIn } from '../../spec/vocabulary/scope.ts';
import { splitCommandLine } from './command-line.ts';
import { isSameHello } from './same-hello.ts';
import { type Batch, batchOf, spread } from './stdio-batch.ts';
import { type Failed, failed, unanswered, unasked } from './stdio-failure.ts';
import type { Greeting } from './stdio-hello.ts';
import { launch, type Limits, type ProgramAndArguments } from './stdio-launch.ts';
import { StdioProcess } from './stdio-process.ts';
import type { Hello, Run, Target } from './target.ts';

const DEFAULTS: Limits = {
  startupTimeout: 10_000,
  caseTimeout: 10_000,
  longestLine: 16 * 1024 * 1024,
  suite: 'zone-device-conformance',
};

export type Started = { readonly kind: 'target'; readonly target: StdioTarget } | Failed;

/**
 * An implementation in another process, asked over wire protocol v1. A failure ends the process; the next case
 * begins a new one, so nothing of a failure (not even a late answer) reaches another case.
 */
export class StdioTarget implements Target {
  readonly hello: Hello;
  /** Names of profiles and capabilities that it declared and we do not know. */
  readonly unknownNames: readonly string[];
  readonly #words: ProgramAndArguments;
  readonly #limits: Limits;
  readonly #shows: Shows;
  #process: StdioProcess | undefined;
  #nextId = 0;
  #isRunning = false;
  #isClosed = false;

  private constructor(words: ProgramAndArguments, limits: Limits, greeting: Greeting, process: StdioProcess) {
    this.hello = greeting.hello;
    this.unknownNames = greeting.unknownNames;
    this.#words = words;
    this.#limits = limits;
    this.#shows = showsOf(this.hello.capabilities, this.unknownNames.length > 0);
    this.#process = process;
  }

  /** Starts the program that a command line names, and asks for its hello. */
  static async start(commandLine: string, options: Partial<Limits> = {}): Promise<Started> {
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
    if (this.#isRunning) throw new Error('The target runs a case already.');
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

  /** Ends the process: the next case begins a new one. */
  async restart(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.close();
  }

  /** Ends the process for good. A case under way is answered as refused. */
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
    const question: Question = { id, profile, scope, observe, commands: batch.commands };
    const reply = await process.ask(encodeCase(question), this.#limits.caseTimeout);
    if (reply.kind === 'end') {
      await this.#drop(process);
      return unanswered({ ...reply, asked: 'the case', program: this.#words[0], stderr: process.stderr });
    }
    const answer = decodeAnswer(reply.line, question, this.#shows);
    if (answer.kind !== 'observations' || reply.after !== '') {
      await this.#drop(process);
      return misanswered(answer, reply.after, batch, process.stderr);
    }
    const observations = spread(answer.observations, batch, testCase.commands.length);
    return { kind: 'trace', trace: { case: testCase, capabilities, observations } };
  }

  /** A target that cannot show every step is asked for what it can show. */
  #observe({ observe }: Case): Observe {
    return observe === 'every-step' && !this.hello.capabilities.has('every-step') ? 'inspect' : observe;
  }

  async #startAgain(): Promise<StdioProcess | Failed> {
    const launched = await launch(this.#words, this.#limits);
    if (launched.kind === 'failure') return launched;
    const { process, greeting } = launched;
    if (!isSameHello(greeting.hello, this.hello)) {
      await process.kill();
      const message =
        'The target was started again and says another hello than the first time; it must not change.';
      return failed('start', message, process.stderr);
    }
    if (this.#isClosed) {
      await process.close();
      return failed('refused', 'The suite ended the target.');
    }
    this.#process = process;
    return process;
  }

  async #drop(process: StdioProcess): Promise<void> {
    this.#process = undefined;
    await process.kill();
  }
}

/** The failure in a reply that came but does not do. */
function misanswered(answer: Answer, after: string, { steps }: Batch, stderr: string): Failed {
  if (answer.kind === 'observations')
    return failed('protocol', `After its answer: ${unasked(after)}`, stderr);
  const step = answer.observation === undefined ? undefined : steps[answer.observation];
  return answer.kind === 'error'
    ? failed('refused', `The target could not run the case: ${excerpt(answer.message)}.`, stderr, step)
    : failed('protocol', `The target's answer breaks the protocol: ${answer.message}.`, stderr, step);
}
