import { makeCounterexample } from '../campaign/counterexample.ts';
import { certify } from '../campaign/certify.ts';
import { Examiner, fingerprintOfExamined } from '../campaign/examiner.ts';
import type { Counterexample } from '../campaign/finding.ts';
import { caseRandom } from '../explore/case-random.ts';
import { CaseSource } from '../explore/case-source.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { isMild, MUTANTS } from '../mutants/mutants.ts';
import type { SearchedSlice } from '../reduce/certificate.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';

/** How short the counterexamples of one way of failing of one mutant are. */
export interface ShortestLength {
  readonly mutant: string;
  readonly fingerprint: string;
  /** The length below which there is nothing, if that was proved; the shortest seen otherwise. */
  readonly length: number;
  /** Every case of the slice up to this length was tried. */
  readonly searched: number;
  readonly proved: boolean;
  readonly states: number;
  /** The commands of the slice, beside the core. */
  readonly ops: readonly string[];
  /** How long the reducer's result was, from each of the seeds that came to this way of failing. */
  readonly reduced: readonly number[];
}

const CORE: ReadonlySet<string> = new Set(['map', 'store', 'load', 'migrate-to-device', 'fork']);

/** Reduces the first failure of each seed, and proves for each way of failing how short it can be. */
export async function shortestLengths(
  mutant: Mutant,
  seeds: number,
  milliseconds: number,
): Promise<readonly ShortestLength[]> {
  const [profile = 'origin'] = mutant.profiles;
  const target = new EmbeddedTarget({ plant: mutant.plant });
  const found = new Map<string, Counterexample[]>();
  for (let seed = 1; seed <= seeds; seed++) {
    const examiner = new Examiner(target, profile);
    const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
    for (let index = 0; index < 3000; index++) {
      const testCase = source.draw(caseRandom(seed, index));
      const examined = await examiner.examine(testCase);
      if (fingerprintOfExamined(examined) === undefined) continue;
      const counterexample = await makeCounterexample(target, testCase, examined, {
        asks: 100_000,
        milliseconds: 60_000,
        signal: undefined,
        onAsk: undefined,
      });
      if (counterexample === undefined) break;
      const { clause, op, requirement } = counterexample.violation;
      const fingerprint = `${requirement} ${op} ${clause}`;
      found.set(fingerprint, [...(found.get(fingerprint) ?? []), counterexample]);
      break;
    }
  }
  const lengths: ShortestLength[] = [];
  for (const [fingerprint, counterexamples] of found) {
    lengths.push(await prove(mutant, target, fingerprint, counterexamples, milliseconds));
  }
  return lengths;
}

async function prove(
  mutant: Mutant,
  target: EmbeddedTarget,
  fingerprint: string,
  counterexamples: readonly Counterexample[],
  milliseconds: number,
): Promise<ShortestLength> {
  const reduced = counterexamples.map(({ case: { commands } }) => commands.length);
  const [shortest] = counterexamples.toSorted((a, b) => a.case.commands.length - b.case.commands.length);
  if (shortest === undefined) throw new Error('nothing to prove');
  const began = performance.now();
  const certified = await certify({
    target,
    case: shortest.case,
    fingerprint,
    certificate: '2-minimal',
    allCommands: false,
    from: undefined,
    stopped: () => performance.now() - began > milliseconds,
    onPath: () => Promise.resolve(),
  });
  const ops = [...new Set(shortest.case.commands.map(({ op }) => op))].filter((op) => !CORE.has(op));
  const length = certified.shorter?.length ?? shortest.case.commands.length;
  return {
    mutant: mutant.id,
    fingerprint,
    length,
    proved: certified.shorter !== undefined || certified.certificate === 'shortest',
    searched: searchedIn(certified.slice, certified.stopped?.frontier.length, length),
    states: certified.slice?.states ?? certified.stopped?.frontier.seen.length ?? 0,
    ops,
    reduced,
  };
}

const searchedIn = (
  slice: SearchedSlice | undefined,
  stoppedAt: number | undefined,
  length: number,
): number => slice?.searched ?? (stoppedAt === undefined ? length - 1 : stoppedAt - 1);

export const MUTANTS_TO_PROVE: readonly Mutant[] = MUTANTS.filter((mutant) => !isMild(mutant));
