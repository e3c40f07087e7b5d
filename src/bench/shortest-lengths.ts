import { z } from 'zod';
import { fingerprintOf } from '../../spec/judge/verdict.ts';
import { opsOf } from '../../spec/vocabulary/parts.ts';
import { certify, CORE } from '../search/certify.ts';
import { makeCounterexample } from '../shrink/make-counterexample.ts';
import { Examiner, fingerprintOfExamined } from '../examine/examiner.ts';
import type { Counterexample } from '../shrink/finding.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import type { Mutant } from '../planted-bugs/planted-bug.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';

/** The length of the shrinker's result from one seed. */
const ShrunkFrom = z.object({ seed: z.int(), length: z.int() });
export type ShrunkFrom = Readonly<z.infer<typeof ShrunkFrom>>;

/** The lengths of the counterexamples for one failure of one mutant. */
export const ShortestLength = z.object({
  mutant: z.string(),
  fingerprint: z.string(),
  /** The minimum length, if it was proved; otherwise the shortest length known. */
  length: z.int(),
  proved: z.boolean(),
  /** Every case of the slice up to this length was tried. */
  searched: z.int(),
  states: z.int(),
  /** The commands of the slice, in addition to the core. */
  ops: z.array(z.string()),
  shrunk: z.array(ShrunkFrom),
});
export type ShortestLength = Readonly<z.infer<typeof ShortestLength>>;

/** Maximum number of commands of a search from each seed: the budget in which a mutant must be caught. */
const MAX_COMMANDS = 20_000;

interface From {
  readonly seed: number;
  readonly counterexample: Counterexample;
}

/**
 * Shrinks the first failure of each seed, and proves the minimum length of a counterexample for each failure.
 *
 * @param mostStates the maximum number of states of a proof: not a time, so that every machine has the same result
 */
export async function shortestLengths(
  mutant: Mutant,
  seeds: readonly number[],
  maxStates: number,
): Promise<readonly ShortestLength[]> {
  const target = new EmbeddedTarget({ mutation: mutant.mutation });
  const found = new Map<string, From[]>();
  for (const seed of seeds) {
    const counterexample = await firstFailure(mutant, target, seed);
    if (counterexample === undefined) continue;
    const fingerprint = fingerprintOf(counterexample.violation);
    found.set(fingerprint, [...(found.get(fingerprint) ?? []), { seed, counterexample }]);
  }
  const lengths: ShortestLength[] = [];
  for (const [fingerprint, all] of found) {
    const proof = await prove(target, fingerprint, shortestOf(all), maxStates);
    const shrunk = all.map((one) => ({ seed: one.seed, length: lengthOf(one.counterexample) }));
    lengths.push({ mutant: mutant.id, fingerprint, shrunk, ...proof });
  }
  return lengths;
}

const lengthOf = ({ case: { commands } }: Counterexample): number => commands.length;

/** The first failure of a seed, shrunk. */
async function firstFailure(
  mutant: Mutant,
  target: EmbeddedTarget,
  seed: number,
): Promise<Counterexample | undefined> {
  const [profile = 'origin'] = mutant.profiles;
  const examiner = new Examiner(target, profile);
  const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
  let commands = 0;
  for (let index = 0; commands < MAX_COMMANDS; index++) {
    const testCase = source.draw(caseRandom(seed, index));
    commands += testCase.commands.length;
    const examined = await examiner.examine(testCase);
    if (fingerprintOfExamined(examined) === undefined) continue;
    return makeCounterexample(target, testCase, examined, {
      asks: 100_000,
      milliseconds: Infinity,
      signal: undefined,
      onAsk: undefined,
    });
  }
  return undefined;
}

function shortestOf(all: readonly From[]): Counterexample {
  const [shortest] = all.toSorted((a, b) => lengthOf(a.counterexample) - lengthOf(b.counterexample));
  if (shortest === undefined) throw new Error('nothing to prove');
  return shortest.counterexample;
}

async function prove(
  target: EmbeddedTarget,
  fingerprint: string,
  { case: testCase }: Counterexample,
  maxStates: number,
): Promise<Pick<ShortestLength, 'length' | 'proved' | 'searched' | 'states' | 'ops'>> {
  const certified = await certify({
    target,
    case: testCase,
    fingerprint,
    certificate: '2-minimal',
    allCommands: false,
    from: undefined,
    maxStates,
    restarts: false,
    stopped: () => false,
    onPath: () => Promise.resolve(),
  });
  const { shorter, slice, stopped } = certified;
  const ops = [...new Set(testCase.commands.flatMap(opsOf))].filter((op) => !CORE.includes(op));
  const length = (shorter ?? testCase.commands).length;
  return {
    length,
    proved: shorter !== undefined || certified.certificate === 'shortest',
    searched: stopped === undefined ? length - 1 : stopped.frontier.length - 1,
    states: slice?.states ?? stopped?.frontier.seen.length ?? 0,
    ops,
  };
}
