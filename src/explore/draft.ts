import type fc from 'fast-check';
import type { State } from '../../spec/model/state.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Observe } from '../../spec/vocabulary/case.ts';
import { type Command, type CommandOf, type Op, pinsForReading } from '../../spec/vocabulary/command.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { Drawer, strikesOnTheWayBack } from './drawer.ts';
import { addEpilogue } from './epilogue.ts';
import type { Guide } from './guide.ts';
import { Places } from './places.ts';
import { type Sequel, sequelOf } from './sequel.ts';
import type { Strategy } from './strategy.ts';

/** Commands that bring a page back from the device, and those that take one there. */
const WAYS_BACK: readonly Op[] = [
  'load',
  'load',
  'store',
  'store',
  'pin',
  'pin',
  'migrate-to-system',
  'evict',
  'detach',
];
const WAYS_THERE: readonly Op[] = ['migrate-to-device', 'migrate-to-device', 'device-store'];

/** The same of strategies that are about them; and what to ask of a page afterwards. */
const MORE_WAYS_BACK: readonly Op[] = [
  'kernel-load',
  'kernel-store',
  'populate',
  'lock',
  'evict-all',
  'evict-all',
  'evict-all',
  'make-exclusive',
  'race',
];
const AFTERMATH: readonly Op[] = [
  'residency',
  'page-map',
  'peek',
  'kernel-load',
  'move',
  'advise',
  'discard',
];

/** Ends of a page, a process, or a device, mostly followed by a new one: nothing of the old one may be left. */
const NEW_BEGINNINGS: readonly (readonly Op[])[] = [
  ['unmap', 'map'],
  ['unmap', 'map', 'store'],
  ['exit', 'spawn', 'map'],
  ['exit', 'spawn', 'map', 'store'],
  ['discard'],
  ['detach', 'attach'],
];

/** A case in the making. */
export class Draft {
  readonly commands: Command[] = [];
  readonly #guide: Guide;
  readonly #scope: Scope;
  readonly #random: fc.Random;
  readonly #strategy: Strategy;
  readonly #places: Places;
  readonly #drawer: Drawer;

