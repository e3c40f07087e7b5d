import { Malformed } from '../../spec/protocol/malformed.ts';
import { PROTOCOL_VERSION, ErrorReply, HelloReply } from '../../spec/protocol/wire.ts';
import { type Failed, failed, unanswered, unasked } from './stdio-failure.ts';
import { StdioProcess } from './stdio-process.ts';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { unmetNeed } from '../../spec/protocol/capability-needs.ts';
import { excerptOf } from '../../spec/protocol/excerpt.ts';
import { parseObject } from '../../spec/protocol/codec.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Hello } from './target.ts';

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

/** The number of errors shown for an invalid hello. */
const MAX_ISSUES = 5;
const MAX_UNKNOWN_NAMES = 20;
/** In characters. Longer names are cut, because they are part of every report. */
const MAX_NAME_LENGTH = 200;

const cut = (text: string): string =>
  text.length > MAX_NAME_LENGTH ? `${text.slice(0, MAX_NAME_LENGTH)}…` : text;

/** The parsed hello of a target. */
export interface Greeting {
  readonly hello: Hello;
  /** Declared profiles and capabilities that this version does not know: newer ones or misspellings. */
  readonly unknownNames: readonly string[];
}

/** Parses the response to the hello; throws `Malformed`. */
export function readHello(line: string): Greeting {
  const reply = parseObject(line);
  if (reply['type'] === 'error') {
    const error = ErrorReply.safeParse(reply);
    throw new Malformed(`an error: ${excerptOf(error.success ? error.data.message : reply['message'])}`);
  }
  if (reply['type'] !== 'hello') {
    throw new Malformed(`an answer of type ${excerptOf(reply['type'])} where "hello" was expected`);
  }
  // Checked first, because another version may have another form.
  if (reply['protocol'] !== PROTOCOL_VERSION) {
    throw new Malformed(
      `protocol ${excerptOf(reply['protocol'])}; this suite speaks protocol ${PROTOCOL_VERSION}, as a number`,
    );
  }
  const parsed = HelloReply.safeParse(reply);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    const more = issues.length > MAX_ISSUES ? `; and ${issues.length - MAX_ISSUES} more` : '';
    throw new Malformed(`a hello of the wrong form (${issues.slice(0, MAX_ISSUES).join('; ')}${more})`);
  }
  const name = cut(parsed.data.name);
  const version = parsed.data.version === undefined ? undefined : cut(parsed.data.version);
  const profiles = parsed.data.profiles.filter(isProfile);
  if (profiles.length === 0) {
    throw new Malformed(
      `no profile that this suite knows among ${excerptOf(parsed.data.profiles)}; ` +
        `it knows ${ProfileName.options.join(', ')}`,
    );
  }
  const capabilities = new Set(parsed.data.capabilities.filter(isCapability));
  const unmet = unmetNeed(capabilities);
  if (unmet !== undefined) throw new Malformed(unmet);
  const unknownNames = [
    ...parsed.data.profiles.filter((profile) => !isProfile(profile)),
    ...parsed.data.capabilities.filter((capability) => !isCapability(capability)),
  ]
    .slice(0, MAX_UNKNOWN_NAMES)
    .map(cut);
  return { hello: { name, version, profiles: [...new Set(profiles)], capabilities }, unknownNames };
}

const isProfile = (name: string): name is ProfileName => ProfileName.safeParse(name).success;
const isCapability = (name: string): name is Capability => Capability.safeParse(name).success;
