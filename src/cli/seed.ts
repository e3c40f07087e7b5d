import { randomInt } from 'node:crypto';
import { wholeNumber } from './whole-number.ts';

/** Seeds have 32 bits. Larger numbers would be truncated and give the cases of another seed. */
const MAX_SEED = 4_294_967_295;

export const parseSeed = wholeNumber(0, MAX_SEED);

/** The seed of a run without `--seed`. */
export const randomSeed = (): number => randomInt(MAX_SEED + 1);
