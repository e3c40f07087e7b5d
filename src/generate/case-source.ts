import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { capabilitiesIn, type Capability } from '../../spec/vocabulary/capability.ts';
import type { Case, Observe } from '../../spec/vocabulary/case.ts';
import { type Op, OPS } from '../../spec/vocabulary/command.ts';
import { blockIn, type Scope, scopeKey } from '../../spec/vocabulary/scope.ts';
import { CaseBuilder } from './case-builder.ts';
import { LifecycleBuilder } from './lifecycle-builder.ts';
import { blockLifecyclesFor } from './block-lifecycles.ts';
import { type Lifecycle, lifecyclesFor } from './lifecycles.ts';
import { ModelRun } from './model-run.ts';
import { BALANCED, drawBlockStrategy, drawStrategy, type RandomSource, type Strategy } from './strategy.ts';

/**
 * The random source of one case. It depends on seed and index alone, so that any worker can generate any case.
 *
 * Neighbouring seeds of the generator produce neighbouring numbers. Seed and index are therefore mixed first (two
 * rounds of a 32-bit finaliser each), and the generator is advanced before its first use.
 */
export function caseRandom(seed: number, index: number): CaseRandom {
  const mixed = mix(seed | 0);
  const generator = xoroshiro128plus(mix(mixed ^ index));
  generator.jump();
  return { seed: mixed, index, nextInt: (min, max) => uniformInt(generator, min, max) };
}

/** The random source of a case of a run, and the position of the case in it. */
interface CaseRandom extends RandomSource {
  readonly seed: number;
  readonly index: number;
}

