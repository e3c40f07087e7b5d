import { meet } from '../../spec/model/meeting.ts';
import type { State } from '../../spec/model/state.ts';
import {
  Advice,
  type Command,
  type Inheritance,
  InjectionKind,
  isContender,
  type MappingKind,
  type Op,
  type PinAccess,
  Protection,
  type Single,
  type Watch,
} from '../../spec/vocabulary/command.ts';
import type { ArgumentValue } from '../../spec/vocabulary/arguments.ts';
import { COMMANDS } from '../../spec/vocabulary/commands.ts';
import { optionsFor } from '../../spec/vocabulary/commands-in.ts';
import { blockIn, blockStart, framesIn } from '../../spec/vocabulary/scope.ts';
import { argumentKindsOf } from '../../spec/vocabulary/names.ts';
import type { ModelRun } from './model-run.ts';
import type { PagePicker } from './page-picker.ts';
import { extendedRace, RACES } from './races.ts';
import type { RandomSource, Strategy } from './strategy.ts';

/** Protections of new mappings; most are writable. */
const NEW_PROTECTIONS: readonly Protection[] = ['write', 'write', 'write', 'write', 'read', 'none'];
/** The kinds of injections in worlds of base pages, and in worlds with blocks. */
const INJECTIONS = {
  base: InjectionKind.options.slice(0, InjectionKind.options.indexOf('no-large-frame')),
  blocks: [...InjectionKind.options, 'no-large-frame', 'no-large-page', 'no-large-page', 'no-split'],
} as const;
/** Kinds of mappings other than private memory. */
const OTHER_KINDS: readonly MappingKind[] = ['host', 'shared', 'file', 'file'];
/** Number of mappings in ten that are of other kinds. */
const SOMETIMES_OTHERS = 3;
const INHERITANCES: readonly Inheritance[] = ['none', 'none', 'zero', 'zero', 'copy'];
const WATCHES: readonly Watch[] = ['write-protect', 'write-protect', 'missing', 'missing', 'none'];
/** Maximum number of draws of two sides before a race is omitted. */
const RACE_TRIES = 12;
/** Number of commands in ten that go to a page on the device, for commands that do not move pages. */
const MOSTLY_DEVICE = 8;

/** Whether an injection of this kind hits migrations from the device; the others hit migrations to it. */
export const strikesOnTheWayBack = (kind: InjectionKind): boolean => kind === 'sigbus' || kind === 'oom';

/** Command generator: draws the arguments of commands. */
export class CommandGenerator {
  readonly #guide: ModelRun;
  readonly #random: RandomSource;
  readonly #strategy: Strategy;
  readonly #places: PagePicker;
  /** Every store writes a unique value, so that a value that is read identifies its store. */
  #nextValue = 1;
  #lastAdvice: Advice | undefined;

  constructor(guide: ModelRun, random: RandomSource, strategy: Strategy, places: PagePicker) {
    this.#guide = guide;
    this.#random = random;
    this.#strategy = strategy;
    this.#places = places;
  }

