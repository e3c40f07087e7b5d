import { randomInt } from 'node:crypto';
import { wholeNumber } from './whole-number.ts';

/** Seeds are numbers of 32 bits: larger ones would be rounded or cut, and would then mean the cases of another. */
const LARGEST_SEED = 4_294_967_295;

export const parseSeed = wholeNumber(0, LARGEST_SEED);

/** A seed for a run that was given none. */
export const randomSeed = (): number => randomInt(LARGEST_SEED + 1);
