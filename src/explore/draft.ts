import type fc from 'fast-check';
import type { State } from '../../spec/model/state.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Observe } from '../../spec/vocabulary/case.ts';
import {
  Advice,
  type Command,
  type CommandOf,
  InjectionKind,
  isContender,
  type MappingKind,
  type Op,
  Protection,
  type Watch,
} from '../../spec/vocabulary/command.ts';
import { CONTROL_GROUPS, type Scope } from '../../spec/vocabulary/scope.ts';
import type { Guide } from './guide.ts';
import { Places } from './places.ts';
import { RACES } from './races.ts';
import { type Sequel, SEQUELS } from './sequel.ts';
import type { Strategy } from './strategy.ts';

/** Protections of new mappings: most are worth writing to. */
const NEW_PROTECTIONS: readonly Protection[] = ['write', 'write', 'write', 'write', 'read', 'none'];
/** What may be mapped beside private memory. */
const OTHER_KINDS: readonly MappingKind[] = ['host', 'shared', 'file', 'file'];
/** How many of ten mappings are of these. */
const SOMETIMES_OTHERS = 3;
const WATCHES: readonly Watch[] = ['write-protect', 'write-protect', 'missing', 'missing', 'none'];
/** How many of ten commands that leave a page where it is go to one on the device. */
const MOSTLY_DEVICE = 8;

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

const strikesOnTheWayBack = (kind: InjectionKind): boolean => kind === 'sigbus' || kind === 'oom';

/** A case in the making. */
export class Draft {
  readonly commands: Command[] = [];
  readonly #guide: Guide;
  readonly #scope: Scope;
  readonly #random: fc.Random;
  readonly #strategy: Strategy;
  /** Every store writes another value, so that whatever is read tells where it came from. */
  #nextValue = 1;
  #lastAdvice: Advice | undefined;
  readonly #places: Places;

