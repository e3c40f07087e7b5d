import { describe, expect, test } from 'vitest';
import { applyRule } from '../../spec/model/commands.ts';
import { commandsOf, type FamilyName, type Region } from '../../spec/model/families.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { AdmissionIn, ReportedKey } from '../../spec/model/reachable.ts';
import { forEachShownState } from '../../spec/model/settle-snapshot.ts';
import { State } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Op } from '../../spec/vocabulary/command.ts';
import { type CaseWatcher, Examiner } from '../examine/examiner.ts';
import { type Page, PAGEMAP_PRIVATE } from '../kernel/memory.ts';
import type { KernelMutation } from '../kernel/world.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { Tours } from './tours.ts';
import { remainingOf, type SpecificationCoverage, TransitionCoverage } from './transition-coverage.ts';
import { type TransitionGraph, transitionGraph } from './transition-graph.ts';
import { walkTransitions } from './transition-walk.ts';

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

const regionOf = (processes: number, pages: number, ...families: readonly FamilyName[]): Region => ({
  scope: { processes, pages, frames: 1, slots: families.includes('pin') ? 1 : 0 },
  profile: 'linux-6.12',
  families: ['core', ...families],
});

const graphs = new Map<string, TransitionGraph>();

async function graphOf(region: Region): Promise<TransitionGraph> {
  const name = JSON.stringify(region);
  const graph =
    graphs.get(name) ?? (await transitionGraph({ region, capabilities: EVERYTHING, maxStates: Infinity }));
  if (graph === undefined) throw new Error('not finished');
  graphs.set(name, graph);
  return graph;
}

/** Counts states, moves and transitions by a plain breadth-first search without numbers, tables or renamed commands. */
function counted(region: Region): { states: number; moves: number; transitions: number } {
  const { scope, profile } = region;
  const commands = commandsOf(region);
  const key = new ReportedKey(new Set(commands.map(({ op }) => op)));
  const seen = new Map<string, State>([[key.of(new State(scope)), new State(scope)]]);
  const admission = new AdmissionIn(scope, profile);
  const step = new Step(scope, judgingOptionsFor(PROFILES[profile], EVERYTHING));
  let moves = 0;
  let transitions = 0;
  for (const from of seen.values()) {
    for (const command of commands) {
      if (admission.at(from).refusal(command) !== undefined) continue;
      moves++;
      const after = new Set<string>();
      step.begin(from, undefined, false);
      do {
        applyRule(step, command);
        if (step.ruledOut) continue;
        forEachShownState(step.state, (shown) => {
          const to = key.of(shown);
          after.add(to);
          if (!seen.has(to)) seen.set(to, shown.clone());
        });
      } while (step.next(from));
      transitions += after.size;
    }
  }
  return { states: seen.size, moves, transitions };
}

/** Runs all tours on the embedded kernel, and extends them as long as that helps. Ends at the first failure. */
async function tour(
  graph: TransitionGraph,
  mutation?: KernelMutation,
): Promise<{ readonly coverage: SpecificationCoverage; readonly failures: number; readonly rounds: number }> {
  const coverage = new TransitionCoverage(graph);
  const target = new EmbeddedTarget(mutation === undefined ? {} : { mutation });
  let failures = 0;
  const watcher: CaseWatcher = {
    begin: (scope) => {
      coverage.begin(scope);
    },
    step: (command, judge) => {
      coverage.step(command, judge);
      // Where a move has one transition, the state is not looked up; it must be the one that the judge knows.
      const { onlyState } = judge;
      if (coverage.id === undefined || onlyState === undefined) return;
      if (graph.find(onlyState)?.id !== coverage.id) failures++;
    },
  };
  const examiner = new Examiner(target, graph.region.profile, { watcher });
  const tours = new Tours(graph, coverage);
  let rounds = 0;
  let index = 0;
  do {
    rounds++;
    for (; tours.has(index) && failures === 0; index++) {
      const examined = await examiner.examine(tours.at(index));
      if (examined.kind !== 'judged' || examined.verdict.kind !== 'conforms') failures++;
    }
  } while (failures === 0 && tours.extend());
  return { coverage: coverage.summary(), failures, rounds };
}

describe('the graph of a region', () => {
  test.each<[string, Region]>([
    ['core', regionOf(2, 1)],
    ['core and pins', regionOf(1, 1, 'pin')],
    ['core and an injection', regionOf(1, 1, 'inject no-copy')],
  ])('%s has the transitions that a plain search finds', async (_, region) => {
    const { states, moves, transitions } = await graphOf(region);
    expect({ states, moves, transitions }).toEqual(counted(region));
  });

  test('a graph that is too large is given up', async () => {
    const region = regionOf(1, 1);
    expect(await transitionGraph({ region, capabilities: EVERYTHING, maxStates: 10 })).toBeUndefined();
  });

  test('has no commands that the target does not declare', async () => {
    const graph = await transitionGraph({
      region: regionOf(1, 1, 'inject no-copy', 'watch'),
      capabilities: new Set<Capability>(['fork']),
      maxStates: Infinity,
    });
    const ops = new Set<Op>(graph?.commands.map(({ op }) => op));
    const absent: readonly Op[] = ['heal', 'inject', 'watch', 'evict'];
    expect([ops.has('fork'), ...absent.map((op) => ops.has(op))]).toEqual([true, false, false, false, false]);
  });
});

