import type { Observe } from '../vocabulary/case.ts';
import type { ProfileName } from '../profiles/profile.ts';
import type { Command } from '../vocabulary/command.ts';
import type { Observation } from '../vocabulary/observation.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { counted } from './counted.ts';
import { decodeObservation } from './decode-observation.ts';
import { excerpt, excerptOf } from './excerpt.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { Malformed } from './malformed.ts';
import type { Shows } from './shows.ts';
import { ErrorReply } from './wire.ts';

/** A case in the form in which it is sent: only the commands that were admitted. */
export interface CaseQuestion {
  readonly id: number;
  readonly profile: ProfileName;
  readonly scope: Scope;
  readonly observe: Observe;
  /** Whether the target writes a line after each command. */
  readonly progress?: boolean;
  /** Whether the reply contains the coverage of the target's own code. */
  readonly hasCoverage?: boolean;
  readonly commands: readonly Command[];
}

/** The decoded form of a line that should reply to a case. */
export type DecodedReply =
  | {
      readonly kind: 'observations';
      readonly observations: readonly Observation[];
      readonly coverage?: readonly number[];
    }
  /** The target reports that it could not run the case. */
  | { readonly kind: 'error'; readonly message: string; readonly observation: number | undefined }
  /** The line does not reply to the case. */
  | { readonly kind: 'malformed'; readonly message: string; readonly observation: number | undefined };

/** The line that sends a case, newline included. */
export function encodeCase({
  id,
  profile,
  scope,
  observe,
  progress = false,
  commands,
}: CaseQuestion): string {
  const asked = progress ? { progress } : {};
  return `${JSON.stringify({ type: 'case', id, profile, scope, observe, ...asked, commands })}\n`;
}

/**
 * Reads the reply to a case. It is written by hand, because the zod schemas take 3 to 15 times as long and cannot check
 * the requirements of a scope; a test compares the two.
 */
export function decodeAnswer(line: string, question: CaseQuestion, shows: Shows): DecodedReply {
  try {
    return decode(parseObject(line), question, shows);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { kind: 'malformed', message: error.message, observation: error.observation };
  }
}

/** The JSON object that a line must hold. */
export function parseObject(line: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Malformed(
      line.trim() === ''
        ? 'an empty line where one line of JSON was expected'
        : `a line that is not JSON: ${excerpt(line)}; standard output is for answers, all else goes to standard error`,
    );
  }
  if (isJsonObject(value)) return value;
  throw new Malformed(`${excerpt(line)} where a JSON object was expected`);
}

function decode(reply: JsonObject, question: CaseQuestion, shows: Shows): DecodedReply {
  switch (reply['type']) {
    case 'observations':
      checkId(reply['id'], question.id);
      return {
        kind: 'observations',
        observations: decodeObservations(reply['observations'], question, shows),
        ...(question.hasCoverage === true ? { coverage: decodeCoverage(reply['coverage']) } : {}),
      };
    case 'progress':
      throw new Malformed(
        question.progress === true
          ? `${excerptOf(reply)} where the progress of the next command or the answer was expected; steps are counted from 0`
          : `${excerptOf(reply)} though no progress was asked for`,
      );
    case 'error':
      return decodeError(reply, question);
    default:
      throw new Malformed(
        `an answer of type ${excerptOf(reply['type'])} where "observations" (or "error") was expected`,
      );
  }
}

function decodeCoverage(list: unknown): readonly number[] {
  if (!Array.isArray(list)) throw new Malformed(`coverage: ${excerptOf(list)} where a list was expected`);
  return list.map((point: unknown) => {
    if (typeof point === 'number' && Number.isSafeInteger(point) && point >= 0) return point;
    throw new Malformed(`coverage: ${excerptOf(point)} where an integer from 0 on was expected`);
  });
}

function decodeError(reply: JsonObject, question: CaseQuestion): DecodedReply {
  const parsed = ErrorReply.safeParse(reply);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue === undefined ? '' : `: ${issue.path.join('.')}: ${issue.message}`;
    throw new Malformed(`an "error" answer of the wrong form${where}`);
  }
  const { id, message, step } = parsed.data;
  if (id !== null) checkId(id, question.id);
  const known = step !== undefined && step >= 0 && step < question.commands.length;
  return { kind: 'error', message, observation: known ? step : undefined };
}

function checkId(id: unknown, asked: number): void {
  if (id === asked) return;
  throw new Malformed(`an answer to case ${excerptOf(id)} where the answer to case ${asked} was due`);
}

function decodeObservations(list: unknown, question: CaseQuestion, shows: Shows): readonly Observation[] {
  const { commands, scope, observe } = question;
  if (!Array.isArray(list)) {
    throw new Malformed(`observations: ${excerptOf(list)} where a list was expected`);
  }
  if (list.length !== commands.length) {
    throw new Malformed(
      `${counted(list.length, 'observation')} for ${counted(commands.length, 'command')}; each command is answered by one observation`,
    );
  }
  const everyStep = observe === 'every-step';
  const atInspect = observe === 'inspect';
  return commands.map((command, at) => {
    try {
      const wire: unknown = list[at];
      if (!isJsonObject(wire)) throw new Malformed(`${excerptOf(wire)} is not an object`);
      const due = everyStep || (atInspect && command.op === 'inspect');
      return decodeObservation(wire, command, scope, shows, due);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Malformed(`observation ${at} (${command.op}): ${error.message}`, at);
    }
  });
}
