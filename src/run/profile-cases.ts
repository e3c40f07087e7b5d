import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { type DirectedCase, directedSuite } from '../generate/directed-suite.ts';
import { focusOps } from '../generate/strategy.ts';
import type { CasePlan } from '../search/case-plan.ts';
import type { CaseNumber } from '../shrink/finding.ts';
import { commandsFor, sliceValue } from '../search/transition-graph.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { renamedCase, SAME } from '../../spec/vocabulary/rename.ts';
import type { SpecificationSlice } from '../search/case-plan.ts';

/** One of several parts of a run, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Everything that determines the cases of a run, besides the profile and the capabilities of the target. */
export interface ProfileCasesOptions {
  readonly seed: number;
  readonly focus: readonly RequirementId[];
  readonly directed?: boolean | undefined;
  /** The cases after the directed suite, instead of random ones. */
  readonly plan?: CasePlan | undefined;
  /** The world and the commands of random cases; any by default. */
  readonly slice?: SpecificationSlice | undefined;
}

/** Number of cases in a block; larger after the first cases, so that a long run has few blocks. */
const BLOCK = 16;
const LARGE_BLOCK = 256;
const MAX_SMALL = 4096;

/**
 * The cases of one profile by their places: the directed suite first, then the random cases. Consecutive places form
 * blocks, which are dealt to shards and workers; a block never contains both kinds of cases.
 */
export class ProfileCases {
  readonly suite: readonly DirectedCase[];
  readonly #source: CaseSource;
  readonly #seed: number;
  readonly #plan: CasePlan | undefined;
  /** The commands of the slice, as text. */
  readonly #within: ReadonlySet<string> | undefined;

  constructor(
    profile: ProfileName,
    capabilities: ReadonlySet<Capability>,
    { seed, focus, directed = false, plan, slice }: ProfileCasesOptions,
  ) {
    this.#plan = plan;
    this.suite = directed ? directedSuite(profile, capabilities) : [];
    this.#source = new CaseSource({
      profile,
      capabilities,
      focused: focusOps(focus),
      ...(slice === undefined
        ? {}
        : {
            scope: slice.scope,
          }),
    });
    this.#within =
      slice === undefined
        ? undefined
        : new Set(['{"op":"inspect"}', ...commandsFor({ ...slice, profile }, capabilities).map(textOf)]);
    this.#seed = seed;
  }

  at(place: number): Case {
    const directed = this.suite[place];
    if (directed !== undefined) return directed.case;
    const index = place - this.suite.length;
    return this.#plan?.at(index) ?? this.#inSlice(this.#source.draw(caseRandom(this.#seed, index)));
  }

  /** A random case with the commands and values of the slice alone: every subsequence of a case is a case. */
  #inSlice(drawn: Case): Case {
    const within = this.#within;
    if (within === undefined) return drawn;
    const { commands, ...rest } = renamedCase(drawn, { ...SAME, value: sliceValue });
    return { ...rest, commands: commands.filter((command) => within.has(textOf(command))) };
  }

  /** Whether there is a case at this place; random cases have no end. */
  has(place: number): boolean {
    return place < this.suite.length || this.#plan?.has(place - this.suite.length) !== false;
  }

  /** Random cases are numbered separately from the directed suite. */
  numberAt(place: number): CaseNumber {
    const directed = this.suite[place];
    return directed === undefined
      ? { index: place - this.suite.length }
      : { index: place, directed: directed.name };
  }

  /** The place after the last one of the block that contains this place. */
  blockEnd(place: number): number {
    const { length } = this.suite;
    if (place < length) return Math.min(length, endOf(place, BLOCK));
    const random = place - length;
    return length + endOf(random, random < MAX_SMALL ? BLOCK : LARGE_BLOCK);
  }

  /** The first place, from this one on, that belongs to a shard: it gets every n-th block. */
  nextOf({ index, of }: Shard, from: number): number {
    let place = from;
    while (this.#blockAt(place) % of !== index - 1) place = this.blockEnd(place);
    return place;
  }

  #blockAt(place: number): number {
    const { length } = this.suite;
    if (place < length) return Math.floor(place / BLOCK);
    const random = place - length;
    const before = Math.ceil(length / BLOCK);
    return random < MAX_SMALL
      ? before + Math.floor(random / BLOCK)
      : before + MAX_SMALL / BLOCK + Math.floor((random - MAX_SMALL) / LARGE_BLOCK);
  }
}

const textOf = (command: Command): string => JSON.stringify(command);

/** The whole run as a single shard. */
export const SINGLE_SHARD: Shard = { index: 1, of: 1 };

const endOf = (place: number, block: number): number => (Math.floor(place / block) + 1) * block;