/** An implementation that makes every device entry READ, which is allowed. */
const neverWrites: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override entryFor(page: Page, write: boolean): number {
        return super.entryFor(page, write && page.pagemap?.type !== PAGEMAP_PRIVATE);
      }
    },
};

describe('tours', () => {
  test.each<[string, Region]>([
    ['core', regionOf(2, 1)],
    ['core and pins', regionOf(2, 1, 'pin')],
    // Whether an injection was used up is not always observable, so several rounds are necessary.
    ['core and an injection', regionOf(1, 1, 'inject no-copy')],
  ])('execute every command of %s in every state on the embedded kernel', async (_, region) => {
    const { coverage, failures, rounds } = await tour(await graphOf(region));
    expect(failures).toBe(0);
    expect(rounds).toBeGreaterThan(region.families.includes('inject no-copy') ? 1 : 0);
    expect(coverage.moves.made).toBe(coverage.moves.of);
    expect(coverage.states.reached).toBe(coverage.states.of);
    expect(remainingOf(coverage)).toBe(0);
  });

  test('adapt to a target that chooses otherwise, and report the transitions that it does not take', async () => {
    const { coverage, failures } = await tour(await graphOf(regionOf(1, 1)), neverWrites);
    expect(failures).toBe(0);
    expect(remainingOf(coverage)).toBe(0);
    expect(coverage.transitions.beyond).toBeGreaterThan(0);
    expect(coverage.states.reached).toBeLessThan(coverage.states.of);
  });

  test('fail on a target with a planted bug', async () => {
    const bug = MUTANTS.find(({ id }) => id === 'fork-keeps-parent-write');
    const { failures } = await tour(await graphOf(regionOf(2, 1)), bug?.mutation);
    expect(failures).toBeGreaterThan(0);
  });

  test('a case depends on its number alone', async () => {
    const graph = await graphOf(regionOf(2, 1));
    const [one, other] = [new Tours(graph), new Tours(graph)];
    const inOrder = [0, 1, 2, 3, 4, 5].map((index) => one.at(index));
    expect(other.at(5)).toEqual(inOrder[5]);
    expect(other.at(3)).toEqual(inOrder[3]);
    expect(other.has(1_000_000)).toBe(false);
  });
});

describe('a walk on copies of the embedded kernel', () => {
  const walk = async (
    graph: TransitionGraph,
    mutation?: KernelMutation,
    tally = new Tally(),
  ): Promise<TransitionCoverage> => {
    const coverage = new TransitionCoverage(graph);
    await walkTransitions({ coverage, mutation, tally });
    return coverage;
  };
  const bugNamed = (name: string): KernelMutation | undefined =>
    MUTANTS.find(({ id }) => id === name)?.mutation;

  test.each<[string, Region]>([
    ['core and pins', regionOf(1, 1, 'pin')],
    ['core and an injection', regionOf(1, 1, 'inject no-copy')],
    // Moves that stay in their state make entries in system memory writable, which later moves show.
    ['core and exclusive access', regionOf(1, 2, 'exclusive')],
  ])('makes every move of %s once, and leaves no move to tours', async (_, region) => {
    const graph = await graphOf(region);
    const coverage = await walk(graph);
    const { moves, states } = coverage.summary();
    expect(moves).toEqual({ of: graph.moves, made: graph.moves, onCopies: graph.moves });
    expect(states.reached).toBe(states.of);
    expect(new Tours(graph, coverage).has(0)).toBe(false);
  });

  test('leaves the moves that fail to tours, which find the planted bug', async () => {
    const graph = await graphOf(regionOf(2, 1));
    const bug = bugNamed('fork-keeps-parent-write');
    const coverage = await walk(graph, bug);
    expect(coverage.made).toBeLessThan(graph.moves);
    const examined = await new Examiner(
      new EmbeddedTarget(bug === undefined ? {} : { mutation: bug }),
      graph.region.profile,
    ).examine(new Tours(graph, coverage).at(0));
    expect(examined).toMatchObject({ verdict: { kind: 'violates' } });
  });

  test('counts the requirements that it covers, and leaves moves that do not follow a SHOULD to tours', async () => {
    const graph = await graphOf(regionOf(1, 1));
    const tally = new Tally();
    await walk(graph, undefined, tally);
    expect(tally.covered('robust.at-rest')).toBe(graph.moves);
    expect(tally.covered('migrate.progress')).toBeGreaterThan(0);
    expect(tally.covered('fork.shares')).toBe(0);
    const coverage = await walk(graph, bugNamed('migration-forgets-write'));
    expect(coverage.made).toBeLessThan(graph.moves);
    expect(new Tours(graph, coverage).has(0)).toBe(true);
  });
});
