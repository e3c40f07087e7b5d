import { blockIn, CONTROL_GROUPS, devicesIn } from '../../spec/vocabulary/scope.ts';
import { mayWrite, NO_OBJECT, NOT_MAPPED, type State } from '../../spec/model/state.ts';
import type { Command, Op } from '../../spec/vocabulary/command.ts';
import type { CaseBuilder } from './case-builder.ts';
import {
  type Beginning,
  type LifecycleStep,
  type Place,
  type Setting,
  type Steps,
  stepToDevice,
  stepToSystem,
} from './lifecycles.ts';
import type { ModelRun } from './model-run.ts';
import { AFTER_RACES, BEFORE_RACES } from './races.ts';
import type { RandomSource } from './strategy.ts';

/** Number of changes and of races in ten after which closed devices, limits, injections and pins are ended. */
const TIDIED = 6;

/** Adds lifecycles or races to a case. */
export class LifecycleBuilder {
  readonly #guide: ModelRun;
  readonly #builder: CaseBuilder;
  readonly #random: RandomSource;
  #owner: Place = { process: 0, page: 0 };
  #at: Place = { process: 0, page: 0 };
  #beginning: Beginning | undefined;

  constructor(guide: ModelRun, builder: CaseBuilder, random: RandomSource) {
    this.#guide = guide;
    this.#builder = builder;
    this.#random = random;
  }

