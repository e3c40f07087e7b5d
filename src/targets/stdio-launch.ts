import { Malformed } from '../../spec/protocol/malformed.ts';
import { PROTOCOL_VERSION } from '../../spec/protocol/wire.ts';
import { type Failed, failed, unanswered, unasked } from './stdio-failure.ts';
import { type Greeting, readHello } from './stdio-hello.ts';
import { StdioProcess } from './stdio-process.ts';

/** Limits of a target, and the name of the suite in the hello. */
export interface LaunchLimits {
  /** From the start to the hello, in milliseconds. */
  readonly startupTimeout: number;
  /** For a case, in milliseconds. */
  readonly caseTimeout: number;
  /** The maximum length of a line, in bytes. */
  readonly longestLine: number;
  /** The name and version of the suite. */
  readonly suite: string;
  /** True to request progress in every case, if the target supports it. */
  readonly alwaysProgress: boolean;
}

/** In bytes: a hundred times the size of a hello with all capabilities. */
const MAX_HELLO_BYTES = 64 * 1024;

export type ProgramAndArguments = readonly [string, ...string[]];

type Launched = { readonly kind: 'up'; readonly process: StdioProcess; readonly greeting: Greeting } | Failed;

/**
 * Starts a process and exchanges hellos with it.
 *
 * @param onStart called with the process before the first request
 */
export async function launch(
  words: ProgramAndArguments,
  limits: LaunchLimits,
  onStart?: (process: StdioProcess) => void,
): Promise<Launched> {
  const process = new StdioProcess(words, limits.longestLine);
  onStart?.(process);
  const hello = JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, suite: limits.suite });
  const longestLine = Math.min(limits.longestLine, MAX_HELLO_BYTES);
  const reply = await process.ask(`${hello}\n`, limits.startupTimeout, { longestLine });
  if (reply.kind === 'end') {
    await process.kill();
    return unanswered({ ...reply, asked: 'hello', program: words[0], stderr: process.stderr });
  }
  try {
    const greeting = readHello(reply.line);
    if (reply.after === '') return { kind: 'up', process, greeting };
    await process.kill();
    return failed('start', `After its hello: ${unasked(reply.after)}`, process.stderr);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    await process.kill();
    return failed('start', `The target answered hello with ${error.message}.`, process.stderr);
  }
}
