import { expect, test } from 'vitest';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import { opsOf } from '../../spec/vocabulary/parts.ts';
import { searchShorter } from '../search/breadth-first.ts';
import { EmbeddedProber } from '../search/embedded-prober.ts';
import { isMild, MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { witnessScope } from '../planted-bugs/planted-bug.ts';
import { CORE } from '../search/certify.ts';
import { checkMutant } from './check-mutant.ts';
import { SoundRuns } from './sound-runs.ts';

/** reports/shortest.md has every planted bug; this test takes one in this many. */
const SAMPLED_ONE_IN = 32;
/** The number of seeds that are tried until the bug is found. */
const SEEDS = 3;
/** The maximum number of states. If the search needs more, only a lower bound of the length is known. */
const MAX_STATES = 4000;

/**
 * Quality of the shrinker: from a random case it reaches a length below which no counterexample exists, in the slice of
 * the core commands and those of the counterexample, at 2 processes × 2 pages × 2 frames, values 1 and 2.
 */
test('the counterexample of every sampled planted bug has the shortest length', async () => {
  const longer: string[] = [];
  // Some seeds miss a rare bug; this does not measure the shrinker.
  const missed: string[] = [];
  let proved = 0;
  const sampled = MUTANTS.filter((one) => !isMild(one) && one.before === undefined).filter(
    (_, index) => index % SAMPLED_ONE_IN === 0,
  );
  for (const mutant of sampled) {
    const [profile = 'origin'] = mutant.profiles;
    let finding: Awaited<ReturnType<typeof checkMutant>>['finding'] = undefined;
    for (let seed = 1; finding === undefined && seed <= SEEDS; seed++) {
      ({ finding } = await checkMutant(mutant, new SoundRuns(profile, seed), { maxCommands: 20_000 }));
    }
    if (finding === undefined) {
      missed.push(mutant.id);
      continue;
    }
    const { commands, scope } = finding.counterexample.case;
    const longest = commands.length - 1;
    const { processes, pages, frames, slots } = witnessScope(mutant);
    const room = {
      ...scope,
      processes: Math.max(scope.processes, processes),
      pages: Math.max(scope.pages, pages),
      frames: Math.max(scope.frames, frames),
      slots: Math.max(scope.slots, slots),
    };
    const ops = new Set([...CORE, ...commands.flatMap(opsOf)]);
    const prober = new EmbeddedProber({
      profile,
      scope: room,
      commands: commandsIn(room, { ops, values: [1, 2] }),
      mutation: mutant.mutation,
      fingerprint: finding.fingerprint,
    });
    const shortest = await searchShorter(prober, { longest, maxStates: MAX_STATES });
    if (shortest.commands !== undefined)
      longer.push(`${mutant.id}: ${commands.length}, not ${shortest.searched}`);
    else if (shortest.searched === longest) proved++;
  }
  expect(longer).toEqual([]);
  expect(missed.length).toBeLessThanOrEqual(2);
  expect(proved).toBeGreaterThanOrEqual(5);
});
