import type { ProfileName } from '../profiles/profile.ts';
import { capabilitiesFor, capabilitiesForRace } from './capabilities-for.ts';
import { Capability, isMeantIn } from './capability.ts';
import type { Command, CommandOf, OpAdmittedBy, OpWithEffects, RaceSide } from './command.ts';
import { COMMANDS } from './commands.ts';
import { pageByPage } from './parts.ts';
import { conflictOf, isDefinedAfter, type RaceConflict } from './race-conflict.ts';
import { blockIn, blockStart, devicesIn, framesIn, type Scope } from './scope.ts';

/** The reason why a command is not sent. It depends on the case alone, not on the behaviour of the target. */
export type Refusal =
  | 'outside the scope'
  | 'the process is not alive'
  | 'the process slot is busy'
  | 'the page was never mapped'
  | 'the page is not mapped'
  | 'the page is mapped already'
  | 'the page is not anonymous memory'
  | 'the page is watched'
  | 'there is no such block'
  | 'it is not sent in a world with blocks'
  | 'one command would be refused after the other'
  | RaceConflict
  | 'the target does not offer it';

const INJECTIONS: readonly Capability[] = [
  'inject-sigbus',
  'inject-oom',
  'inject-no-frame',
  'inject-no-copy',
  'inject-no-large-frame',
  'inject-no-large-page',
  'inject-no-split',
];

/** Commands that are about large folios, and are not sent in worlds of base pages. */
const ONLY_BLOCKS: ReadonlySet<Command['op']> = new Set<Command['op']>(['evict-range', 'collapse', 'split']);

/** Commands whose effect on large folios has no rules yet. */
const ONLY_BASE_PAGES: ReadonlySet<Command['op']> = new Set<Command['op']>([
  'lock',
  'unlock',
  'advise',
  'watch',
  'make-exclusive',
  'device-exchange',
  'inherit',
  'limit',
  'join',
  'surprise-remove',
]);

const WATCHES: readonly Capability[] = ['watch-missing', 'watch-write'];

const EVERYTHING: ReadonlySet<Capability> = new Set(Capability.options);

type WithoutOwnRule = Exclude<Command['op'], OpAdmittedBy<'own'> | 'race'>;

/** The state of a page since its process began. */
const NEVER_MAPPED = 0;
const UNMAPPED_AGAIN = 1;
/** After a race whose orders differ in this: mapped or never mapped; mapped or unmapped again. */
const PERHAPS_NEVER_MAPPED = 2;
const PERHAPS_UNMAPPED_AGAIN = 3;
/** Mapped: memory that others may share; anonymous memory; or anonymous memory with userfaultfd. */
const MAPPED = 4;
const ANONYMOUS = 5;
const WATCHED = 6;

/**
 * Decides, from the case alone, which commands are sent. The live processes and the mapped pages follow from the
 * commands and never from the target, so the harness and every target agree without communication. A refused command is
 * not sent and changes nothing.
 *
 * A case begins with process 0 alive, no page mapped, and the device attached.
 */
export class Admission {
  readonly #scope: Scope;
  readonly #profile: ProfileName;
  readonly #offers: ReadonlySet<Capability>;
  /** Whether races are sent whose outcome is not that of one order alone, or whose sides may find no mapping. */
  readonly #extendsRaces: boolean;
  readonly #alive: Uint8Array;
  readonly #mapped: Uint8Array;
  /** By page: whether the child of a fork has no such mapping. */
  readonly #withheld: Uint8Array;

  /** @param offers the capabilities of the target; if omitted, all capabilities of the profile */
  constructor(scope: Scope, profile: ProfileName, offers: ReadonlySet<Capability> = EVERYTHING) {
    this.#scope = scope;
    this.#profile = profile;
    this.#offers = offers;
    this.#extendsRaces = this.#has('race-extended');
    this.#alive = new Uint8Array(scope.processes);
    this.#mapped = new Uint8Array(scope.processes * scope.pages);
    this.#withheld = new Uint8Array(scope.processes * scope.pages);
    this.#alive[0] = 1;
  }

  /** Restores the state at the beginning of a case. */
  reset(): void {
    this.#alive.fill(0);
    this.#mapped.fill(NEVER_MAPPED);
    this.#withheld.fill(0);
    this.#alive[0] = 1;
  }

