import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * The random source of one case. It depends on seed and index alone, so that any worker can generate any case.
 *
 * Neighbouring seeds of the generator produce neighbouring numbers. Seed and index are therefore mixed first (two
 * rounds of a 32-bit finaliser each), and the generator is advanced before its first use.
 */
export function caseRandom(seed: number, index: number): fc.Random {
  const generator = xoroshiro128plus(mix(mix(seed | 0) ^ index));
  generator.jump();
  return new fc.Random(generator);
}

function mix(number: number): number {
  let bits = number ^ 0x9e3779b9;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