  get #state(): State {
    return this.#guide.state;
  }

  /** Adds a lifecycle at a page of this block: after each change, it is shown what became of the beginning. */
  add(beginning: Beginning, changes: readonly (readonly LifecycleStep[])[], number: number): void {
    const random = this.#random;
    const block = blockIn(this.#guide.scope);
    const page = number * block + random.nextInt(0, block - 1);
    const devices = devicesIn(this.#guide.scope);
    const device = random.nextInt(0, devices - 1);
    this.#beginning = beginning;
    this.#owner = { process: random.nextInt(0, 2) === 0 ? this.#someProcess() : 0, page };
    this.#moveTo(this.#owner);
    const isUnpopulated = random.nextInt(0, 9) < beginning.unpopulated;
    const beginsAnew = beginning.set.includes('clear');
    for (const [turn, change] of changes.entries()) {
      this.#builder.aimAtDevice(device);
      this.#moveTo(this.#owner);
      const isSet = turn === 0 || random.nextInt(0, 3) > 0;
      if (isSet && beginsAnew) {
        if (this.#state.alive[this.#at.process] === 0)
          this.#builder.add({ op: 'spawn', process: this.#at.process });
      } else {
        this.#makeReady(turn > 0 ? undefined : isUnpopulated);
        if (turn > 0 && random.nextInt(0, 2) === 0) this.#take([stepToDevice]);
      }
      if (isSet) this.#take(beginning.set);
      this.#take(change);
      this.#builder.aimAtDevice(device);
      this.#takeOneOf(beginning.show);
      this.#builder.aimAt(undefined);
      if (random.nextInt(0, 9) < TIDIED) this.#tidy();
    }
    this.#builder.aimAtDevice(undefined);
  }

  /**
   * Adds races at the first page. Before each of them, the page is brought into a state that is drawn anew: populated,
   * shared, on the device, pinned or the like. Afterwards a command shows what became of it.
   */
  addRaces(count: number): void {
    const random = this.#random;
    for (let turn = 0; turn < count; turn++) {
      this.#builder.aimAtDevice(random.nextInt(0, devicesIn(this.#guide.scope) - 1));
      this.#owner = { process: this.#someProcess(), page: 0 };
      this.#moveTo(this.#owner);
      this.#makeReady(true);
      const isEmpty = this.#state.entry[this.#state.at(this.#at.process, this.#at.page)] === NO_OBJECT;
      if (isEmpty && random.nextInt(0, 7) > 0) this.#take(['store']);
      if (random.nextInt(0, 1) === 0 && this.#other() === this.#at) this.#take(['fork']);
      const migrate = random.nextInt(0, 1) === 0 ? stepToDevice : stepToSystem;
      this.#builder.add(this.#offeringFolios(migrate(this.#at, this.#setting)), true);
      if (random.nextInt(0, 3) === 0) this.#takeOneOf(BEFORE_RACES);
      if (random.nextInt(0, 1) === 0) this.#moveTo(this.#other());
      this.#take(['race']);
      this.#takeOneOf(AFTER_RACES);
      this.#builder.aimAt(undefined);
      if (random.nextInt(0, 9) < TIDIED) this.#tidy();
    }
    this.#builder.aimAtDevice(undefined);
  }

  /** In a world with blocks a migration is mostly of the whole block, with large folios. */
  #offeringFolios(command: Command): Command {
    const count = blockIn(this.#guide.scope);
    const isMigration = command.op === 'migrate-to-device' || command.op === 'migrate-to-system';
    if (count === 1 || !isMigration || this.#random.nextInt(0, 3) === 0) return command;
    return { ...command, page: this.#blockOf(command.page)[0] ?? command.page, count, compound: true };
  }

  #takeOneOf(alternatives: readonly Steps[]): void {
    this.#take(alternatives[this.#random.nextInt(0, alternatives.length - 1)] ?? []);
  }

  #someProcess(): number {
    const { alive } = this.#state;
    const start = this.#random.nextInt(0, alive.length - 1);
    const process = alive.indexOf(1, start);
    return process >= 0 ? process : Math.max(0, alive.indexOf(1));
  }

  #moveTo(place: Place): void {
    this.#at = place;
    this.#builder.aimAt(place);
  }

  /**
   * Makes sure that the page is mapped and writable. Populates it if it should be populated, sometimes on the device and
   * sometimes shared; if that is undefined, a page that is mapped stays as it is.
   */
  #makeReady(isUnpopulated: boolean | undefined): void {
    const random = this.#random;
    const { process, page } = this.#at;
    if (this.#state.alive[process] === 0) this.#builder.add({ op: 'spawn', process });
    const mapping = this.#state.mapping[this.#state.at(process, page)] ?? NOT_MAPPED;
    const isNewBlock = !this.#blockOf(page).some((each) => this.#isMapped({ process, page: each }));
    if (mapping === NOT_MAPPED && blockIn(this.#guide.scope) > 1 && isNewBlock) {
      const first = this.#blockOf(page)[0] ?? page;
      this.#builder.add({
        op: 'map',
        process,
        page: first,
        kind: 'private',
        protection: 'write',
        whole: true,
      });
    } else if (mapping === NOT_MAPPED) {
      this.#builder.add({ op: 'map', ...this.#at, kind: 'private', protection: 'write' });
    } else if (!mayWrite(mapping)) {
      this.#builder.add({ op: 'protect', ...this.#at, protection: 'write' });
    }
    if (isUnpopulated ?? (mapping !== NOT_MAPPED || random.nextInt(0, 1) === 0)) return;
    this.#take(['store']);
    if (random.nextInt(0, 1) === 0) this.#builder.add({ op: 'migrate-to-device', ...this.#at, count: 1 });
    if (random.nextInt(0, 2) > 0) return;
    const child = this.#state.alive.indexOf(0);
    if (child >= 0) this.#builder.add({ op: 'fork', process, child });
  }

  #isMapped({ process, page }: Place): boolean {
    return (this.#state.mapping[this.#state.at(process, page)] ?? NOT_MAPPED) !== NOT_MAPPED;
  }

  #take(steps: readonly LifecycleStep[]): void {
    for (const step of steps) {
      if (typeof step === 'function') this.#addAndFollow(step(this.#at, this.#setting));
      else if (step === 'child') this.#moveTo(this.#other());
      else if (step === 'parent') this.#moveTo(this.#owner);
      else if (step === 'beside') this.#moveTo(this.#beside());
      else if (step === 'clear') this.#clear(this.#at.page);
      else if (step === 'make-room')
        this.#clear((this.#at.page + blockIn(this.#guide.scope)) % this.#guide.scope.pages);
      else if (step === 'map-all') this.#mapAll();
      else if (step === 'neighbour') this.#moveToOther(this.#at.process);
      else if (step === 'stranger') this.#moveToOther((this.#at.process + 1) % this.#guide.scope.processes);
      else if (step === 'elsewhere') this.#builder.aimAtOtherDevice();
      else if (step === 'successor') this.#replaceProcess();
      else if (step === 'again') this.#take(this.#beginning?.set ?? []);
      else if (step === 'end') this.#take(this.#beginning?.end ?? []);
      else if (step === 'charges') {
        for (let group = 0; group < CONTROL_GROUPS; group++) this.#builder.add({ op: 'charge', group });
      } else {
        this.#addAndFollow(this.#builder.command(this.#variant(step)));
      }
    }
  }

  /** Adds a command; after a move, the following steps are at the new page, or sometimes at one that was kept. */
  #addAndFollow(command: Command): void {
    if (!this.#builder.add(command) || command.op !== 'move') return;
    const stays = command.keep && this.#random.nextInt(0, 2) === 0;
    const to = command.whole === true ? command.to + (this.#at.page - command.page) : command.to;
    this.#moveTo({ process: command.process, page: stays ? this.#at.page : to });
    this.#owner = this.#at;
  }

  /** Sometimes the kernel accesses the page instead of the CPU. */
  #variant(op: Op): Op {
    if ((op !== 'store' && op !== 'load') || !this.#guide.capabilities.has('kernel-access')) return op;
    if (this.#random.nextInt(0, 4) > 0) return op;
    return op === 'store' ? 'kernel-store' : 'kernel-load';
  }

  /** Another page of the same block. */
  #beside(): Place {
    const { process, page } = this.#at;
    const others = this.#blockOf(page).filter((other) => other !== page);
    return { process, page: others[this.#random.nextInt(0, Math.max(0, others.length - 1))] ?? page };
  }

  /** The pages of the block that a page belongs to. */
  #blockOf(page: number): readonly number[] {
    const block = blockIn(this.#guide.scope);
    return Array.from({ length: block }, (_, at) => page - (page % block) + at);
  }

  /** Unmaps the block that a page belongs to. */
  #clear(page: number): void {
    const { process } = this.#at;
    const block = this.#blockOf(page);
    const isMapped = block.every((each) => this.#isMapped({ process, page: each }));
    if (isMapped && this.#builder.add({ op: 'unmap', process, page: block[0] ?? page, whole: true })) return;
    for (const each of block) {
      if (this.#isMapped({ process, page: each })) this.#builder.add({ op: 'unmap', process, page: each });
    }
  }

  get #setting(): Setting {
    return { random: this.#random, device: this.#builder.aimedDevice, scope: this.#guide.scope };
  }

  /** Maps all pages of the process. */
  #mapAll(): void {
    const { process } = this.#at;
    for (let page = 0; page < this.#guide.scope.pages; page++) {
      if (this.#isMapped({ process, page })) continue;
      this.#builder.add({ op: 'map', process, page, kind: 'private', protection: 'write' });
    }
  }

  /** Moves to another page of a process, and maps it. */
  #moveToOther(process: number): void {
    const { pages } = this.#guide.scope;
    this.#moveTo({ process, page: (this.#at.page + this.#random.nextInt(1, pages - 1)) % pages });
    this.#makeReady(true);
  }

  /** The page in another process that maps it, preferably the same object; otherwise the page itself. */
  #other(): Place {
    const { process, page } = this.#at;
    const { entry } = this.#state;
    const object = entry[this.#state.at(process, page)] ?? NO_OBJECT;
    let found = this.#at;
    for (let other = 0; other < this.#guide.scope.processes; other++) {
      if (other === process || !this.#isMapped({ process: other, page })) continue;
      found = { process: other, page };
      if (object > NO_OBJECT && entry[this.#state.at(other, page)] === object) break;
    }
    return found;
  }

  /** Ends the process and forks another one, which maps the page, into its slot; spawns one if there is no other. */
  #replaceProcess(): void {
    const { process, page } = this.#at;
    const other = this.#state.alive.findIndex((alive, index) => alive === 1 && index !== process);
    if (other >= 0)
      this.#builder.add({ op: 'map', process: other, page, kind: 'private', protection: 'write' });
    this.#builder.add({ op: 'exit', process });
    if (other >= 0) this.#builder.add({ op: 'fork', process: other, child: process });
    else this.#take(['spawn', 'map']);
  }

  /** Ends states of devices, groups and slots that would keep later lifecycles from having an effect. */
  #tidy(): void {
    const { remaining, limit, slot } = this.#state;
    for (let device = 0; device < devicesIn(this.#guide.scope); device++) {
      const named = device === 0 ? {} : { device };
      if (this.#state.attached[device] === 0) this.#builder.add({ op: 'attach', ...named });
      if (this.#state.closed[device] === 1) this.#builder.add({ op: 'open', ...named });
    }
    if (remaining.some((strikes) => strikes !== 0)) this.#builder.add({ op: 'heal' });
    for (const [group, pages] of limit.entries()) {
      if (pages > 0) this.#builder.add({ op: 'limit', group, pages: 'none' });
    }
    for (const [at, held] of slot.entries()) if (held !== 0) this.#builder.add({ op: 'unpin', slot: at });
  }
}
