import type fc from 'fast-check';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { type Capability, capabilitiesIn } from '../../spec/vocabulary/capability.ts';
import type { Case, Observe } from '../../spec/vocabulary/case.ts';
import { type Op, OPS } from '../../spec/vocabulary/command.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { Draft } from './draft.ts';
import { Guide } from './guide.ts';
import { BALANCED, laterPortfolioFor, portfolioFor, type Strategy } from './strategy.ts';

export interface CaseSourceOptions {
  readonly profile: ProfileName;
  readonly capabilities: ReadonlySet<Capability>;
  /** Commands to draw more often, for a run that is after certain requirements. */
  readonly favoured?: readonly Op[];
}

/** How much more often a favoured command is drawn. */
const FAVOUR = 4;
/** Of so many cases one has a device without frames, one no slot for a pin, and one a large world. */
const UNUSUAL_ONE_IN = 24;
/** How often another command is drawn when one would not be sent, before the place is left out. */
const TRIES = 12;

/** One of so many cases is about what came later into the vocabulary, where a target offers any of it. */
const LATER_SHARE = 4;

interface Portfolio {
  readonly strategies: readonly Strategy[];
  /** By strategy, the weights of the commands added up: a number drawn below the last falls to one of them. */
  readonly weights: readonly (readonly number[])[];
}

const weighted = (strategies: readonly Strategy[], favoured: ReadonlySet<Op>): Portfolio => ({
  strategies,
  weights: strategies.map(({ weights }) => {
    let sum = 0;
    return OPS.map((op) => {
      sum += Math.round(weights[op] * 10) * (favoured.has(op) ? FAVOUR : 1) + (favoured.has(op) ? 10 : 0);
      return sum;
    });
  }),
});

/**
 * Makes cases, guided by the reference model: it goes through each case as the likeliest implementation would, and
 * draws commands that mean something in the state so reached. Most are applicable; some must be refused, and are drawn
 * on purpose. The model is only a guide: no target is asked, so a case follows from its randomness alone.
 */
export class CaseSource {
  readonly #options: CaseSourceOptions;
  /** Of all strategies those that have something to draw for this target; and of those that came later. */
  readonly #usual: Portfolio;
  readonly #later: Portfolio;
  /** One guide for each size of world, used again and again. */
  readonly #guides = new Map<number, Guide>();

  constructor(options: CaseSourceOptions) {
    const capabilities = capabilitiesIn(options.profile, options.capabilities);
    this.#options = { ...options, capabilities };
    const favoured = new Set(options.favoured);
    this.#usual = weighted(portfolioFor(capabilities), favoured);
    this.#later = weighted(laterPortfolioFor(capabilities), favoured);
  }

  /**
   * One case. Some are replaced by one about what came later into the vocabulary: after they were drawn, so that the
   * others are the same whether a target offers that or not.
   */
  draw(random: fc.Random): Case {
    const usual = this.#drawFrom(this.#usual, random);
    const isReplaced = this.#later.strategies.length > 0 && random.nextInt(0, LATER_SHARE - 1) === 0;
    return isReplaced ? this.#drawFrom(this.#later, random) : usual;
  }

  #drawFrom(portfolio: Portfolio, random: fc.Random): Case {
    const { profile, capabilities } = this.#options;
    const which = random.nextInt(0, portfolio.strategies.length - 1);
    const strategy = portfolio.strategies[which] ?? BALANCED;
    const weights = portfolio.weights[which] ?? [];
    const scope = this.#scope(random, strategy);
    const observe = this.#observe(random);
    const draft = new Draft(this.#guideFor(scope), random, strategy);
    const length = random.nextInt(strategy.shortest, strategy.longest);
    draft.open();
    const last = (weights.at(-1) ?? 1) - 1;
    for (let place = 0; place < length; place++) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const drawn = random.nextInt(0, last);
        let index = 0;
        while ((weights[index] ?? Infinity) <= drawn) index++;
        const command = draft.command(OPS[index] ?? 'inspect');
        if (!draft.add(command)) continue;
        draft.followUp(command);
        break;
      }
    }
    draft.close(observe, capabilities);
    return { profile, scope, observe, commands: draft.commands };
  }

  #scope(random: fc.Random, strategy: Strategy): Scope {
    const usual: Scope = {
      // One process is rarely enough: most of what can go wrong goes wrong between two.
      processes: [1, 2, 2, 3, 3][random.nextInt(0, 4)] ?? 2,
      // A page moves to where nothing is mapped.
      pages: random.nextInt(strategy.weights.move > 0 ? 2 : 1, 4),
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
        if (strategy.weights.race > 0) return usual;
        return { ...usual, processes: 4, pages: random.nextInt(5, 16), frames: random.nextInt(5, 8) };
      default:
        return usual;
    }
  }

  #guideFor(scope: Scope): Guide {
    const sizes = [scope.processes, scope.pages, scope.frames, scope.slots, devicesIn(scope)];
    const key = sizes.reduce((sum, size) => sum * 32 + size, 0);
    const known = this.#guides.get(key);
    if (known !== undefined) {
      known.reset();
      return known;
    }
    const guide = new Guide(scope, this.#options.profile, this.#options.capabilities);
    this.#guides.set(key, guide);
    return guide;
  }

  /** Mostly as closely as the target can be watched; now and then less, so that watching hides nothing. */
  #observe(random: fc.Random): Observe {
    if (!this.#options.capabilities.has('every-step')) return 'inspect';
    return random.nextInt(0, 3) === 0 ? 'inspect' : 'every-step';
  }
}