  constructor(guide: Guide, random: fc.Random, strategy: Strategy) {
    this.#guide = guide;
    this.#scope = guide.scope;
    this.#random = random;
    this.#strategy = strategy;
    this.#places = new Places(guide, random, strategy.deviceBias);
    this.#drawer = new Drawer(guide, random, strategy, this.#places);
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

  /** Most cases begin with something to work on: mapped pages, most of them written, often on the device already. */
  open(): void {
    const random = this.#random;
    const { pages, processes } = this.#scope;
    const { lock, move } = this.#strategy.weights;
    const most = move + lock > 0 ? Math.max(1, pages - 1) : pages;
    const mapped = random.nextInt(0, 9) === 0 ? 0 : random.nextInt(1, most);
    for (let page = 0; page < mapped; page++) {
      this.add({ op: 'map', process: 0, page, kind: 'private', protection: 'write' });
      if (random.nextInt(0, 2) > 0) this.add({ op: 'store', process: 0, page, value: this.#drawer.value() });
    }
    if (mapped === 0) return;
    const kind = mapped < pages ? this.#drawer.otherKind() : undefined;
    if (kind !== undefined) {
      this.add({ op: 'map', process: 0, page: mapped, kind, protection: 'write' });
      this.add({ op: 'store', process: 0, page: mapped, value: this.#drawer.value() });
    }
    if (random.nextInt(0, 1) > 0) this.add({ op: 'migrate-to-device', process: 0, page: 0, count: mapped });
    if (processes > 1 && random.nextInt(0, 2) === 0) this.add({ op: 'fork', process: 0, child: 1 });
  }

  /** Ends the case with the usual epilogue. */
  close(observe: Observe, capabilities: ReadonlySet<Capability>): void {
    addEpilogue(this.#guide, observe, capabilities, (command) => this.add(command));
  }

  /** A command of this name, at a place where it means something where there is one. */
  command(op: Op): Command {
    const drawn = this.#drawer.command(op);
    this.#makeRoom(drawn);
    this.#prepare(drawn);
    return drawn;
  }

  /** Where every slot is taken, a process ends so that a child can have its own. */
  #makeRoom(command: Command): void {
    for (const part of partsOf(command)) {
      if (part.op === 'fork' && this.#state.alive[part.child] === 1 && part.child !== part.process) {
        this.add({ op: 'exit', process: part.child });
      }
    }
  }

  /** What a command finds says whether it tells anything: a device without a page, or a page that may be written, seldom does. */
  #prepare(command: Command): void {
    const random = this.#random;
    if (command.op === 'surprise-remove') {
      const { process, page } = this.#places.somewhere(0);
      const device = command.device === undefined ? {} : { device: command.device };
      if (random.nextInt(0, 3) > 0) this.add({ op: 'migrate-to-device', process, page, count: 1, ...device });
      if (random.nextInt(0, 2) === 0) this.add({ op: 'fork', process, child: this.#places.freeSlot() });
    } else if (pinsForReading(command) && 'page' in command && random.nextInt(0, 2) === 0) {
      this.add({ op: 'protect', process: command.process, page: command.page, protection: 'read' });
    }
  }

  /** Adds what is best done next: after some commands the likeliest next one says little. */
  followUp(command: Command): void {
    if (command.op === 'inject') this.#ambush(command);
    else this.#sequel(command);
  }

  /**
   * What to do while an injection lies in wait: mostly something that it can strike, at its victim's page, or at the
   * page beside it, so that the victim is met on the way. Left to chance, three of four are healed or replaced before
   * anything comes near them.
   */
  #ambush({ kind, victim }: CommandOf<'inject'>): void {
    const random = this.#random;
    if (random.nextInt(0, 4) === 0) return;
    const ops = strikesOnTheWayBack(kind) ? [...WAYS_BACK, ...this.#favoured(MORE_WAYS_BACK)] : WAYS_THERE;
    if (victim !== 'any') {
      const { process } = victim;
      const beside = victim.page ^ 1;
      const meets = this.#places.isOnDevice(process, beside) && random.nextInt(0, 2) > 0;
      this.#places.aim = { process, page: meets ? beside : victim.page };
    }
    const op = this.#oneOf(ops, 'load');
    // A failure at one page shows what becomes of the others only where there are others.
    if (op === 'evict-all' && victim !== 'any') {
      this.add({ op: 'migrate-to-device', process: victim.process, page: 0, count: this.#scope.pages });
    }
    const strike = this.command(op);
    this.#places.aim = undefined;
    this.add(strike);
    const questions = this.#favoured(AFTERMATH);
    if ('page' in strike && questions.length > 0 && random.nextInt(0, 3) > 0) {
      this.#places.aim = { process: strike.process, page: strike.page };
      this.add(this.command(this.#oneOf(questions, 'load')));
      this.#places.aim = undefined;
    }
    // What is left of a failure is worth sharing.
    if (random.nextInt(0, 2) === 0 && 'process' in strike) {
      this.add({ op: 'fork', process: strike.process, child: this.#places.freeSlot() });
    }
  }

  /** Those of these commands that the strategy is about, three times each, so that they outweigh the usual ones. */
  #favoured(ops: readonly Op[]): readonly Op[] {
    const known = ops.filter((op) => this.#strategy.weights[op] > 0);
    return [...known, ...known, ...known];
  }

  /** Something happens to the page that the command was about, and then it is asked for. */
  #sequel(command: Command): void {
    const random = this.#random;
    const sequel = sequelOf(command);
    // Private memory is what all the rest is about.
    if (command.op === 'map' && command.kind === 'private') return;
    if (sequel === undefined || random.nextInt(0, 4) === 0) return;
    if (command.op === 'migrate-to-device' && (command.count < 3 || random.nextInt(0, 1) > 0)) return;
    const about = command.op === 'race' ? command.left : command;
    const process = 'process' in about ? about.process : undefined;
    this.#places.aim =
      process !== undefined && 'page' in about
        ? { process, page: 'to' in about ? about.to : about.page }
        : this.#places.somewhereIn(process);
    for (const op of this.#history(sequel)) {
      const next = this.command(op);
      if (!this.add(next)) continue;
      this.#aimAfter(next);
      // What a change of protection did to a page shows once it is taken back.
      if (next.op === 'protect' && next.protection !== 'write') {
        this.add({ ...next, protection: 'write' });
      }
    }
    // What holds for one process may not hold for those that see the same page.
    if (random.nextInt(0, 2) === 0) this.#places.aim = this.#places.sharerOf(this.#places.aim);
    if (sequel.atNeighbour === true && random.nextInt(0, 2) > 0) {
      this.#places.aim = this.#places.neighbourOf(this.#places.aim);
    }
    const last = this.#oneOf(sequel.last, 'load');
    // What the first one only takes away shows at the second.
    for (let times = random.nextInt(0, 3) === 0 ? 2 : 1; times > 0; times--) this.add(this.command(last));
    this.#places.aim = undefined;
  }

  /** The steps between: one of the scripts, the end of what was begun and its beginning anew, or up to three at random. */
  #history({ between, scripts = [] }: Sequel): readonly Op[] {
    const random = this.#random;
    if (random.nextInt(0, 9) === 0) return this.#oneOf(NEW_BEGINNINGS, []);
    if (scripts.length > 0 && random.nextInt(0, 1) === 0) return this.#oneOf(scripts, []);
    const steps = between.length === 0 ? 0 : random.nextInt(0, 3);
    return Array.from({ length: steps }, () => this.#oneOf(between, 'load'));
  }

  /** A moved page is followed, and a child is as good as its parent. */
  #aimAfter(command: Command): void {
    if (this.#places.aim === undefined) return;
    if (command.op === 'move') {
      const stays = command.keep && this.#random.nextInt(0, 1) === 0;
      this.#places.aim = { ...this.#places.aim, page: stays ? command.page : command.to };
    } else if (command.op === 'fork' && this.#random.nextInt(0, 1) === 0) {
      this.#places.aim = { ...this.#places.aim, process: command.child };
    }
  }

  #oneOf<T>(items: readonly T[], otherwise: T): T {
    return items[this.#random.nextInt(0, items.length - 1)] ?? otherwise;
  }
}
