import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { fingerprintOf } from '../../spec/judge/verdict.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import { termsFor } from '../../spec/model/terms.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { PROFILES } from '../../spec/profiles/profiles.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { commandsIn, type Slice } from '../../spec/vocabulary/commands-in.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Plant } from '../kernel/plant.ts';
import { openWorld } from '../targets/embedded.ts';

export interface ShortestOptions {
  readonly profile: ProfileName;
  readonly scope: Scope;
  readonly slice: Slice;
  readonly plant: Plant | undefined;
  /** The way of failing that is looked for. */
  readonly fingerprint: string;
  /** The longest case that is tried. */
  readonly longest: number;
  /** The most states that are gone through, over all lengths. */
  readonly mostStates: number;
}

/** What a search came to. */
export interface Shortest {
  /** The shortest case that fails in the way looked for; undefined where there is none up to `searched`. */
  readonly commands: readonly Command[] | undefined;
  /** Every case of the slice up to this length was tried. */
  readonly searched: number;
  readonly states: number;
}

const EVERYTHING: ReadonlySet<Capability> = new Set(Capability.options);

/** How a case was come by: the case before it, and its last command. */
interface Node {
  readonly before: Node | undefined;
  readonly command: Command | undefined;
}

/**
 * Tries every case of a slice against the embedded kernel, shortest first, with a look after every step, until one
 * fails in the way looked for. Two cases count as one where both the model's possible states and everything in the
 * kernel that can tell in the future are the same; nothing is renamed, so nothing is assumed of the target.
 *
 * Only how each case was come by is kept, and run again when it is continued: a few microseconds against kilobytes.
 */
export function findShortest(options: ShortestOptions): Shortest {
  const { profile, scope } = options;
  const commands = commandsIn(scope, options.slice);
  const judge = new Judge(scope, termsFor(PROFILES[profile], EVERYTHING), new Tally());
  const seen = new Set<string>();
  let level: Node[] = [{ before: undefined, command: undefined }];
  for (let length = 1; length <= options.longest; length++) {
    const next: Node[] = [];
    for (const node of level) {
      const path = pathTo(node);
      const { world, admission, states } = runAgain(path, options, judge);
      for (const command of commands) {
        if (admission.refusal(command) !== undefined) continue;
        const child = world.clone();
        judge.resume(states);
        let verdict: ReturnType<Judge['judge']>;
        try {
          verdict = judge.judge(path.length, command, child.execute(command, true));
        } catch {
          continue;
        }
        if (verdict.kind === 'violates') {
          if (fingerprintOf(verdict.violation) !== options.fingerprint) continue;
          return { commands: [...path, command], searched: length, states: seen.size };
        }
        const key = `${judge.states.map((state) => stateKey(state)).join('\u0001')}\u0002${child.digest()}`;
        if (seen.has(key)) continue;
        if (seen.size >= options.mostStates) {
          return { commands: undefined, searched: length - 1, states: seen.size };
        }
        seen.add(key);
        next.push({ before: node, command });
      }
    }
    level = next;
  }
  return { commands: undefined, searched: options.longest, states: seen.size };
}

function pathTo(node: Node): readonly Command[] {
  const path: Command[] = [];
  for (let at: Node | undefined = node; at?.command !== undefined; at = at.before) path.push(at.command);
  return path.toReversed();
}

function runAgain(path: readonly Command[], options: ShortestOptions, judge: Judge) {
  const { profile, scope, plant } = options;
  const world = openWorld(profile, scope, plant);
  const admission = new Admission(scope);
  judge.begin();
  for (const [index, command] of path.entries()) {
    admission.admit(command);
    judge.judge(index, command, world.execute(command, true));
  }
  return { world, admission, states: judge.states.map((state) => state.clone()) };
}
