import { decodeAnswer } from '../../spec/protocol/codec.ts';
import { Malformed } from '../../spec/protocol/malformed.ts';
import { type Shows, showsOf } from '../../spec/protocol/shows.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type Adapter, execute, helloOf } from './adapter.ts';
import { batchOf, spread } from './stdio-batch.ts';
import { type Failed, failed } from './stdio-failure.ts';
import { type Greeting, readHello } from './stdio-launch.ts';
import type { Hello, Run, Target } from './target.ts';

/** The time limit of one case, in milliseconds. */
const DEFAULT_CASE_TIMEOUT = 10_000;

/** Settings of an adapter in this process. */
export interface InProcessOptions {
  /**
   * The time limit of one case, in milliseconds; by default 10,000. It ends only what waits for a promise: a method that
   * never returns blocks this process, and is found only by an adapter of its own process.
   */
  readonly caseTimeout?: number;
  /** True if a case always has the same result, so that failures need not be confirmed by a second run. */
  readonly deterministic?: boolean;
}

/** An adapter in this process. Its observations are checked as those of another process are. */
export class InProcessTarget implements Target {
  readonly hello: Hello;
  readonly deterministic: boolean;
  readonly #adapter: Adapter;
  readonly #shows: Shows;
  readonly #caseTimeout: number;

  /** Throws a `TypeError` if the adapter declares no known profile, or capabilities that contradict one another. */
  constructor(adapter: Adapter, options: InProcessOptions = {}) {
    this.hello = greetingOf(adapter).hello;
    this.deterministic = options.deterministic ?? false;
    this.#adapter = adapter;
    this.#shows = showsOf(this.hello.capabilities);
    this.#caseTimeout = options.caseTimeout ?? DEFAULT_CASE_TIMEOUT;
  }

  async run(testCase: Case): Promise<Run> {
    const { profile, scope } = testCase;
    const { capabilities } = this.hello;
    const isShown = capabilities.has('every-step');
    const observe = testCase.observe === 'every-step' && !isShown ? 'inspect' : testCase.observe;
    const batch = batchOf(testCase, capabilities);
    const hasCoverage = capabilities.has('coverage');
    const question = { id: 0, profile, scope, observe, hasCoverage, commands: batch.commands };
    let coverage: readonly number[] | undefined;
    const observed: unknown[] = [];
    const stepAfter = (finished: number): number | undefined => batch.steps[finished] ?? batch.steps.at(-1);
    const executed = (async (): Promise<void> => {
      const executing = execute(this.#adapter, question, (points) => {
        coverage = points;
      });
      for await (const observation of executing) observed.push(observation);
    })();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Failed>((resolve) => {
      timer = setTimeout(() => {
        const message = `The adapter did not finish the case within ${this.#caseTimeout / 1000} s.`;
        resolve(failed('hang', message, '', stepAfter(observed.length)));
      }, this.#caseTimeout);
    });
    try {
      const ended = await Promise.race([executed, late]);
      if (ended !== undefined) return ended;
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const trace = error instanceof Error ? (error.stack ?? '') : '';
      return failed('crash', `The adapter threw an exception: ${text}`, trace, stepAfter(observed.length));
    } finally {
      clearTimeout(timer);
    }
    const line = JSON.stringify({ type: 'observations', id: 0, observations: observed, coverage });
    const answer = decodeAnswer(line, question, this.#shows);
    if (answer.kind !== 'observations') {
      const { observation, message } = answer;
      const step = observation === undefined ? undefined : batch.steps[observation];
      return failed('protocol', `A method of the adapter returned an invalid value: ${message}.`, '', step);
    }
    const observations = spread(answer.observations, batch, testCase.commands.length);
    const trace = { case: testCase, capabilities, observations };
    return { kind: 'trace', trace, coverage: answer.coverage };
  }

  async close(): Promise<void> {
    // There is no process to end.
  }
}

function greetingOf(adapter: Adapter): Greeting {
  try {
    const greeting = readHello(JSON.stringify(helloOf(adapter)));
    const [unknown] = greeting.unknownNames;
    if (unknown !== undefined) throw new Malformed(`the unknown profile or capability "${unknown}"`);
    return greeting;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new TypeError(`The adapter "${adapter.name}" declares ${error.message}.`, { cause: error });
  }
}
