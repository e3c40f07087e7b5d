import { isBoth, isVector, type Result } from '../../spec/vocabulary/result.ts';
import type { Repertoire } from './c-repertoire.ts';
import { cString } from './c-text.ts';

/** Answers that are words, as the program names and prints them: the first is -1. Some it can see and never allows. */
const WORDS = [
  ['OK', 'ok', undefined],
  ['TORN', 'torn', undefined],
  ['STALE', 'stale', undefined],
  ['SEGMENT_VIOLATION', 'SIGSEGV', undefined],
  ['BUS_ERROR', 'SIGBUS', undefined],
  ['FAULT_ERROR', 'EFAULT', 'EFAULT'],
  ['PERMISSION_ERROR', 'EPERM', 'EPERM'],
  ['MEMORY_ERROR', 'ENOMEM', 'ENOMEM'],
  ['DEVICE_ERROR', 'ENODEV', 'ENODEV'],
  ['BUSY_ERROR', 'EBUSY', 'EBUSY'],
  ['ARGUMENT_ERROR', 'EINVAL', 'EINVAL'],
  ['EXISTS_ERROR', 'EEXIST', 'EEXIST'],
  ['TRAPPED', 'trapped', undefined],
  ['IS_CLEAN', 'clean', undefined],
  ['IS_DIRTY', 'dirty', undefined],
  ['IS_ABSENT', 'absent', undefined],
  ['IS_PRESENT', 'present', undefined],
  ['IS_SPECIAL', 'special', undefined],
  ['IS_SPECIAL_SOLE', 'special-sole', undefined],
  ['OTHER_ERROR', 'another error', undefined],
] as const;

/** An answer, as the program writes it; of a race, the left one's. */
export function resultName(result: Result): string {
  if (isBoth(result)) return resultName(result.left);
  if (typeof result === 'number') return String(result);
  if (isVector(result)) {
    const bits = result.reduce((mask, outcome, index) => mask | (outcome === 'moved' ? 1 << index : 0), 0);
    return `VECTOR(${bits})`;
  }
  // What the model allows and the program cannot see as such, it never sees.
  return WORDS.find(([, word]) => word === result)?.[0] ?? 'OTHER_ERROR';
}

/** What the right one of a race answers, as the program writes it; nothing of what is no race. */
export const otherName = (result: Result): string => (isBoth(result) ? resultName(result.right) : '0');

/** The part of an exported C program that says what an answer is. */
export function cAnswer({ ops }: Pick<Repertoire, 'ops'>): string {
  const races = ops.has('race');
  return `
/* Answers: a value; one of these; or for each page of a range a bit that says whether it moved. */
enum {
${WORDS.map(([name], index) => `\t${name} = ${-1 - index},`).join('\n')}
};
#define VECTOR(bits) (-1000 - (bits))
#define LARGEST_VALUE 32767
static const char *const RESULTS[] = {
${WORDS.map(([, word]) => `\t${cString(word)},`).join('\n')}
};

struct answer {
	int result;
	/* Pages of a vector of which it could not be seen whether they moved. */
	unsigned unseen;
${races ? "\t/* Of a race: what the right one answers; the result is the left one's. */\n\tint other;\n" : ''}\
};

static int error_result(int number)
{
	switch (number) {
${WORDS.flatMap(([name, , number]) => (number === undefined ? [] : [`\tcase ${number}:\n\t\treturn ${name};`])).join('\n')}
	default:
		return OTHER_ERROR;
	}
}

static int fits(int wanted, const struct answer *answer)
{
	if (wanted > VECTOR(0))
		return wanted == answer->result;
	if (answer->result > VECTOR(0))
		return 0;
	return (((unsigned)(VECTOR(0) - wanted) ^ (unsigned)(VECTOR(0) - answer->result)) & ~answer->unseen) == 0;
}

static void print_result(const char *before, int result)
{
	printf("%s", before);
	if (result >= 0)
		printf("the value %d", result);
	else if (result > VECTOR(0))
		printf("%s", RESULTS[-1 - result]);
	else
		printf("pages moved, by bits: 0x%x", (unsigned)(VECTOR(0) - result));
}
`;
}