function mix(number: number): number {
  let bits = number ^ 0x9e3779b9;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

export interface CaseSourceOptions {
  readonly profile: ProfileName;
  readonly capabilities: ReadonlySet<Capability>;
  /** Commands with a higher weight, for a run that focuses on requirements. */
  readonly focused?: readonly Op[];
  /** The world of every case; random by default. */
  readonly scope?: Scope;
}

/** Factor for the weight of a focused command. */
const FOCUS = 4;
/** One case in this many has no frames, one has no pin slots, and one has a large world. */
const UNUSUAL_ONE_IN = 24;
/** One case in this many shows its state only at some steps. */
const INSPECTED_ONE_IN = 8;
/** Maximum number of draws per position before it is left empty because no drawn command is admitted. */
const TRIES = 12;
/** Minimum and maximum number of commands that are drawn; their follow-ups are not counted. */
const MIN_DRAWN = 6;
const MAX_DRAWN = 64;

/** A case of a random strategy, of lifecycles or of races, in a world of base pages or of blocks. */
type CaseKind = 'usual' | 'lifecycles' | 'races' | 'blocks' | 'block lifecycles';

const RACES_PER_CASE = 12;
const LIFECYCLES_PER_CASE = 2;
/** Numbers of frequent and of other changes in a lifecycle. */
const FREQUENT_CHANGES = 4;
const OTHER_CHANGES = 2;

/** Arguments of commands in lifecycles are drawn as in balanced cases, for all kinds of commands. */
const LIFECYCLE_STRATEGY: Strategy = { ...BALANCED, otherKinds: 0 };

/** The n-th element of a permutation of 0 … count − 1, which depends on the seed and on the number of the round. */
export function placeOf(seed: number, turn: number, count: number): number {
  if (count === 0) return 0;
  const round = mix(seed ^ Math.floor(turn / count));
  let stride = 1 + ((round >>> 8) % count);
  while (greatestCommonDivisor(stride, count) !== 1) stride++;
  return ((round >>> 4) + (turn % count) * stride) % count;
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/** The changes of a lifecycle in its n-th round: some of each list, all of which come once before one is repeated. */
function changesOf({ frequent, others }: Lifecycle, order: number, round: number): Lifecycle['frequent'] {
  const some = <T>(items: readonly T[], count: number): T[] =>
    Array.from({ length: count }, (_, at) => placeOf(order, round * count + at, items.length)).flatMap((at) =>
      items.slice(at, at + 1),
    );
  return [...some(frequent, FREQUENT_CHANGES), ...some(others, OTHER_CHANGES)];
}

/** The kinds of cases for a target, in their order. A run that focuses on other commands has no cases of races. */
function cycleFor(capabilities: ReadonlySet<Capability>, focused: ReadonlySet<Op>): readonly CaseKind[] {
  const races: readonly CaseKind[] =
    capabilities.has('race') && (focused.size === 0 || focused.has('race')) ? ['races'] : [];
  return capabilities.has('large-folios')
    ? ['usual', 'lifecycles', 'block lifecycles', 'usual', ...races, 'blocks']
    : ['usual', 'lifecycles', 'usual', ...races, 'usual'];
}

/** The cumulative weights of the commands. */
function cumulative({ weights }: Strategy, focused: ReadonlySet<Op>): readonly number[] {
  let sum = 0;
  return OPS.map((op) => {
    sum += Math.round((weights[op] ?? 0) * 10) * (focused.has(op) ? FOCUS : 1) + (focused.has(op) ? 10 : 0);
    return sum;
  });
}

/**
 * Generates random cases, guided by the reference model: the model executes each case with the most likely choices, and
 * commands are drawn that have an effect in the state reached. Some commands that must fail are drawn deliberately. No
 * target is involved, so a case depends on its random source alone.
 */
export class CaseSource {
  readonly #options: CaseSourceOptions;
  readonly #focused: ReadonlySet<Op>;
  readonly #lifecycles: readonly Lifecycle[];
  readonly #blockLifecycles: readonly Lifecycle[];
  /** The kinds of cases, which follow one another in this order. */
  readonly #cycle: readonly CaseKind[];
  /** One guide for each world size, reused for all cases. */
  readonly #guides = new Map<number, ModelRun>();

  constructor(options: CaseSourceOptions) {
    const capabilities = capabilitiesIn(options.profile, options.capabilities);
    this.#options = { ...options, capabilities };
    const focused = new Set(options.focused);
    this.#focused = focused;
    this.#lifecycles = lifecyclesFor(capabilities, focused);
    this.#blockLifecycles = blockLifecyclesFor(capabilities, focused);
    // The world of a lifecycle has a place for each of its pages.
    this.#cycle = options.scope === undefined ? cycleFor(capabilities, focused) : ['usual'];
  }

  /** Generates one case. */
  draw(random: RandomSource | CaseRandom): Case {
    const seed = 'seed' in random ? random.seed : random.nextInt(0, 0x7fffffff);
    const index = 'index' in random ? random.index : random.nextInt(0, 0x7fffffff);
    const { length } = this.#cycle;
    const kind = this.#cycle[index % length] ?? 'usual';
    const drawLifecycles = (lifecycles: readonly Lifecycle[], scope: Scope): Case => {
      const perRound = this.#cycle.filter((other) => other === kind).length;
      const earlier = this.#cycle.slice(0, index % length).filter((other) => other === kind).length;
      return this.#drawLifecycles(
        { random, seed, turn: Math.floor(index / length) * perRound + earlier },
        lifecycles,
        scope,
      );
    };
    switch (kind) {
      case 'blocks':
        return this.#drawBlocks(random);
      case 'lifecycles':
        if (this.#lifecycles.length > 0)
          return drawLifecycles(this.#lifecycles, this.#lifecycleScope(random));
        break;
      case 'races':
        return this.#drawRaces(random);
      case 'block lifecycles':
        if (this.#blockLifecycles.length > 0) {
          return drawLifecycles(this.#blockLifecycles, lifecycleScopeOfBlocks(random));
        }
        return this.#drawBlocks(random);
      case 'usual':
        break;
    }
    return this.#drawFrom(drawStrategy(this.#options.capabilities, random), random);
  }

  #drawBlocks(random: RandomSource): Case {
    return this.#drawFrom(drawBlockStrategy(this.#options.capabilities, random), random);
  }

  /**
   * Draws a case of lifecycles. Consecutive cases of this kind go through all lifecycles in an order that depends on the
   * seed, before one of them is repeated.
   */
  #drawLifecycles(
    { random, seed, turn }: { readonly random: RandomSource; readonly seed: number; readonly turn: number },
    lifecycles: readonly Lifecycle[],
    scope: Scope,
  ): Case {
    const { profile } = this.#options;
    const observe = this.#observe(random);
    const guide = this.#guideFor(scope);
    const builder = new CaseBuilder(guide, random, { strategy: LIFECYCLE_STRATEGY, observe });
    const adder = new LifecycleBuilder(guide, builder, random);
    for (let number = 0; number < LIFECYCLES_PER_CASE; number++) {
      const count = turn * LIFECYCLES_PER_CASE + number;
      const which = placeOf(seed, count, lifecycles.length);
      const lifecycle = lifecycles[which];
      if (lifecycle === undefined) continue;
      const round = Math.floor(count / lifecycles.length);
      adder.add(lifecycle.beginning, changesOf(lifecycle, mix(seed ^ which), round), number);
    }
    builder.close();
    return { profile, scope, observe, commands: builder.commands };
  }

  #drawRaces(random: RandomSource): Case {
    const { profile, capabilities } = this.#options;
    const isOfBlocks = capabilities.has('race-blocks') && random.nextInt(0, 2) === 0;
    const world = isOfBlocks ? lifecycleScopeOfBlocks(random) : this.#lifecycleScope(random);
    const scope = { ...world, pages: 2 * blockIn(world), processes: random.nextInt(2, 3) };
    const observe = this.#observe(random);
    const guide = this.#guideFor(scope);
    const builder = new CaseBuilder(guide, random, { strategy: LIFECYCLE_STRATEGY, observe });
    new LifecycleBuilder(guide, builder, random).addRaces(RACES_PER_CASE);
    builder.close();
    return { profile, scope, observe, commands: builder.commands };
  }

  #drawFrom(strategy: Strategy, random: RandomSource): Case {
    const { profile } = this.#options;
    const weights = cumulative(strategy, this.#focused);
    const scope = this.#options.scope ?? this.#scope(random, strategy);
    const observe = this.#observe(random);
    const builder = new CaseBuilder(this.#guideFor(scope), random, { strategy, observe });
    const length = random.nextInt(MIN_DRAWN, MAX_DRAWN);
    builder.open();
    const last = (weights.at(-1) ?? 1) - 1;
    for (let place = 0; place < length; place++) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const drawn = random.nextInt(0, last);
        let index = 0;
        while ((weights[index] ?? Infinity) <= drawn) index++;
        const command = builder.command(OPS[index] ?? 'inspect');
        if (!builder.addUseful(command)) continue;
        builder.followUp(command);
        break;
      }
    }
    builder.close();
    return { profile, scope, observe, commands: builder.commands };
  }

  #scope(random: RandomSource, strategy: Strategy): Scope {
    if (strategy.block !== undefined) return scopeOfBlocks(random, strategy.block);
    const usual: Scope = {
      // One process is rarely enough: most of what can go wrong goes wrong between two.
      processes: [1, 2, 2, 3, 3][random.nextInt(0, 4)] ?? 2,
      // A page moves to where nothing is mapped.
      pages: random.nextInt((strategy.weights.move ?? 0) > 0 ? 2 : 1, 4),
      frames: random.nextInt(1, 4),
      slots: random.nextInt(1, 2),
      ...(this.#options.capabilities.has('devices') && strategy.devices !== undefined
        ? { devices: strategy.devices }
        : {}),
    };
    switch (random.nextInt(0, UNUSUAL_ONE_IN)) {
      case 0:
        return { ...usual, frames: 0 };
      case 1:
        return { ...usual, slots: 0 };
      case 2:
        // A race in a large world has outcomes by the thousand, and shows nothing that one in a small world does not.
        if ((strategy.weights.race ?? 0) > 0) return usual;
        return { ...usual, processes: 4, pages: random.nextInt(5, 16), frames: random.nextInt(5, 8) };
      default:
        return usual;
    }
  }

  /** One page for each lifecycle, and one to move to. */
  #lifecycleScope(random: RandomSource): Scope {
    const { capabilities } = this.#options;
    return {
      processes: [1, 2, 2, 2, 2, 3, 3][random.nextInt(0, 6)] ?? 2,
      pages: LIFECYCLES_PER_CASE + 1,
      frames: random.nextInt(1, 4),
      slots: random.nextInt(1, 2),
      ...(capabilities.has('devices') && random.nextInt(0, 2) === 0 ? { devices: 2 } : {}),
    };
  }

  #guideFor(scope: Scope): ModelRun {
    const key = scopeKey(scope);
    const known = this.#guides.get(key);
    if (known !== undefined) {
      known.reset();
      return known;
    }
    const guide = new ModelRun(scope, this.#options.profile, this.#options.capabilities);
    this.#guides.set(key, guide);
    return guide;
  }

  /**
   * Mostly the closest observation that the target supports, sometimes less, so that observation does not hide a
   * failure.
   */
  #observe(random: RandomSource): Observe {
    if (!this.#options.capabilities.has('every-step')) return 'inspect';
    return random.nextInt(0, INSPECTED_ONE_IN - 1) === 0 ? 'inspect' : 'every-step';
  }
}

/** One block for each lifecycle. */
function lifecycleScopeOfBlocks(random: RandomSource): Scope {
  const block = [2, 2, 2, 4][random.nextInt(0, 3)] ?? 2;
  return {
    processes: [1, 2, 2, 2, 3][random.nextInt(0, 4)] ?? 2,
    pages: LIFECYCLES_PER_CASE * block,
    frames: block * random.nextInt(1, 2) + (random.nextInt(0, 7) === 0 ? 1 : 0),
    slots: 1,
    block,
  };
}

/** A world of one or two blocks, sometimes with a page or a frame that belongs to none. */
function scopeOfBlocks(random: RandomSource, block: number): Scope {
  const size = (): number => block * random.nextInt(1, 2) + (random.nextInt(0, 7) === 0 ? 1 : 0);
  return {
    processes: [1, 2, 2, 3][random.nextInt(0, 3)] ?? 2,
    pages: random.nextInt(0, 3) === 0 ? block : 2 * block + (random.nextInt(0, 7) === 0 ? 1 : 0),
    frames: size(),
    slots: 1,
    block,
  };
}