  get #state(): State {
    return this.#guide.state;
  }

  value(): number {
    return this.#nextValue++;
  }

  /** The kind of a mapping that is not private memory; undefined for private memory. */
  otherKind(): MappingKind | undefined {
    return this.#isOtherKind() ? this.#oneOf(OTHER_KINDS, 'host') : undefined;
  }

  /** A command of this name, at a place where it has an effect if there is one. */
  command(op: Op): Command {
    const command = this.#drawn(op);
    return this.#state.scope.block === undefined ? command : this.#inBlocks(command);
  }

  /** In a world with blocks: often a whole block, or large folios. */
  #inBlocks(command: Command): Command {
    const random = this.#random;
    const { scope } = this.#state;
    switch (command.op) {
      case 'map':
        return random.nextInt(0, 9) < 7 ? { ...command, kind: 'private', whole: true } : command;
      case 'unmap':
      case 'discard':
      case 'protect':
      case 'move':
        return random.nextInt(0, 9) < 5 ? { ...command, whole: true } : command;
      case 'migrate-to-device':
      case 'migrate-to-system': {
        const first = blockStart(scope, command.page);
        const isAligned = first !== undefined && random.nextInt(0, 3) > 0;
        const range = isAligned ? { page: first, count: blockIn(scope) } : {};
        return random.nextInt(0, 4) > 0 ? { ...command, ...range, compound: true } : { ...command, ...range };
      }
      default:
        return command;
    }
  }

  #drawn(op: Op): Command {
    const random = this.#random;
    switch (op) {
      case 'spawn':
        return { op, process: this.#places.slotToFill() };
      case 'fork':
        return this.#fork();
      case 'exit':
        return { op, process: this.#places.aim?.process ?? this.#places.liveProcess() };
      case 'map': {
        const kind = this.otherKind() ?? 'private';
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
      case 'advise':
        return { op, ...this.#advised(), advice: this.#advice() };
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
      case 'limit':
        return {
          op,
          group: random.nextInt(0, 2) === 0 ? 1 : 0,
          pages: random.nextInt(0, 4) === 0 ? 'none' : this.#tightLimit(),
        };
      case 'make-exclusive':
        return { op, ...this.#places.somewhere(3), ...this.#places.device() };
      case 'device-exchange':
        return { op, ...this.#places.exclusive(), value: this.value(), ...this.#places.device() };
      case 'protect':
        return {
          op,
          ...this.#places.somewhere(MOSTLY_DEVICE),
          protection: this.#oneOf(Protection.options, 'read'),
        };
      case 'load':
        return { op, ...this.#places.somewhere(this.#strategy.deviceBias) };
      case 'store':
        return { op, ...this.#places.somewhere(this.#strategy.deviceBias), value: this.value() };
      case 'device-store':
        return {
          op,
          ...this.#places.somewhere(MOSTLY_DEVICE),
          value: this.value(),
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
        return {
          op,
          ...this.#places.somewhere(this.#strategy.deviceBias),
          slot: this.#places.slot(true),
          ...this.#access(),
        };
      case 'inherit':
        return {
          op,
          ...this.#places.somewhere(this.#strategy.deviceBias),
          inheritance: this.#oneOf(INHERITANCES, 'none'),
        };
      case 'unpin':
        return { op, slot: this.#places.slot(false) };
      case 'inject': {
        const kind = this.#oneOf(
          INJECTIONS[this.#state.scope.block === undefined ? 'base' : 'blocks'],
          'sigbus',
        );
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
        return this.#guide.capabilities.has('race-extended') ? this.#extendedRace() : this.#race();
      case 'swap-on':
        return { op, areas: random.nextInt(0, 2) === 0 ? 32 : random.nextInt(1, 14) };
      case 'attach':
      case 'detach':
      case 'evict-all':
      case 'close':
      case 'open':
      case 'hot-add':
      case 'surprise-remove':
        return { op, ...this.#places.device() };
      // Mostly pages in system memory, which can become a large folio; and pages that can be of one.
      case 'collapse':
        return { op, ...this.#places.somewhere(2) };
      case 'split':
        return { op, ...this.#places.somewhere(MOSTLY_DEVICE) };
      case 'evict-range': {
        const { scope } = this.#state;
        const end = framesIn(scope);
        if (end === 0) return { op: 'inspect' };
        const frame = random.nextInt(0, end - 1);
        return { op, frame, frames: random.nextInt(1, Math.min(end - frame, blockIn(scope) + 1)) };
      }
      case 'heal':
      case 'inspect':
        return { op };
      default:
        return this.#byArguments(op);
    }
  }

  /** A command without a rule of its own: each argument is drawn by its kind. */
  #byArguments(op: Single['op']): Command {
    const kinds = argumentKindsOf(op);
    const { process, page } = kinds.some(([, kind]) => kind === 'page')
      ? this.#places.somewhere(this.#strategy.deviceBias)
      : { process: undefined, page: 0 };
    const drawn: Record<string, ArgumentValue> = {};
    for (const [argument, kind] of kinds) {
      if (kind === 'process')
        drawn[argument] = process ?? this.#places.aim?.process ?? this.#places.liveProcess();
      else if (kind === 'page') drawn[argument] = page;
      else if (kind === 'value') drawn[argument] = this.value();
      else if (kind === 'device') drawn[argument] = this.#places.device().device;
      else if (kind === 'slot') drawn[argument] = this.#places.slot(true);
      else drawn[argument] = this.#oneOf(optionsFor(kind, this.#state.scope, page), undefined);
    }
    const { schema } = COMMANDS[op];
    return schema.parse({ op, ...drawn });
  }

  /** Pins for reading are drawn only by strategies about them. */
  #access(): { access?: PinAccess } {
    const { readPins } = this.#strategy;
    return readPins !== undefined && this.#random.nextInt(0, 9) < readPins ? { access: 'read' } : {};
  }

  #fork(): Command {
    const { process } = this.#places.somewhere(MOSTLY_DEVICE);
    return { op: 'fork', process, child: this.#places.slotForChild(process) };
  }

  /** Two commands at one page; if it is shared, the second usually accesses it through another process. */
  #race(): Command {
    const { aim } = this.#places;
    const [one, other] = this.#oneOf(RACES, ['load', 'load']);
    // What is on a device already does not move there.
    const goesThere = one === 'migrate-to-device' || other === 'migrate-to-device';
    const place = this.#places.somewhere(goesThere ? 1 : this.#strategy.deviceBias);
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

  /** Any two admitted sides that concern a common page or device. */
  #extendedRace(): Command {
    for (let attempt = 0; attempt < RACE_TRIES; attempt++) {
      const [left, right] = this.#drawSides();
      if (!isContender(left) || !isContender(right)) continue;
      const race: Command =
        this.#random.nextInt(0, 1) === 0
          ? { op: 'race', left, right }
          : { op: 'race', left: right, right: left };
      if (!meet(this.#state, left, right)) continue;
      if (this.#needsRoom(left) || this.#needsRoom(right) || this.#guide.admits(race)) return race;
    }
    return { op: 'inspect' };
  }

  /** Whether the side is a fork into a busy slot, which is freed before the race is sent. */
  #needsRoom(side: Command): boolean {
    return side.op === 'fork' && side.child !== side.process && this.#state.alive[side.child] === 1;
  }

  #drawSides(): readonly [Command, Command] {
    const { aim } = this.#places;
    const [one, other] = extendedRace(this.#random);
    const goesThere = one === 'migrate-to-device' || other === 'migrate-to-device';
    const isExchange = one === 'device-exchange' || other === 'device-exchange';
    const place = isExchange
      ? this.#places.exclusive()
      : this.#places.somewhere(goesThere ? 1 : this.#strategy.deviceBias);
    const left = this.#sideAt(place, one);
    const right = this.#sideAt(this.#places.sharerOf(place), other);
    this.#places.aim = aim;
    const usesSlot = left.op === 'pin' && (right.op === 'pin' || right.op === 'unpin');
    return [left, usesSlot ? { ...right, slot: left.slot } : right];
  }

  #sideAt(place: { process: number; page: number }, op: Op): Command {
    this.#places.aim = place;
    return op === 'exit' ? { op, process: place.process } : this.command(op);
  }

  #isOtherKind(): boolean {
    return this.#random.nextInt(0, 9) < (this.#strategy.otherKinds ?? SOMETIMES_OTHERS);
  }

  #oneOf<T>(items: readonly T[], otherwise: T): T {
    return items[this.#random.nextInt(0, items.length - 1)] ?? otherwise;
  }

  /** Half of the advice goes to pages that are shared, pinned or exclusive, where its effect on others can show. */
  #advised(): { process: number; page: number } {
    return this.#random.nextInt(0, 1) === 0 ? this.#places.held() : this.#places.somewhere(MOSTLY_DEVICE - 2);
  }

  /** After advice that frees pages, a `page-out` is drawn often. */
  #advice(): Advice {
    const due = this.#lastAdvice === 'free' && this.#random.nextInt(0, 3) > 0;
    this.#lastAdvice = due
      ? 'page-out'
      : this.#random.nextInt(0, 1) === 0
        ? 'free'
        : this.#oneOf(Advice.options, 'free');
    return this.#lastAdvice;
  }

  /** A limit near the present charge; very different limits are less informative. */
  #tightLimit(): number {
    const { objectCount } = this.#state;
    return Math.max(0, Math.min(64, objectCount + this.#random.nextInt(-1, 1)));
  }
}