  constructor(guide: Guide, random: fc.Random, strategy: Strategy) {
    this.#guide = guide;
    this.#scope = guide.scope;
    this.#random = random;
    this.#strategy = strategy;
    this.#places = new Places(guide, random, strategy.deviceBias);
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
    const most = this.#strategy.weights.move > 0 ? Math.max(1, pages - 1) : pages;
    const mapped = random.nextInt(0, 9) === 0 ? 0 : random.nextInt(1, most);
    for (let page = 0; page < mapped; page++) {
      this.add({ op: 'map', process: 0, page, kind: 'private', protection: 'write' });
      if (random.nextInt(0, 2) > 0) this.add({ op: 'store', process: 0, page, value: this.#nextValue++ });
    }
    if (mapped === 0) return;
    if (mapped < pages && this.#isOtherKind()) {
      const kind = this.#oneOf(OTHER_KINDS, 'host');
      this.add({ op: 'map', process: 0, page: mapped, kind, protection: 'write' });
      this.add({ op: 'store', process: 0, page: mapped, value: this.#nextValue++ });
    }
    if (random.nextInt(0, 1) > 0) this.add({ op: 'migrate-to-device', process: 0, page: 0, count: mapped });
    if (processes > 1 && random.nextInt(0, 2) === 0) this.add({ op: 'fork', process: 0, child: 1 });
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
    if (capabilities.has('groups') && this.#state.member.some((group) => group !== 0)) {
      for (let group = 0; group < CONTROL_GROUPS; group++) this.add({ op: 'charge', group });
    }
    look();
    for (let process = 0; process < processes; process++) this.add({ op: 'exit', process });
    look();
  }

  /** A command of this name, at a place where it means something where there is one. */
  command(op: Op): Command {
    const random = this.#random;
    switch (op) {
      case 'spawn':
        return { op, process: this.#places.freeSlot() };
      case 'fork':
        return { op, process: this.#places.somewhere(MOSTLY_DEVICE).process, child: this.#places.freeSlot() };
      case 'exit':
        return { op, process: this.#places.liveProcess() };
      case 'map': {
        const kind = this.#isOtherKind() ? this.#oneOf(OTHER_KINDS, 'host') : 'private';
        return { op, ...this.#places.unmapped(), kind, protection: this.#oneOf(NEW_PROTECTIONS, 'write') };
      }
      case 'unmap':
      case 'discard':
      case 'evict':
      case 'peek':
      case 'page-map':
      case 'residency':
        return { op, ...this.#places.somewhere(MOSTLY_DEVICE) };
      case 'device-load':
        return { op, ...this.#places.somewhere(MOSTLY_DEVICE), ...this.#places.device() };
      case 'populate':
      case 'kernel-load':
        return { op, ...this.#places.somewhere(this.#strategy.deviceBias) };
      case 'kernel-store':
        return { op, ...this.#places.somewhere(this.#strategy.deviceBias), value: this.#nextValue++ };
      case 'lock':
      case 'unlock':
      case 'soft-dirty':
        return { op, ...this.#places.somewhere(this.#strategy.deviceBias) };
      case 'advise':
        return { op, ...this.#places.somewhere(MOSTLY_DEVICE - 2), advice: this.#advice() };
      case 'watch':
        return {
          op,
          ...this.#places.somewhere(this.#strategy.deviceBias),
          watch: this.#oneOf(WATCHES, 'none'),
        };
      case 'move': {
        const from = this.#places.somewhere(MOSTLY_DEVICE);
        return { op, ...from, to: this.#places.unmappedIn(from.process), keep: random.nextInt(0, 2) === 0 };
      }
      case 'clear-soft-dirty':
      case 'smaps':
        return { op, process: this.#places.aim?.process ?? this.#places.liveProcess() };
      case 'limit':
        return {
          op,
          group: random.nextInt(0, 2) === 0 ? 1 : 0,
          pages: random.nextInt(0, 4) === 0 ? 'none' : this.#tightLimit(),
        };
      case 'join':
        return {
          op,
          process: this.#places.aim?.process ?? this.#places.liveProcess(),
          group: random.nextInt(0, CONTROL_GROUPS - 1),
        };
      case 'charge':
        return { op, group: random.nextInt(0, CONTROL_GROUPS - 1) };
      case 'make-exclusive':
        return { op, ...this.#places.somewhere(3), ...this.#places.device() };
      case 'device-exchange':
        return { op, ...this.#places.exclusive(), value: this.#nextValue++, ...this.#places.device() };
      case 'protect':
        return {
          op,
          ...this.#places.somewhere(MOSTLY_DEVICE),
          protection: this.#oneOf(Protection.options, 'read'),
        };
      case 'load':
        return { op, ...this.#places.somewhere(this.#strategy.deviceBias) };
      case 'store':
        return { op, ...this.#places.somewhere(this.#strategy.deviceBias), value: this.#nextValue++ };
      case 'device-store':
        return {
          op,
          ...this.#places.somewhere(MOSTLY_DEVICE),
          value: this.#nextValue++,
          ...this.#places.device(),
        };
      case 'migrate-to-device':
        return { op, ...this.#places.rangeFrom(this.#places.somewhere(0)), ...this.#places.device() };
      case 'migrate-to-system':
        return {
          op,
          ...this.#places.rangeFrom(this.#places.somewhere(MOSTLY_DEVICE)),
          ...this.#places.device(),
        };
      case 'pin':
        return { op, ...this.#places.somewhere(this.#strategy.deviceBias), slot: this.#places.slot(true) };
      case 'unpin':
        return { op, slot: this.#places.slot(false) };
      case 'inject': {
        const kind = this.#oneOf(InjectionKind.options, 'sigbus');
        const remaining = random.nextInt(0, 3);
        return {
          op,
          kind,
          victim:
            random.nextInt(0, 1) === 0 ? 'any' : this.#places.somewhere(strikesOnTheWayBack(kind) ? 9 : 1),
          remaining: remaining === 0 ? 'until-healed' : remaining,
        };
      }
      case 'race':
        return this.#race();
      case 'swap-on':
        return { op, areas: random.nextInt(0, 2) === 0 ? 32 : random.nextInt(1, 14) };
      case 'attach':
      case 'detach':
      case 'evict-all':
      case 'close':
      case 'open':
      case 'hot-add':
        return { op, ...this.#places.device() };
      case 'heal':
      case 'inspect':
        return { op };
    }
  }

  /** Two commands at one page; where others share it, the second mostly at theirs. */
  #race(): Command {
    const { aim } = this.#places;
    const place = this.#places.somewhere(this.#strategy.deviceBias);
    const [one, other] = this.#oneOf(RACES, ['load', 'load']);
    this.#places.aim = place;
    const left = this.command(one);
    this.#places.aim = this.#places.sharerOf(place);
    const drawn = this.command(other);
    this.#places.aim = aim;
    // Two values for one page would be between the two that store them.
    const right = left.op === 'store' && drawn.op === 'store' ? { ...drawn, value: left.value } : drawn;
    if (!isContender(left) || !isContender(right)) return { op: 'inspect' };
    return this.#random.nextInt(0, 1) === 0
      ? { op: 'race', left, right }
      : { op: 'race', left: right, right: left };
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
    if ('page' in strike && questions.length > 0 && random.nextInt(0, 1) === 0) {
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
    const sequel = SEQUELS[command.op];
    if (sequel === undefined || random.nextInt(0, 4) === 0) return;
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
    this.add(this.command(this.#oneOf(sequel.last, 'load')));
    this.#places.aim = undefined;
  }

  /** What happens between: one of the scripts, or up to three steps that chance puts together. */
  #history({ between, scripts = [] }: Sequel): readonly Op[] {
    const random = this.#random;
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

  #isOtherKind(): boolean {
    return this.#random.nextInt(0, 9) < (this.#strategy.otherKinds ?? SOMETIMES_OTHERS);
  }

  #oneOf<T>(items: readonly T[], otherwise: T): T {
    return items[this.#random.nextInt(0, items.length - 1)] ?? otherwise;
  }

  /** After something was said to be free, memory is wanted often. */
  #advice(): Advice {
    const due = this.#lastAdvice === 'free' && this.#random.nextInt(0, 3) > 0;
    this.#lastAdvice = due
      ? 'page-out'
      : this.#random.nextInt(0, 1) === 0
        ? 'free'
        : this.#oneOf(Advice.options, 'free');
    return this.#lastAdvice;
  }

  /** About as much as is charged now: less and much more say less. */
  #tightLimit(): number {
    const { objectCount } = this.#state;
    return Math.max(0, Math.min(64, objectCount + this.#random.nextInt(-1, 1)));
  }
}
