import type fc from 'fast-check';
import { perform } from '../../spec/model/commands.ts';
import { NO_OBJECT, PRIVATE, State } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { termsFor } from '../../spec/model/terms.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { PROFILES } from '../../spec/profiles/profiles.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case, Observe } from '../../spec/vocabulary/case.ts';
import { type Command, InjectionKind, type Op, OPS, type Protection } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { PORTFOLIO, type Strategy } from './strategy.ts';

export interface CaseSourceOptions {
  readonly profile: ProfileName;
  readonly capabilities: ReadonlySet<Capability>;
  /** Commands to draw more often, for a run that is after certain requirements. */
  readonly favoured?: readonly Op[];
}

/** How much more often a favoured command is drawn. */
const FAVOUR = 4;
/** How often another command is drawn when one would not be sent, before the place is left out. */
const TRIES = 12;

/**
 * Makes cases, guided by the reference model: it goes through each case as the likeliest implementation would, and
 * draws commands that mean something in the state so reached. Most are applicable; some must be refused, and are drawn
 * on purpose. The model is only a guide: no target is asked, so a case follows from its randomness alone.
 */
export class CaseSource {
  readonly #options: CaseSourceOptions;
  readonly #opsByStrategy: readonly (readonly { readonly op: Op; readonly until: number }[])[];

  constructor(options: CaseSourceOptions) {
    this.#options = options;
    const favoured = new Set(options.favoured);
    this.#opsByStrategy = PORTFOLIO.map(({ weights }) => {
      let until = 0;
      return OPS.map((op) => {
        until += Math.round(weights[op] * 10) * (favoured.has(op) ? FAVOUR : 1) + (favoured.has(op) ? 10 : 0);
        return { op, until };
      });
    });
  }

  /** One case. */
  draw(random: fc.Random): Case {
    const which = random.nextInt(0, PORTFOLIO.length - 1);
    const strategy = PORTFOLIO[which] ?? PORTFOLIO[0];
    const ops = this.#opsByStrategy[which] ?? [];
    if (strategy === undefined) throw new Error('the portfolio is empty');
    const scope: Scope = {
      processes: random.nextInt(1, 3),
      pages: random.nextInt(1, 4),
      frames: random.nextInt(1, 4),
      slots: random.nextInt(1, 2),
    };
    const { profile, capabilities } = this.#options;
    const observe = this.#observe(random);
    const draft = new Draft(scope, this.#options, random, strategy);
    const length = random.nextInt(strategy.shortest, strategy.longest);
    draft.open();
    const total = ops.at(-1)?.until ?? 1;
    for (let place = 0; place < length; place++) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const drawn = random.nextInt(0, total - 1);
        const op = ops.find(({ until }) => drawn < until)?.op ?? 'inspect';
        if (draft.add(draft.command(op))) break;
      }
    }
    draft.close(observe, capabilities);
    return { profile, scope, observe, commands: draft.commands };
  }

  /** Mostly as closely as the target can be watched; now and then less, so that watching hides nothing. */
  #observe(random: fc.Random): Observe {
    if (!this.#options.capabilities.has('every-step')) return 'inspect';
    return random.nextInt(0, 3) === 0 ? 'inspect' : 'every-step';
  }
}

const PROTECTIONS: readonly Protection[] = ['none', 'read', 'read', 'write', 'write', 'write'];

/** A case in the making. */
class Draft {
  readonly commands: Command[] = [];
  readonly #scope: Scope;
  readonly #random: fc.Random;
  readonly #strategy: Strategy;
  readonly #admission: Admission;
  readonly #step: Step;
  /** Where the likeliest implementation would be now. */
  #state: State;
  /** Every store writes another value, so that whatever is read tells where it came from. */
  #nextValue = 1;

  constructor(scope: Scope, options: CaseSourceOptions, random: fc.Random, strategy: Strategy) {
    this.#scope = scope;
    this.#random = random;
    this.#strategy = strategy;
    this.#admission = new Admission(scope, options.capabilities);
    this.#step = new Step(scope, termsFor(PROFILES[options.profile], options.capabilities));
    this.#state = new State(scope);
  }

