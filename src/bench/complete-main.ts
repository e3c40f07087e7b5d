import { parseArgs } from 'node:util';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import type { Region } from '../../spec/model/families.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import type { State } from '../../spec/model/state.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { Examiner } from '../examine/examiner.ts';
import type { EmbeddedWorld, KernelMutation } from '../kernel/world.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { CompleteSuite } from '../search/complete-suite.ts';
import { commandsFor, type TransitionGraph, transitionGraph } from '../search/transition-graph.ts';
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
/** The number of cases after which an exhaustive search decides whether the bug can show at all. Most bugs fail far earlier. */
const MAX_UNDECIDED_CASES = 60_000;

const commands = commandsFor(REGION, EVERYTHING);
const graph = await graphOfSlice();
const judge = new Judge(SCOPE, judgingOptionsFor(PROFILES[PROFILE], EVERYTHING), new Tally());

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function graphOfSlice(): Promise<TransitionGraph> {
  const made = await transitionGraph({ region: REGION, capabilities: EVERYTHING, maxStates: Infinity });
  if (made === undefined) throw new Error('The slice has no end.');
  return made;
}

/** The observation of a command on a world; undefined if the kernel with the bug crashes. */
function observe(world: EmbeddedWorld, command: Command): Observation | undefined {
  try {
    return world.execute(command, true);
  } catch {
    return undefined;
  }
}

/** A state of the kernel without a bug in the slice, and the commands that it admits. */
interface CorrectState {
  readonly depth: number;
  readonly digest: string;
  readonly moves: { readonly command: Command; readonly observation: string; readonly to: number }[];
}

/** All states of the kernel without a bug in the slice, in the order of a breadth-first search. */
function correctStates(): readonly CorrectState[] {
  const first = openWorld(PROFILE, SCOPE);
  const states: CorrectState[] = [{ depth: 0, digest: first.digest(), moves: [] }];
  const reached = [{ world: first, admission: new Admission(SCOPE, PROFILE) }];
  const numbers = new Map([[`${new Admission(SCOPE, PROFILE).key} ${first.digest()}`, 0]]);
  for (const [number, { world, admission }] of reached.entries()) {
    const state = states[number];
    if (state === undefined) break;
    for (const command of commands) {
      if (!admission.wouldAdmit(command)) continue;
      const next = world.clone();
      const observation = JSON.stringify(next.execute(command, true));
      const admitted = admission.clone();
      admitted.admit(command);
      const digest = next.digest();
      const key = `${admitted.key} ${digest}`;
      let to = numbers.get(key);
      if (to === undefined) {
        to = reached.push({ world: next, admission: admitted }) - 1;
        numbers.set(key, to);
        states.push({ depth: state.depth + 1, digest, moves: [] });
      }
      state.moves.push({ command, observation, to });
    }
  }
  return states;
}

/** The number of commands after which a bug has an effect: another observation or another state; undefined for none. */
function effectOf(mutation: KernelMutation): number | undefined {
  const worlds: EmbeddedWorld[] = [openWorld(PROFILE, SCOPE, mutation)];
  if (worlds[0]?.digest() !== correct[0]?.digest) return 0;
  for (const [number, { depth, moves }] of correct.entries()) {
    const world = worlds[number];
    if (world === undefined) throw new Error('A state is reached from none before it.');
    for (const { command, observation, to } of moves) {
      const next = world.clone();
      const isSame = JSON.stringify(observe(next, command)) === observation;
      if (!isSame || next.digest() !== correct[to]?.digest) return depth + 1;
      worlds[to] ??= next;
    }
  }
  return undefined;
}

