import { ProfileName } from '../../spec/profiles/profile.ts';
import { unmetNeed } from '../../spec/protocol/capability-needs.ts';
import { excerptOf } from '../../spec/protocol/excerpt.ts';
import { parseObject } from '../../spec/protocol/codec.ts';
import { Malformed } from '../../spec/protocol/malformed.ts';
import { ErrorReply, HelloReply, PROTOCOL_VERSION } from '../../spec/protocol/wire.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Hello } from './target.ts';

/** How much is shown of a hello with many mistakes in it. */
const MAX_ISSUES = 5;
const MAX_UNKNOWN_NAMES = 20;
/** Names go to every report: of a longer one the beginning has to do. */
const MAX_NAME_LENGTH = 200;

const cut = (text: string): string =>
  text.length > MAX_NAME_LENGTH ? `${text.slice(0, MAX_NAME_LENGTH)}…` : text;

/** A target's hello as we understand it. */
export interface Greeting {
  readonly hello: Hello;
  /** Names of profiles and capabilities that it declared and we do not know: newer than we are, or misspelt. */
  readonly unknownNames: readonly string[];
}

/** Reads the answer to our hello, or throws `Malformed`. */
export function readHello(line: string): Greeting {
  const reply = parseObject(line);
  if (reply['type'] === 'error') {
    const error = ErrorReply.safeParse(reply);
    throw new Malformed(`an error: ${excerptOf(error.success ? error.data.message : reply['message'])}`);
  }
  if (reply['type'] !== 'hello') {
    throw new Malformed(`an answer of type ${excerptOf(reply['type'])} where "hello" was expected`);
  }
  // Before all else, because in another version everything else may be another, too.
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