  /** Adds a command and follows it; false, and nothing is added, where it would not be sent. */
  add(command: Command): boolean {
    if (this.#admission.admit(command) !== undefined) return false;
    const step = this.#step;
    step.begin(this.#state, undefined, true);
    perform(step, command);
    const before = this.#state;
    this.#state = step.state;
    step.state = before;
    this.commands.push(command);
    return true;
  }

  /** Most cases begin with something to work on: mapped pages, some of them written. */
  open(): void {
    const pages = this.#random.nextInt(0, this.#scope.pages);
    for (let page = 0; page < pages; page++) {
      this.add({ op: 'map', process: 0, page, kind: 'private', protection: 'write' });
      if (this.#random.nextInt(0, 2) > 0) {
        this.add({ op: 'store', process: 0, page, value: this.#nextValue++ });
      }
    }
  }

  /**
   * The end of every case: look, heal, touch every page that is mapped, let go of every pin, end every process, and
   * look again. What went wrong on the way and has not shown yet, shows here.
   */
  close(observe: Observe, capabilities: ReadonlySet<Capability>): void {
    const look = (): void => {
      if (observe === 'inspect') this.add({ op: 'inspect' });
    };
    look();
    this.add({ op: 'heal' });
    const { processes, pages, slots } = this.#scope;
    for (let process = 0; process < processes; process++) {
      for (let page = 0; page < pages; page++) {
        if (this.#state.mapping[this.#state.at(process, page)] !== 0) this.add({ op: 'load', process, page });
      }
    }
    if (capabilities.has('pin')) {
      for (let slot = 0; slot < slots; slot++) {
        if (this.#state.slot[slot] !== 0) this.add({ op: 'unpin', slot });
      }
    }
    look();
    for (let process = 0; process < processes; process++) this.add({ op: 'exit', process });
    look();
  }

  /** A command of this name, at a place where it means something where there is one. */
  command(op: Op): Command {
    const random = this.#random;
    const { processes, slots } = this.#scope;
    switch (op) {
      case 'spawn':
        return { op, process: random.nextInt(0, processes - 1) };
      case 'fork':
        return { op, process: this.#liveProcess(), child: random.nextInt(0, processes - 1) };
      case 'exit':
        return { op, process: this.#liveProcess() };
      case 'map': {
        const kind = random.nextInt(0, 4) === 0 ? 'host' : 'private';
        const { process, page } = this.#anywhere();
        return { op, process, page, kind, protection: this.#protection() };
      }
      case 'unmap':
      case 'discard':
      case 'load':
      case 'device-load':
      case 'evict':
        return { op, ...this.#somewhere() };
      case 'protect':
        return { op, ...this.#somewhere(), protection: this.#protection() };
      case 'store':
      case 'device-store':
        return { op, ...this.#somewhere(), value: this.#nextValue++ };
      case 'migrate-to-device':
      case 'migrate-to-system': {
        const { process, page } = this.#anywhere();
        return { op, process, page, count: random.nextInt(1, this.#scope.pages - page) };
      }
      case 'pin':
        return { op, ...this.#somewhere(), slot: random.nextInt(0, slots - 1) };
      case 'unpin':
        return { op, slot: random.nextInt(0, slots - 1) };
      case 'inject': {
        const kind = InjectionKind.options[random.nextInt(0, InjectionKind.options.length - 1)] ?? 'sigbus';
        const remaining = random.nextInt(0, 3);
        return {
          op,
          kind,
          victim: random.nextInt(0, 1) === 0 ? 'any' : this.#somewhere(),
          remaining: remaining === 0 ? 'until-healed' : remaining,
        };
      }
      case 'swap-on':
        return { op, areas: random.nextInt(0, 2) === 0 ? 32 : random.nextInt(1, 14) };
      case 'heal':
      case 'attach':
      case 'detach':
      case 'inspect':
        return { op };
    }
  }

  #protection(): Protection {
    return PROTECTIONS[this.#random.nextInt(0, PROTECTIONS.length - 1)] ?? 'write';
  }

  #liveProcess(): number {
    const start = this.#random.nextInt(0, this.#scope.processes - 1);
    for (let offset = 0; offset < this.#scope.processes; offset++) {
      const process = (start + offset) % this.#scope.processes;
      if (this.#state.alive[process] === 1) return process;
    }
    return start;
  }

  #anywhere(): { process: number; page: number } {
    return { process: this.#liveProcess(), page: this.#random.nextInt(0, this.#scope.pages - 1) };
  }

  /** A page of a live process: on the device if the strategy likes that, else mapped where there is one, else any. */
  #somewhere(): { process: number; page: number } {
    const random = this.#random;
    const state = this.#state;
    const { length } = state.entry;
    const wantsDevice = random.nextInt(0, 9) < this.#strategy.deviceBias;
    const wantsMapped = random.nextInt(0, 19) > 0;
    const start = random.nextInt(0, length - 1);
    let mapped = -1;
    for (let offset = 0; offset < length; offset++) {
      const entry = (start + offset) % length;
      const object = state.entry[entry] ?? NO_OBJECT;
      if (wantsDevice && object > NO_OBJECT && state.onDevice(object)) return this.#place(entry);
      if (mapped < 0 && (state.mapping[entry] ?? 0) >= PRIVATE) mapped = entry;
    }
    return wantsMapped && mapped >= 0 ? this.#place(mapped) : this.#anywhere();
  }

  #place(entry: number): { process: number; page: number } {
    const { pages } = this.#scope;
    return { process: Math.floor(entry / pages), page: entry % pages };
  }
}
