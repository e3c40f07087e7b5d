import type fc from 'fast-check';
import { NO_OBJECT, PRIVATE, type State } from '../../spec/model/state.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Observe } from '../../spec/vocabulary/case.ts';
import { type Command, InjectionKind, type Op, type Protection } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Guide } from './guide.ts';
import type { Strategy } from './strategy.ts';

const PROTECTIONS: readonly Protection[] = ['none', 'read', 'read', 'write', 'write', 'write'];

/** A case in the making. */
export class Draft {
  readonly commands: Command[] = [];
  readonly #guide: Guide;
  readonly #scope: Scope;
  readonly #random: fc.Random;
  readonly #strategy: Strategy;
  /** Every store writes another value, so that whatever is read tells where it came from. */
  #nextValue = 1;

  constructor(guide: Guide, random: fc.Random, strategy: Strategy) {
    this.#guide = guide;
    this.#scope = guide.scope;
    this.#random = random;
    this.#strategy = strategy;
  }

  get #state(): State {
    return this.#guide.state;
  }

  /** Adds a command; false, and nothing is added, where it would not be sent. */
  add(command: Command): boolean {
    if (!this.#guide.follow(command)) return false;
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