  /** A copy in the same state. */
  clone(): Admission {
    const copy = new Admission(this.#scope, this.#profile, this.#offers);
    copy.#alive.set(this.#alive);
    copy.#mapped.set(this.#mapped);
    copy.#withheld.set(this.#withheld);
    return copy;
  }

  /** Equal keys mean that the same commands are sent. */
  get key(): string {
    return String.fromCharCode(...this.#alive, ...this.#mapped, ...this.#withheld);
  }

  /** Returns why the command is refused; otherwise records its effect and returns undefined. */
  admit(command: Command): Refusal | undefined {
    const refusal = this.#offered(command) ? this.refusal(command) : 'the target does not offer it';
    if (refusal === undefined) this.#note(command);
    return refusal;
  }

  /** Whether the command would be sent now; records nothing. */
  wouldAdmit(command: Command): boolean {
    return this.#offered(command) && this.refusal(command) === undefined;
  }

  #has(capability: Capability): boolean {
    return this.#offers.has(capability) && isMeantIn(this.#profile, capability);
  }

  #hasAll(capabilities: readonly Capability[]): boolean {
    for (const needed of capabilities) {
      if (!this.#has(needed)) return false;
    }
    return true;
  }

  #offered(command: Command): boolean {
    if (command.op === 'race') {
      const { left, right } = command;
      return this.#hasAll(capabilitiesForRace(command)) && this.#offered(left) && this.#offered(right);
    }
    if (command.op === 'heal') return INJECTIONS.some((injection) => this.#has(injection));
    if (command.op === 'watch' && command.watch === 'none') return WATCHES.some((watch) => this.#has(watch));
    return this.#hasAll(capabilitiesFor(command));
  }

  /** The reason why the command would be refused now; records nothing. */
  refusal(command: Command): Refusal | undefined {
    const isWhole = 'whole' in command && command.whole === true;
    if (this.#scope.block === undefined) {
      const isForBlocks =
        isWhole || ONLY_BLOCKS.has(command.op) || ('compound' in command && command.compound === true);
      return isForBlocks ? 'there is no such block' : this.#refusalOfOne(command);
    }
    if (command.op === 'race' && !this.#has('race-blocks')) return 'the target does not offer it';
    if (ONLY_BASE_PAGES.has(command.op)) return 'it is not sent in a world with blocks';
    if (command.op === 'collapse') return this.#collapseRefusal(command);
    if (!isWhole) return this.#refusalOfOne(command);
    const hasBlocks =
      blockStart(this.#scope, command.page) !== undefined &&
      (command.op !== 'move' || blockStart(this.#scope, command.to) !== undefined);
    if (!hasBlocks) return 'there is no such block';
    if (command.op === 'map' && command.kind !== 'private') return 'the page is not anonymous memory';
    // A command on a whole block is sent if it would be for each of its pages, and all of them are anonymous memory.
    for (const single of pageByPage(command, this.#scope)) {
      const refusal =
        this.#refusalOfOne(single) ??
        (single.op === 'map' || !('page' in single)
          ? undefined
          : this.#notAnonymous(single.process, single.page));
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** A collapse is sent if all pages of the block are anonymous memory. */
  #collapseRefusal({ process, page }: CommandOf<'collapse'>): Refusal | undefined {
    const first = blockStart(this.#scope, page);
    if (first === undefined) return 'there is no such block';
    for (let at = first; at < first + blockIn(this.#scope); at++) {
      const refusal = this.#notAnonymous(process, at);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #refusalOfOne(command: Command): Refusal | undefined {
    switch (command.op) {
      case 'spawn':
        if (command.process >= this.#scope.processes) return 'outside the scope';
        return this.#alive[command.process] === 1 ? 'the process slot is busy' : undefined;
      case 'fork':
        if (command.child >= this.#scope.processes) return 'outside the scope';
        return (
          this.#dead(command.process) ??
          (this.#alive[command.child] === 1 ? 'the process slot is busy' : undefined)
        );
      case 'map':
        return this.#outside(command.process, command.page) ?? this.#taken(command.process, command.page);
      case 'move':
        return (
          this.#notAnonymous(command.process, command.page) ??
          this.#outside(command.process, command.to) ??
          this.#taken(command.process, command.to) ??
          (this.#mapping(command.process, command.page) === WATCHED ? 'the page is watched' : undefined)
        );
      case 'inject': {
        const { victim } = command;
        if (victim === 'any') return undefined;
        return victim.process < this.#scope.processes && victim.page < this.#scope.pages
          ? undefined
          : 'outside the scope';
      }
      case 'evict-range':
        return command.frame + command.frames <= framesIn(this.#scope) ? undefined : 'outside the scope';
      case 'race':
        return this.#raceRefusal(command);
      default:
        return this.#refusalByArguments(command satisfies CommandOf<WithoutOwnRule>);
    }
  }

  /** The rule of most commands: the arguments are in scope, and the page is mapped as the table of commands says. */
  #refusalByArguments(command: CommandOf<WithoutOwnRule>): Refusal | undefined {
    const outside =
      ('device' in command ? this.#noDevice(command.device) : undefined) ??
      ('slot' in command && command.slot >= this.#scope.slots ? 'outside the scope' : undefined);
    if (outside !== undefined || !('process' in command)) return outside;
    const { process } = command;
    if (!('page' in command)) return this.#dead(process);
    if ('count' in command) return this.#rangeRefusal(process, command.page, command.count);
    switch (COMMANDS[command.op].admission) {
      case 'mapped':
        return this.#unmapped(process, command.page);
      case 'anonymous':
        return this.#notAnonymous(process, command.page);
      case 'once-mapped':
        return this.#unaccessible(process, command.page);
    }
  }

  /** Both commands must be admissible now, and each after the other. */
  #raceRefusal({ left, right }: CommandOf<'race'>): Refusal | undefined {
    return (
      this.refusal(left) ??
      this.refusal(right) ??
      (this.#isRefusedAfter(left, right) || this.#isRefusedAfter(right, left)
        ? 'one command would be refused after the other'
        : this.#extendsRaces
          ? undefined
          : conflictOf(left, right, blockIn(this.#scope), (place) => this.#mayBeShared(place)))
    );
  }

  /** Whether a command would be refused after another, and then has no result. */
  #isRefusedAfter(first: RaceSide, second: RaceSide): boolean {
    if (first.op !== 'unmap' && first.op !== 'fork' && first.op !== 'exit' && first.op !== 'move')
      return false;
    const alive = this.#alive.slice();
    const mapped = this.#mapped.slice();
    const withheld = this.#withheld.slice();
    this.#note(first);
    const refusal = this.refusal(second);
    this.#alive.set(alive);
    this.#mapped.set(mapped);
    this.#withheld.set(withheld);
    if (refusal === undefined) return false;
    return !this.#extendsRaces || !isDefinedAfter(refusal, second);
  }

  /** Whether the page may be memory that others share, as far as the case determines it. */
  #mayBeShared({ process, page }: { readonly process: number; readonly page: number }): boolean {
    return this.#mapping(process, page) === MAPPED;
  }

  #noDevice(device = 0): Refusal | undefined {
    return device < devicesIn(this.#scope) ? undefined : 'outside the scope';
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

  #taken(process: number, page: number): Refusal | undefined {
    return this.#mapping(process, page) > UNMAPPED_AGAIN ? 'the page is mapped already' : undefined;
  }

  #unmapped(process: number, page: number): Refusal | undefined {
    const outside = this.#outside(process, page);
    if (outside !== undefined) return outside;
    return this.#mapping(process, page) >= MAPPED ? undefined : 'the page is not mapped';
  }

  /** Commands that require anonymous memory are not sent for other memory. */
  #notAnonymous(process: number, page: number): Refusal | undefined {
    const outside = this.#outside(process, page);
    if (outside !== undefined) return outside;
    const mapping = this.#mapping(process, page);
    if (mapping < MAPPED) return 'the page is not mapped';
    return mapping < ANONYMOUS ? 'the page is not anonymous memory' : undefined;
  }

  /**
   * A page that was mapped once may be accessed from then on: once it is unmapped, the target must refuse the access.
   */
  #unaccessible(process: number, page: number): Refusal | undefined {
    const outside = this.#outside(process, page);
    if (outside !== undefined) return outside;
    const mapping = this.#mapping(process, page);
    return mapping === NEVER_MAPPED || mapping === PERHAPS_NEVER_MAPPED
      ? 'the page was never mapped'
      : undefined;
  }

  /** A range may have gaps, but at least one of its pages must be mapped. */
  #rangeRefusal(process: number, page: number, count: number): Refusal | undefined {
    if (page + count > this.#scope.pages) return 'outside the scope';
    const dead = this.#dead(process);
    if (dead !== undefined) return dead;
    for (let at = page; at < page + count; at++) {
      if (this.#mapping(process, at) >= MAPPED) return undefined;
    }
    return 'the page is not mapped';
  }

  /**
   * The state of a page in the child of a fork. userfaultfd is not inherited; a page that is not inherited may be
   * accessed.
   */
  #inherited(process: number, page: number): number {
    const mapping = this.#mapping(process, page);
    if (this.#withheld[process * this.#scope.pages + page] === 1) return UNMAPPED_AGAIN;
    return mapping === WATCHED ? ANONYMOUS : mapping;
  }

  #note(command: Command): void {
    const { pages } = this.#scope;
    if (this.#scope.block !== undefined && 'whole' in command && command.whole === true) {
      for (const single of pageByPage(command, this.#scope)) this.#note(single);
      return;
    }
    switch (command.op) {
      case 'spawn':
        this.#alive[command.process] = 1;
        return;
      case 'fork':
        this.#alive[command.child] = 1;
        for (let page = 0; page < pages; page++) {
          this.#mapped[command.child * pages + page] = this.#inherited(command.process, page);
        }
        return;
      case 'exit':
        this.#alive[command.process] = 0;
        this.#mapped.fill(NEVER_MAPPED, command.process * pages, (command.process + 1) * pages);
        this.#withheld.fill(0, command.process * pages, (command.process + 1) * pages);
        return;
      case 'map':
        this.#mapped[command.process * pages + command.page] =
          command.kind === 'private' ? ANONYMOUS : MAPPED;
        return;
      case 'unmap':
        this.#mapped[command.process * pages + command.page] = UNMAPPED_AGAIN;
        this.#withheld[command.process * pages + command.page] = 0;
        return;
      case 'watch':
        this.#mapped[command.process * pages + command.page] = command.watch === 'none' ? ANONYMOUS : WATCHED;
        return;
      case 'move': {
        const from = command.process * pages + command.page;
        const to = command.process * pages + command.to;
        this.#mapped[to] = ANONYMOUS;
        this.#withheld[to] = this.#withheld[from] ?? 0;
        this.#mapped[from] = command.keep ? ANONYMOUS : UNMAPPED_AGAIN;
        if (!command.keep) this.#withheld[from] = 0;
        return;
      }
      case 'inherit':
        this.#withheld[command.process * pages + command.page] = command.inheritance === 'none' ? 1 : 0;
        return;
      case 'race':
        this.#noteRace(command);
        return;
      default:
        command satisfies CommandOf<OpWithEffects<{ space: 'keeps' }>>;
    }
  }

  /** The effects on which both orders agree. A page that is mapped after only one of them can only be accessed. */
  #noteRace({ left, right }: CommandOf<'race'>): void {
    const alive = this.#alive.slice();
    const mapped = this.#mapped.slice();
    const withheld = this.#withheld.slice();
    this.#noteInOrder(left, right);
    const leftFirst = this.#mapped.slice();
    this.#alive.set(alive);
    this.#mapped.set(mapped);
    this.#withheld.set(withheld);
    this.#noteInOrder(right, left);
    for (const [cell, mapping] of leftFirst.entries()) {
      const other = this.#mapped[cell] ?? NEVER_MAPPED;
      if (other === mapping) continue;
      this.#mapped[cell] =
        Math.min(other, mapping) === NEVER_MAPPED ? PERHAPS_NEVER_MAPPED : PERHAPS_UNMAPPED_AGAIN;
    }
  }

  #noteInOrder(first: RaceSide, second: RaceSide): void {
    this.#note(first);
    if (this.refusal(second) === undefined) this.#note(second);
  }
}
