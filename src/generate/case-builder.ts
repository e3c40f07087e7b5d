import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Observe } from '../../spec/vocabulary/case.ts';
import {
  type Command,
  type CommandOf,
  type Op,
  pinsForReading,
  SPECS,
} from '../../spec/vocabulary/command.ts';
import { CONTROL_GROUPS, devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import type { ModelRun } from './model-run.ts';
import { NO_OBJECT, type State } from '../../spec/model/state.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';
import { CommandGenerator, strikesOnTheWayBack } from './command-generator.ts';
import { PagePicker } from './page-picker.ts';
import { type FollowUp, followUpOf } from './follow-up.ts';
import type { RandomSource, Strategy } from './strategy.ts';

/**
 * The end of a case: take a snapshot, heal, load every mapped page, release every pin, end every process, and take
 * snapshots again. It shows errors that the case has caused and not shown.
 *
 * @param add adds a command if it is admitted
 */
export function addEpilogue(
  guide: ModelRun,
  observe: Observe,
  capabilities: ReadonlySet<Capability>,
  add: (command: Command) => void,
): void {
  const look = (): void => {
    if (observe === 'inspect') add({ op: 'inspect' });
  };
  look();
  add({ op: 'heal' });
  const { processes, pages, slots } = guide.scope;
  for (let process = 0; process < processes; process++) {
    for (let page = 0; page < pages; page++) {
      if (guide.state.mapping[guide.state.at(process, page)] !== 0) add({ op: 'load', process, page });
    }
  }
  if (capabilities.has('pin')) {
    for (let slot = 0; slot < slots; slot++) {
      if (guide.state.slot[slot] !== 0) add({ op: 'unpin', slot });
    }
  }
  if (capabilities.has('groups') && guide.state.member.some((group) => group !== 0)) {
    for (let group = 0; group < CONTROL_GROUPS; group++) add({ op: 'charge', group });
  }
  look();
  for (let process = 0; process < processes; process++) add({ op: 'exit', process });
  look();
}

/** Commands that migrate a page from the device, and commands that migrate one to it. */
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

/**
 * Further commands that migrate a page from the device, for strategies about them; and commands that then show its
 * state.
 */
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

/** Commands that end a page, a process or a device, usually followed by a new one, which must not inherit anything. */
const NEW_BEGINNINGS: readonly (readonly Op[])[] = [
  ['unmap', 'map'],
  ['unmap', 'map', 'store'],
  ['exit', 'spawn', 'map'],
  ['exit', 'spawn', 'map', 'store'],
  ['discard'],
  ['detach', 'attach'],
];

/** Number of commands in ten that must change or show something. */
const USEFUL = 7;

/** Case builder: adds admitted commands to a case and follows them in the model. */
export class CaseBuilder {
  readonly commands: Command[] = [];
  readonly #guide: ModelRun;
  readonly #scope: Scope;
  readonly #random: RandomSource;
  readonly #strategy: Strategy;
  readonly #observe: Observe;
  readonly #places: PagePicker;
  readonly #generator: CommandGenerator;

  constructor(
    guide: ModelRun,
    random: RandomSource,
    { strategy, observe }: { readonly strategy: Strategy; readonly observe: Observe },
  ) {
    this.#observe = observe;
    this.#guide = guide;
    this.#scope = guide.scope;
    this.#random = random;
    this.#strategy = strategy;
    this.#places = new PagePicker(guide, random, strategy.deviceBias);
    this.#generator = new CommandGenerator(guide, random, strategy, this.#places);
  }

  get #state(): State {
    return this.#guide.state;
  }

  /** Adds a command; returns false and adds nothing if it is not admitted or, on request, if it would change nothing. */
  add(command: Command, mustChange = false): boolean {
    if (!this.#guide.follow(command, mustChange)) return false;
    this.commands.push(command);
    return true;
  }

  /** Adds a command as `add` does, mostly only if it changes the state or its result shows something of it. */
  addUseful(command: Command): boolean {
    if (command.op === 'inspect') return this.#observe === 'inspect' && this.add(command);
    const shows = command.op === 'race' || ['value', 'number'].includes(SPECS[command.op].result);
    return this.add(command, !shows && this.#random.nextInt(0, 9) < USEFUL);
  }

  /** Begins the case, in most cases with mapped pages, most of them written, often on the device. */
  open(): void {
    const random = this.#random;
    const { pages, processes } = this.#scope;
    const { lock = 0, move = 0 } = this.#strategy.weights;
    const most = move + lock > 0 ? Math.max(1, pages - 1) : pages;
    const mapped = random.nextInt(0, 9) === 0 ? 0 : random.nextInt(1, most);
    for (let page = 0; page < mapped; page++) {
      this.add({ op: 'map', process: 0, page, kind: 'private', protection: 'write' });
      if (random.nextInt(0, 2) > 0)
        this.add({ op: 'store', process: 0, page, value: this.#generator.value() });
    }
    if (mapped === 0) return;
    const kind = mapped < pages ? this.#generator.otherKind() : undefined;
    if (kind !== undefined) {
      this.add({ op: 'map', process: 0, page: mapped, kind, protection: 'write' });
      this.add({ op: 'store', process: 0, page: mapped, value: this.#generator.value() });
    }
    if (random.nextInt(0, 1) > 0) this.add({ op: 'migrate-to-device', process: 0, page: 0, count: mapped });
    if (processes > 1 && random.nextInt(0, 2) === 0) this.add({ op: 'fork', process: 0, child: 1 });
  }

  /** Ends the case with the epilogue. */
  close(): void {
    addEpilogue(this.#guide, this.#observe, this.#guide.capabilities, (command) => this.add(command));
  }

  /** A command of this name, at a place where it has an effect if there is one. */
  command(op: Op): Command {
    const drawn = this.#generator.command(op);
    this.#makeRoom(drawn);
    this.#prepare(drawn);
    return drawn;
  }

  /** If no process slot is free, ends a process to make room for a child. */
  #makeRoom(command: Command): void {
    for (const part of partsOf(command)) {
      if (part.op === 'fork' && this.#state.alive[part.child] === 1 && part.child !== part.process) {
        this.add({ op: 'exit', process: part.child });
      }
    }
  }

  /** Establishes a precondition in which the command is informative. */
  #prepare(command: Command): void {
    const random = this.#random;
    if (command.op === 'surprise-remove') {
      const { process, page } = this.#places.somewhere(0);
      const device = command.device === undefined ? {} : { device: command.device };
      if (random.nextInt(0, 3) > 0) this.add({ op: 'migrate-to-device', process, page, count: 1, ...device });
      if (random.nextInt(0, 2) === 0) this.add({ op: 'fork', process, child: this.#places.freeSlot() });
    } else if (pinsForReading(command) && 'page' in command && random.nextInt(0, 2) === 0) {
      this.add({ op: 'protect', process: command.process, page: command.page, protection: 'read' });
    } else if (this.#isForeignAccess(command) && random.nextInt(0, 3) === 0) {
      const kind = random.nextInt(0, 1) === 0 ? 'oom' : 'sigbus';
      this.add({ op: 'inject', kind, victim: 'any', remaining: 1 });
    }
  }

  /** Whether a device accesses a page on another device, in a profile in which the error of a failure is judged. */
  #isForeignAccess(command: Command): boolean {
    if (!this.#guide.profile.foreignErrorTellsCause || devicesIn(this.#scope) === 1) return false;
    if (command.op !== 'device-load' && command.op !== 'device-store') return false;
    const state = this.#state;
    const object = state.entry[state.at(command.process, command.page)] ?? NO_OBJECT;
    return object > NO_OBJECT && state.onDevice(object) && !state.isOn(object, command.device ?? 0);
  }

  /** Directs the next commands to a page, or to pages of their own choice. */
  aimAt(place: { readonly process: number; readonly page: number } | undefined): void {
    this.#places.aim = place;
  }

  /** Directs the next commands on devices to one of them. */
  aimAtDevice(device: number | undefined): void {
    this.#places.aimedDevice = device;
  }

  aimAtOtherDevice(): void {
    this.#places.aimedDevice = devicesIn(this.#scope) - 1 - (this.#places.aimedDevice ?? 0);
  }

  /** That device, as commands name it. */
  get aimedDevice(): { readonly device?: number } {
    return this.#places.device();
  }

  /** Adds a suitable follow-up to a command. */
  followUp(command: Command): void {
    if (command.op === 'inject') this.#ambush(command);
    else this.#followUp(command);
  }

  /**
   * The follow-up of an injection: usually a command that it can hit, at the page of its victim or at the neighbour, so
   * that a multi-page migration reaches the victim. Otherwise three of four injections are removed before a command
   * reaches them.
   */
  #ambush({ kind, victim }: CommandOf<'inject'>): void {
    const random = this.#random;
    if (random.nextInt(0, 4) === 0) return;
    const ops = strikesOnTheWayBack(kind) ? [...WAYS_BACK, ...this.#focused(MORE_WAYS_BACK)] : WAYS_THERE;
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
    const questions = this.#focused(AFTERMATH);
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

  /** The given commands that the strategy is about, three times each, to outweigh the usual ones. */
  #focused(ops: readonly Op[]): readonly Op[] {
    const known = ops.filter((op) => (this.#strategy.weights[op] ?? 0) > 0);
    return [...known, ...known, ...known];
  }

  /** The follow-up of a command: changes to its page, and then a command that checks the page. */
  #followUp(command: Command): void {
    const random = this.#random;
    const followUp = followUpOf(command);
    // Private memory is what all the rest is about.
    if (command.op === 'map' && command.kind === 'private') return;
    if (followUp === undefined || random.nextInt(0, 4) === 0) return;
    if (command.op === 'migrate-to-device' && (command.count < 3 || random.nextInt(0, 1) > 0)) return;
    const about = command.op === 'race' ? command.left : command;
    const process = 'process' in about ? about.process : undefined;
    this.#places.aim =
      process !== undefined && 'page' in about
        ? { process, page: 'to' in about ? about.to : about.page }
        : this.#places.somewhereIn(process);
    for (const op of this.#history(followUp)) {
      const next = this.command(op);
      if (!this.addUseful(next)) continue;
      this.#aimAfter(next);
      // What a change of protection did to a page shows once it is taken back.
      if (next.op === 'protect' && next.protection !== 'write') {
        this.add({ ...next, protection: 'write' });
      }
    }
    // What holds for one process may not hold for those that see the same page.
    if (random.nextInt(0, 2) === 0) this.#places.aim = this.#places.sharerOf(this.#places.aim);
    if (followUp.atNeighbour === true && random.nextInt(0, 2) > 0) {
      this.#places.aim = this.#places.neighbourOf(this.#places.aim);
    }
    const last = this.#oneOf(followUp.last, 'load');
    // What the first one only takes away shows at the second.
    for (let times = random.nextInt(0, 3) === 0 ? 2 : 1; times > 0; times--) this.add(this.command(last));
    this.#places.aim = undefined;
  }

  /** The steps between: a script, an end and a new beginning, or up to three random commands. */
  #history({ between, scripts = [] }: FollowUp): readonly Op[] {
    const random = this.#random;
    if (random.nextInt(0, 9) === 0) return this.#oneOf(NEW_BEGINNINGS, []);
    if (scripts.length > 0 && random.nextInt(0, 1) === 0) return this.#oneOf(scripts, []);
    const steps = between.length === 0 ? 0 : random.nextInt(0, 3);
    return Array.from({ length: steps }, () => this.#oneOf(between, 'load'));
  }

  /** Directs the next commands to a moved page, and sometimes to the child of a fork. */
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
