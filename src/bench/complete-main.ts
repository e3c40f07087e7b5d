import { parseArgs } from 'node:util';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import type { Region } from '../../spec/model/families.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { Examiner } from '../examine/examiner.ts';
import type { EmbeddedWorld, KernelMutation } from '../kernel/world.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { type Child, type Prober, searchShorter } from '../search/breadth-first.ts';
import { CompleteSuite } from '../search/complete-suite.ts';
import { commandsFor, transitionGraph } from '../search/transition-graph.ts';
import { EmbeddedTarget, openWorld } from '../targets/embedded.ts';

// Runs the complete suite of the core at 2x1x1 with one extra state on every planted bug that can show there.
//
//   npm run bench:complete                                    every planted bug, then the kernel without a bug to the end
//   npm run bench:complete -- --bugs fork-keeps-parent-write  these bugs only
//
// Exhaustive searches decide which bugs can show. A bug that has no effect in the slice is told from one that has an
// effect that the rules allow. All times are processor time.

const SCOPE = { processes: 2, pages: 1, frames: 1, slots: 0 };
const PROFILE = 'linux-6.12';
const REGION: Region = { scope: SCOPE, profile: PROFILE, families: ['core'] };
const EXTRA_STATES = 1;
const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);
/** A bug that loses or gains something at each command has no end of states. */
const MAX_STATES = 30_000;

const commands = commandsFor(REGION, EVERYTHING);
const judge = new Judge(SCOPE, judgingOptionsFor(PROFILES[PROFILE], EVERYTHING), new Tally());

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The observation of a command on a world; undefined if the kernel with the bug crashes. */
function observe(world: EmbeddedWorld, command: Command): Observation | undefined {
  try {
    return world.execute(command, true);
  } catch {
    return undefined;
  }
}

/** Tries all commands of the slice after a path on the kernel with a bug. */
abstract class BugProber implements Prober {
  asked = 0;
  protected readonly mutation: KernelMutation;

  constructor(mutation: KernelMutation) {
    this.mutation = mutation;
  }

  async probe(path: readonly Command[]): Promise<readonly Child[]> {
    const admission = new Admission(SCOPE, PROFILE);
    const world = openWorld(PROFILE, SCOPE, this.mutation);
    for (const command of path) admission.admit(command);
    const step = this.after(path, world);
    const children: Child[] = [];
    for (const command of commands) {
      if (!admission.wouldAdmit(command)) continue;
      this.asked++;
      const next = world.clone();
      const key = step(command, observe(next, command), next.digest());
      if (key === undefined) return [...children, { kind: 'found', command }];
      const admitted = admission.clone();
      admitted.admit(command);
      children.push({ kind: 'goes on', command, key: `${admitted.key} ${key}` });
    }
    return children;
  }

  /** Executes a path. Returns the key of the state after one more command; undefined if the search has found its goal. */
  protected abstract after(
    path: readonly Command[],
    world: EmbeddedWorld,
  ): (command: Command, observation: Observation | undefined, digest: string) => string | undefined;
}

/** Finds an effect: the kernel without the bug has another observation, or is in another state. */
class EffectProber extends BugProber {
  protected after(path: readonly Command[], world: EmbeddedWorld): ReturnType<BugProber['after']> {
    const correct = openWorld(PROFILE, SCOPE);
    for (const command of path) {
      correct.execute(command, true);
      world.execute(command, true);
    }
    return (command, observation, digest) => {
      const next = correct.clone();
      const isSame = JSON.stringify(next.execute(command, true)) === JSON.stringify(observation);
      return isSame && next.digest() === digest ? digest : undefined;
    };
  }
}

/** Finds a violation. */
class ViolationProber extends BugProber {
  protected after(path: readonly Command[], world: EmbeddedWorld): ReturnType<BugProber['after']> {
    judge.begin();
    for (const [index, command] of path.entries()) judge.judge(index, command, world.execute(command, true));
    const states = judge.states.map((state) => state.clone());
    return (command, observation, digest) => {
      if (observation === undefined) return undefined;
      judge.resume(states);
      if (judge.judge(path.length, command, observation).kind === 'violates') return undefined;
      return `${judge.states.map((state) => stateKey(state)).join()} ${digest}`;
    };
  }
}

/** Runs the suite until a case fails. */
async function runSuite(mutation: KernelMutation | undefined): Promise<{
  readonly failed: boolean;
  readonly cases: number;
  readonly commands: number;
  readonly seconds: number;
  readonly suite: CompleteSuite;
}> {
  const graph = await transitionGraph({ region: REGION, capabilities: EVERYTHING, maxStates: Infinity });
  if (graph === undefined) throw new Error('the slice has no end');
  const suite = new CompleteSuite(graph, EXTRA_STATES);
  const target = new EmbeddedTarget(mutation === undefined ? {} : { mutation });
  const examiner = new Examiner(target, PROFILE, { watcher: suite });
  const began = processorSeconds();
  let cases = 0;
  let sent = 0;
  let failed = false;
  do {
    for (; !failed && suite.has(cases); cases++) {
      const testCase = suite.at(cases);
      sent += testCase.commands.length;
      const examined = await examiner.examine(testCase);
      failed = examined.kind !== 'judged' || examined.verdict.kind === 'violates';
    }
  } while (!failed && suite.extend());
  return { failed, cases, commands: sent, seconds: processorSeconds() - began, suite };
}

/** The result for a planted bug. */
async function checkBug(mutation: KernelMutation): Promise<string> {
  // No path to a new state is longer than the number of states.
  const search = { longest: MAX_STATES, maxStates: MAX_STATES };
  const effect = await searchShorter(new EffectProber(mutation), search);
  if (effect.commands === undefined) return 'no effect';
  const violation = await searchShorter(new ViolationProber(mutation), search);
  if (violation.commands === undefined && violation.frontier === undefined) return 'conforms';
  const shows =
    violation.commands === undefined ? 'undecided' : `shows after ${violation.commands.length} commands`;
  const { failed, cases, commands: sent, seconds } = await runSuite(mutation);
  const figures = `${cases} cases, ${sent} commands, ${seconds.toFixed(1)} s`;
  return `${shows}, ${failed ? 'killed' : 'NOT KILLED'}: ${figures}`;
}

const { values } = parseArgs({ options: { bugs: { type: 'string' } } });
const named = values.bugs?.split(',');
const bugs = MUTANTS.filter(
  ({ id, profiles, mutation }) =>
    mutation.outlivesWorlds !== true && profiles.includes(PROFILE) && named?.includes(id) !== false,
);
for (const { id, mutation } of bugs) console.log(`${id}: ${await checkBug(mutation)}`);

if (named === undefined) {
  const { failed, cases, commands: sent, seconds, suite } = await runSuite(undefined);
  const figures = `${cases} cases, ${sent} commands, ${seconds.toFixed(1)} s`;
  console.log(`the kernel without a bug: ${failed ? 'FAILS' : 'conforms'}: ${figures}`);
  console.log(JSON.stringify(suite.completeness(cases)));
}
