import { type Capability, capabilitiesFor } from './capability.ts';
import type { Command } from './command.ts';
import type { Scope } from './scope.ts';

/** Why a command is not sent: the case alone decides it, whatever the target does. */
export type Refusal =
  | 'outside the scope'
  | 'the process is not alive'
  | 'the process slot is busy'
  | 'the page was never mapped'
  | 'the page is not mapped'
  | 'the page is mapped already'
  | 'the target does not offer it';

const INJECTIONS: readonly Capability[] = [
  'inject-sigbus',
  'inject-oom',
  'inject-no-frame',
  'inject-no-copy',
];

/** What became of a page since its process began. */
const NEVER_MAPPED = 0;
const MAPPED = 1;
const UNMAPPED_AGAIN = 2;

/**
 * Decides, from the case alone, which commands are sent. Who is alive and what is mapped follow from the commands
 * and never from the target, so the harness and every target agree on it without a word. A refused command is not
 * sent and changes nothing.
 *
 * A case begins with process 0 alive, nothing mapped, and the device attached.
 */
export class Admission {
  readonly #scope: Scope;
  readonly #offers: ReadonlySet<Capability> | undefined;
  readonly #alive: Uint8Array;
  readonly #mapped: Uint8Array;

  /** Without `offers`, every command counts as offered. */
  constructor(scope: Scope, offers?: ReadonlySet<Capability>) {
    this.#scope = scope;
    this.#offers = offers;
    this.#alive = new Uint8Array(scope.processes);
    this.#mapped = new Uint8Array(scope.processes * scope.pages);
    this.#alive[0] = 1;
  }

  /** Back to how a case begins. */
  reset(): void {
    this.#alive.fill(0);
    this.#mapped.fill(NEVER_MAPPED);
    this.#alive[0] = 1;
  }

  /** Why the command is refused; or undefined, and what it does is taken note of. */
  admit(command: Command): Refusal | undefined {
    const refusal = this.#offered(command) ? this.refusal(command) : 'the target does not offer it';
    if (refusal === undefined) this.#note(command);
    return refusal;
  }

  /** Whether the command would be sent now, without taking note of anything. */
  wouldAdmit(command: Command): boolean {
    return this.#offered(command) && this.refusal(command) === undefined;
  }

  #offered(command: Command): boolean {
    const offers = this.#offers;
    if (offers === undefined) return true;
    if (command.op === 'heal') return INJECTIONS.some((injection) => offers.has(injection));
    for (const needed of capabilitiesFor(command)) {
      if (!offers.has(needed)) return false;
    }
    return true;
  }

  /** Why the command would be refused now, without taking note of anything. */
  refusal(command: Command): Refusal | undefined {
    switch (command.op) {
      case 'heal':
      case 'attach':
      case 'detach':
      case 'swap-on':
      case 'inspect':
        return undefined;
      case 'spawn':
        if (command.process >= this.#scope.processes) return 'outside the scope';
        return this.#alive[command.process] === 1 ? 'the process slot is busy' : undefined;
      case 'fork':
        if (command.child >= this.#scope.processes) return 'outside the scope';
        return (
          this.#dead(command.process) ??
          (this.#alive[command.child] === 1 ? 'the process slot is busy' : undefined)
        );
      case 'exit':
        return this.#dead(command.process);
      case 'map':
        return (
          this.#outside(command.process, command.page) ??
          (this.#mapping(command.process, command.page) === MAPPED ? 'the page is mapped already' : undefined)
        );
      case 'unmap':
      case 'discard':
      case 'protect':
      case 'evict':
        return (
          this.#outside(command.process, command.page) ??
          (this.#mapping(command.process, command.page) === MAPPED ? undefined : 'the page is not mapped')
        );
      case 'pin':
        if (command.slot >= this.#scope.slots) return 'outside the scope';
        return this.#untouchable(command.process, command.page);
      case 'load':
      case 'store':
      case 'device-load':
      case 'device-store':
        return this.#untouchable(command.process, command.page);
      case 'migrate-to-device':
      case 'migrate-to-system':
        return this.#rangeRefusal(command.process, command.page, command.count);
      case 'unpin':
        return command.slot < this.#scope.slots ? undefined : 'outside the scope';
      case 'inject': {
        const { victim } = command;
        if (victim === 'any') return undefined;
        return victim.process < this.#scope.processes && victim.page < this.#scope.pages
          ? undefined
          : 'outside the scope';
      }
    }
  }

  #mapping(process: number, page: number): number {
    return this.#mapped[process * this.#scope.pages + page] ?? NEVER_MAPPED;
  }

  #dead(process: number): Refusal | undefined {
    if (process >= this.#scope.processes) return 'outside the scope';
    return this.#alive[process] === 1 ? undefined : 'the process is not alive';
  }

  #outside(process: number, page: number): Refusal | undefined {
    return page < this.#scope.pages ? this.#dead(process) : 'outside the scope';
  }

  /** A page that was mapped once may be touched for ever: where it is gone, the target must refuse the touch. */
  #untouchable(process: number, page: number): Refusal | undefined {
    return (
      this.#outside(process, page) ??
      (this.#mapping(process, page) === NEVER_MAPPED ? 'the page was never mapped' : undefined)
    );
  }

  /** A range may have gaps, but something of it must be mapped. */
  #rangeRefusal(process: number, page: number, count: number): Refusal | undefined {
    if (page + count > this.#scope.pages) return 'outside the scope';
    const dead = this.#dead(process);
    if (dead !== undefined) return dead;
    for (let at = page; at < page + count; at++) {
      if (this.#mapping(process, at) === MAPPED) return undefined;
    }
    return 'the page is not mapped';
  }

  #note(command: Command): void {
    const { pages } = this.#scope;
    switch (command.op) {
      case 'spawn':
        this.#alive[command.process] = 1;
        return;
      case 'fork':
        this.#alive[command.child] = 1;
        this.#mapped.copyWithin(
          command.child * pages,
          command.process * pages,
          (command.process + 1) * pages,
        );
        return;
      case 'exit':
        this.#alive[command.process] = 0;
        this.#mapped.fill(NEVER_MAPPED, command.process * pages, (command.process + 1) * pages);
        return;
      case 'map':
        this.#mapped[command.process * pages + command.page] = MAPPED;
        return;
      case 'unmap':
        this.#mapped[command.process * pages + command.page] = UNMAPPED_AGAIN;
        return;
      default:
        return;
    }
  }
}