/** The number of commands of the shortest violation; 'none'; or 'undecided' if there are too many states. */
function violationOf(mutation: KernelMutation | undefined): number | 'none' | 'undecided' {
  judge.begin();
  const world = openWorld(PROFILE, SCOPE, mutation);
  const admission = new Admission(SCOPE, PROFILE);
  const reached = [{ depth: 0, world, admission, states: clonesOf(judge.states) }];
  const seen = new Set<string>();
  for (const from of reached) {
    for (const command of commands) {
      if (!from.admission.wouldAdmit(command)) continue;
      const next = from.world.clone();
      const observation = observe(next, command);
      judge.resume(from.states);
      const verdict = observation && judge.judge(from.depth, command, observation);
      if (verdict?.kind !== 'conforms') return from.depth + 1;
      const admitted = from.admission.clone();
      admitted.admit(command);
      const key = [admitted.key, next.digest(), ...judge.states.map((state) => stateKey(state))].join(' ');
      if (seen.has(key)) continue;
      if (seen.size === MAX_STATES) return 'undecided';
      seen.add(key);
      reached.push({
        depth: from.depth + 1,
        world: next,
        admission: admitted,
        states: clonesOf(judge.states),
      });
    }
  }
  return 'none';
}

const clonesOf = (states: readonly State[]): readonly State[] => states.map((state) => state.clone());

/** Runs the suite until a case fails, or up to a number of cases. */
async function runSuite(
  mutation: KernelMutation | undefined,
  maxCases = Infinity,
): Promise<{
  readonly failed: boolean;
  readonly cases: number;
  readonly commands: number;
  readonly seconds: number;
  readonly suite: CompleteSuite;
}> {
  const suite = new CompleteSuite(graph, EXTRA_STATES);
  const target = new EmbeddedTarget(mutation === undefined ? {} : { mutation });
  const examiner = new Examiner(target, PROFILE, { watcher: suite });
  const began = processorSeconds();
  let cases = 0;
  let sent = 0;
  let failed = false;
  do {
    for (; !failed && cases < maxCases && suite.has(cases); cases++) {
      const testCase = suite.at(cases);
      sent += testCase.commands.length;
      const examined = await examiner.examine(testCase);
      failed = examined.kind !== 'judged' || examined.verdict.kind === 'violates';
    }
  } while (!failed && cases < maxCases && suite.extend());
  return { failed, cases, commands: sent, seconds: processorSeconds() - began, suite };
}

type Verdict = 'killed' | 'NOT KILLED' | 'no effect' | 'conforms' | 'undecided';

/** The verdict on a planted bug, and the figures. */
async function checkBug(mutation: KernelMutation): Promise<readonly [Verdict, string]> {
  const effect = effectOf(mutation);
  if (effect === undefined) return ['no effect', ''];
  const first = await runSuite(mutation, MAX_UNDECIDED_CASES);
  if (first.failed) return ['killed', `${figuresOf(first)}; effect after ${effect} commands`];
  const violation = violationOf(mutation);
  if (violation === 'none') return ['conforms', `effect after ${effect} commands`];
  const suite = await runSuite(mutation);
  const shows = violation === 'undecided' ? '' : `; shows after ${violation} commands`;
  if (suite.failed) return ['killed', `${figuresOf(suite)}${shows}`];
  return [violation === 'undecided' ? 'undecided' : 'NOT KILLED', `${figuresOf(suite)}${shows}`];
}

const figuresOf = ({ cases, commands: sent, seconds }: Awaited<ReturnType<typeof runSuite>>): string =>
  `${cases} cases, ${sent} commands, ${seconds.toFixed(1)} s`;

const correct = correctStates();
console.log(`the kernel without a bug: ${correct.length} states; violations: ${violationOf(undefined)}`);
const { values } = parseArgs({ options: { bugs: { type: 'string' } } });
const named = values.bugs?.split(',');
const bugs = MUTANTS.filter(
  ({ id, profiles, mutation }) =>
    mutation.outlivesWorlds !== true && profiles.includes(PROFILE) && named?.includes(id) !== false,
);
const counts = new Map<Verdict, number>();
for (const { id, mutation } of bugs) {
  const [verdict, figures] = await checkBug(mutation);
  counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  console.log(`${id}: ${verdict}${figures === '' ? '' : ` (${figures})`}`);
}
console.log([...counts].map(([verdict, count]) => `${verdict}: ${count}`).join(', '));

if (named === undefined) {
  const ran = await runSuite(undefined);
  console.log(`the kernel without a bug: ${ran.failed ? 'FAILS' : 'conforms'}: ${figuresOf(ran)}`);
  console.log(JSON.stringify(ran.suite.completeness(ran.cases)));
}
