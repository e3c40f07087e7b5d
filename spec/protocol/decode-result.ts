import { capabilitiesFor } from '../vocabulary/capabilities-for.ts';
import { type Command, type Single, SPECS } from '../vocabulary/command.ts';
import { Answer, type PageOutcome, type Result } from '../vocabulary/result.ts';
import { LARGEST_VALUE } from '../vocabulary/scope.ts';
import { counted } from './counted.ts';
import { excerptOf } from './excerpt.ts';
import { isJsonObject } from './json-object.ts';
import { Malformed } from './malformed.ts';

type ResultWord = Extract<Answer, string>;

const WORDS: ReadonlySet<string> = new Set(Answer.options[1].options);
const isWord = (value: unknown): value is ResultWord => typeof value === 'string' && WORDS.has(value);

const isOutcome = (value: unknown): value is PageOutcome =>
  value === 'moved' || value === 'skipped' || value === 'whole';

/** Reads the result of one command, or throws `Malformed`. */
export function decodeResult(result: unknown, command: Command): Result {
  if (command.op !== 'race') return decodeAnswer(result, command);
  if (result === 'unsupported') throw new Malformed(unsupported(command));
  if (!isJsonObject(result) || !('left' in result) || !('right' in result)) {
    throw new Malformed(
      `result: ${excerptOf(result)} where {"left": …, "right": …} was expected, with the result of each of the two`,
    );
  }
  return {
    left: decodeAnswer(result['left'], command.left),
    right: decodeAnswer(result['right'], command.right),
  };
}

/**
 * The protocol checks the form of a result only. A word that the command cannot return is a wrong result, which the
 * judge attributes to a rule.
 */
function decodeAnswer(result: unknown, command: Single): Answer {
  const kind = SPECS[command.op].result;
  if (result === 'unsupported') throw new Malformed(unsupported(command));
  if ((kind === 'word' || kind === 'value') && isWord(result)) return result;
  // -0 is valid JSON, but not equal to 0 in every comparison.
  if ((kind === 'value' || kind === 'number') && isValue(result)) return result === 0 ? 0 : result;
  if (kind === 'vector' && Array.isArray(result)) return vector(result, lengthOf(command));
  throw new Malformed(`result: ${excerptOf(result)} where ${wanted(command)} was expected${hint(result)}`);
}

const isValue = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LARGEST_VALUE;

function vector(result: readonly unknown[], length: number): readonly PageOutcome[] {
  if (result.length !== length) {
    throw new Malformed(`result: a vector of ${result.length}, the range has ${counted(length, 'page')}`);
  }
  if (!result.every(isOutcome)) {
    const wrong = result.find((outcome) => !isOutcome(outcome));
    throw new Malformed(`result: ${excerptOf(wrong)} in the vector, where "moved" or "skipped" was expected`);
  }
  return result;
}

const lengthOf = (command: Single): number => ('count' in command ? command.count : 1);

function wanted(command: Single): string {
  switch (SPECS[command.op].result) {
    case 'word':
      return 'a word such as "ok"';
    case 'value':
      return `a value from 0 to ${LARGEST_VALUE} or a word`;
    case 'number':
      return 'a number';
    case 'vector':
      return `a vector of ${lengthOf(command)} times "moved" or "skipped"`;
  }
}

const hint = (result: unknown): string =>
  typeof result === 'string' && !isWord(result)
    ? `; there is no such word among ${[...WORDS].join(', ')}`
    : '';

function unsupported(command: Command): string {
  const promised = capabilitiesFor(command);
  return promised.length === 0
    ? 'result: "unsupported", but this command is of the core, which every target has'
    : `result: "unsupported", but the target declared ${promised.join(' and ')}; declare only what works`;
}
