import { Malformed } from '../../spec/protocol/malformed.ts';
import { PROTOCOL_VERSION } from '../../spec/protocol/wire.ts';
import { type Failed, failed, unanswered, unasked } from './stdio-failure.ts';
import { type Greeting, readHello } from './stdio-hello.ts';
import { StdioProcess } from './stdio-process.ts';

/** Bounds on what a target may take, and how we introduce ourselves. */
export interface Limits {
  /** From the start to the hello, in milliseconds. */
  readonly startupTimeout: number;
  /** For a case, in milliseconds. */
  readonly caseTimeout: number;
  /** The longest line, in bytes. */
  readonly longestLine: number;
  /** Our name and version. */
  readonly suite: string;
}

export type ProgramAndArguments = readonly [string, ...string[]];

type Launched = { readonly kind: 'up'; readonly process: StdioProcess; readonly greeting: Greeting } | Failed;

/** Starts a process and exchanges hellos with it. */
export async function launch(words: ProgramAndArguments, limits: Limits): Promise<Launched> {
  const process = new StdioProcess(words, limits.longestLine);
  const hello = JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, suite: limits.suite });
  const reply = await process.ask(`${hello}\n`, limits.startupTimeout);
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
