import type { z } from 'zod';
import type { ProfileName } from '../profiles/profile.ts';
import { Admission, type Refusal } from '../vocabulary/admission.ts';
import { Capability } from '../vocabulary/capability.ts';
import { Command } from '../vocabulary/command.ts';
import type { Observation } from '../vocabulary/observation.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { unmetNeed } from './capability-needs.ts';
import { decodeObservation } from './decode-observation.ts';
import { excerpt, excerptOf } from './excerpt.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { Malformed } from './malformed.ts';
import { RECORDING_FORMAT, RECORDING_VERSION, RecordingHeader, REFUSED_STEP } from './recording.ts';
import { type Shows, showsOf } from './shows.ts';

/** A case of a recording, from its header. */
export interface RecordedCase {
  readonly profile: ProfileName;
  readonly scope: Scope;
  readonly capabilities: ReadonlySet<Capability>;
  /** The recorded target; undefined if the header does not name it. */
  readonly target: string | undefined;
}

/** The content of one line of a recording. */
export type RecordingLine =
  | { readonly kind: 'case'; readonly case: RecordedCase }
  | {
      readonly kind: 'step';
      readonly command: Command;
      /** The reason why the command was not sent; then there is no observation either. */
      readonly refusal: Refusal | undefined;
      readonly observation: Observation | undefined;
    };

/**
 * Reads a recording line by line. It keeps only the live processes and the mapped pages, because a recording may be of
 * any length. Throws `Malformed` if a line does not follow the format.
 */
export class RecordingReader {
  #open: { readonly scope: Scope; readonly shows: Shows; readonly admission: Admission } | undefined;

  read(line: string): RecordingLine {
    const object = parse(line);
    if (object['format'] !== undefined) return this.#begin(object);
    const open = this.#open;
    if (open === undefined) {
      throw new Malformed(
        `${excerpt(line)} where a header was expected: {"format":"${RECORDING_FORMAT}","version":${RECORDING_VERSION},…}`,
      );
    }
    if (object['command'] === undefined) {
      throw new Malformed(
        `${excerpt(line)} where a step {"command":…,"result":…} or the header of a case was expected`,
      );
    }
    const command = commandIn(object['command']);
    const refusal = open.admission.admit(command);
    const { result } = object;
    const isSent = result !== undefined && result !== REFUSED_STEP;
    if (refusal !== undefined) {
      if (!isSent) return { kind: 'step', command, refusal, observation: undefined };
      throw new Malformed(
        `${command.op}: result ${excerptOf(result)}, but this command is never sent (${refusal}); ` +
          `leave its result out or write "${REFUSED_STEP}"`,
      );
    }
    if (!isSent) {
      throw new Malformed(
        `${command.op}: result: ${excerptOf(result)}, but nothing keeps this command from being sent; write what was answered`,
      );
    }
    return { kind: 'step', command, refusal, observation: observationIn(object, command, open) };
  }

  #begin(object: JsonObject): RecordingLine {
    const header = headerIn(object);
    const known = header.capabilities.filter(isCapability);
    const capabilities = new Set(known);
    const unmet = unmetNeed(capabilities);
    if (unmet !== undefined) throw new Malformed(`capabilities: ${unmet}`);
    const { scope, profile, target } = header;
    this.#open = {
      scope,
      shows: showsOf(capabilities, known.length < header.capabilities.length),
      admission: new Admission(scope, profile, capabilities),
    };
    const name = target?.version === undefined ? target?.name : `${target.name} ${target.version}`;
    return { kind: 'case', case: { profile, scope, capabilities, target: name } };
  }
}

const isCapability = (name: string): name is Capability => Capability.safeParse(name).success;

function parse(line: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Malformed(
      line.trim() === ''
        ? 'an empty line where one line of JSON was expected'
        : `a line that is not JSON: ${excerpt(line)}; each line holds one JSON object, whole`,
    );
  }
  if (isJsonObject(value)) return value;
  throw new Malformed(`${excerpt(line)} where a JSON object was expected`);
}

function headerIn(object: JsonObject): RecordingHeader {
  const { format, version } = object;
  if (format !== RECORDING_FORMAT) {
    throw new Malformed(`a header of format ${excerptOf(format)} where "${RECORDING_FORMAT}" was expected`);
  }
  // The version is checked first, because another version may change everything else.
  if (version !== RECORDING_VERSION) {
    throw new Malformed(
      `a recording of version ${excerptOf(version)}; this suite reads version ${RECORDING_VERSION}`,
    );
  }
  const header = RecordingHeader.safeParse(object);
  if (!header.success) throw new Malformed(`a header of the wrong form: ${issueIn(header.error)}`);
  return header.data;
}

function commandIn(value: unknown): Command {
  const command = Command.safeParse(value);
  if (!command.success) throw new Malformed(`${excerptOf(value)} is no command: ${issueIn(command.error)}`);
  return command.data;
}

/** Each step of a recording states itself whether it has a snapshot. */
function observationIn(
  object: JsonObject,
  command: Command,
  { scope, shows }: { readonly scope: Scope; readonly shows: Shows },
): Observation {
  try {
    return decodeObservation(object, command, scope, shows, object['state'] !== undefined);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Malformed(`${command.op}: ${error.message}`);
  }
}

function issueIn({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return 'of the wrong form';
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}
