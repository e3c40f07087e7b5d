import { Malformed } from '../../spec/protocol/malformed.ts';
import { PROTOCOL_VERSION } from '../../spec/protocol/wire.ts';
import { type Failed, failed, unanswered, unasked } from './stdio-failure.ts';
import { type Greeting, readHello } from './stdio-hello.ts';
import { StdioProcess } from './stdio-process.ts';

/** Bounds on what a target may take, and how we introduce ourselves. */
export interface LaunchLimits {
  /** From the start to the hello, in milliseconds. */
  readonly startupTimeout: number;
  /** For a case, in milliseconds. */
  readonly caseTimeout: number;
  /** The longest line, in bytes. */
  readonly longestLine: number;
  /** Our name and version. */
  readonly suite: string;
  /** Whether each case asks for progress, from a target that offers it. */
  readonly alwaysProgress: boolean;
}

/** A hundred times what a hello with all capabilities takes, in bytes. */
const LONGEST_HELLO = 64 * 1024;

export type ProgramAndArguments = readonly [string, ...string[]];

type Launched = { readonly kind: 'up'; readonly process: StdioProcess; readonly greeting: Greeting } | Failed;

/**
 * Starts a process and exchanges hellos with it.
 *
 * @param onStart given the process before it is asked
 */
export async function launch(
  words: ProgramAndArguments,
  limits: LaunchLimits,
  onStart?: (process: StdioProcess) => void,
): Promise<Launched> {
  const process = new StdioProcess(words, limits.longestLine);
  onStart?.(process);
  const hello = JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, suite: limits.suite });
  const longestLine = Math.min(limits.longestLine, LONGEST_HELLO);
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
