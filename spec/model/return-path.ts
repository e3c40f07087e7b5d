import type { Command } from '../vocabulary/command.ts';
import { devicesIn } from '../vocabulary/scope.ts';
import { perform } from './commands.ts';
import { mayRead } from './permission.ts';
import { NO_OBJECT, State, SYSTEM, TORN } from './state.ts';
import type { Step } from './step.ts';

/**
 * Checks that every page on a device can migrate to system once the device is healed: by a permitted load, in each of its
 * outcomes, with its value and one page_fault; by evict-all, in its most likely outcome, from a closed device as well;
 * and by detach, in every outcome.
 */
export class ReturnPath {
  readonly #step: Step;
  readonly #healed: State;

  constructor(step: Step) {
    this.#step = step;
    this.#healed = new State(step.state.scope);
  }

  /** The first page or device with pages that do not return, in words; undefined where all pages return. */
  missing(state: State): string | undefined {
    if (state.onDeviceCount === 0) return undefined;
    const healed = this.#healed;
    healed.copyFrom(state);
    healed.remaining.fill(0);
    healed.victim.fill(0);
    for (let entry = 0; entry < healed.entry.length; entry++) {
      const object = healed.entry[entry] ?? NO_OBJECT;
      if (object <= NO_OBJECT || !healed.onDevice(object)) continue;
      if (!mayRead(healed.mapping[entry] ?? 0)) continue;
      if (!this.#returnsByLoad(entry, object)) return `entry ${entry}: a load does not bring it back`;
    }
    for (let device = 0; device < devicesIn(healed.scope); device++) {
      const there = this.#countOn(healed, device);
      if (there === 0) continue;
      // The most likely outcome comes first; in it, no page stays without a reason.
      const evicted = this.#first({ op: 'evict-all', device });
      if (evicted.result !== there || this.#countOn(evicted.state, device) !== 0) {
        return `device ${device}: something stays after evict-all`;
      }
      if (!this.#everyDetachEmpties(device)) return `device ${device}: something stays after detach`;
    }
    return undefined;
  }

  #returnsByLoad(entry: number, object: number): boolean {
    const healed = this.#healed;
    const { pages } = healed.scope;
    const load: Command = { op: 'load', process: (entry / pages) | 0, page: entry % pages };
    const step = this.#step;
    step.begin(healed, undefined, false);
    do {
      perform(step, load);
      const value = healed.value[object];
      const right = step.result === (value === TORN ? 'torn' : value) && step.faults === 1;
      if (!right || step.state.place[object] !== SYSTEM) return false;
    } while (step.next(healed));
    return true;
  }

  #everyDetachEmpties(device: number): boolean {
    const step = this.#step;
    step.begin(this.#healed, undefined, false);
    do {
      perform(step, { op: 'detach', device });
      if (step.result !== 'ok' || this.#countOn(step.state, device) !== 0) return false;
    } while (step.next(this.#healed));
    return true;
  }

  #first(command: Command): Step {
    this.#step.begin(this.#healed, undefined, false);
    perform(this.#step, command);
    return this.#step;
  }

  #countOn(state: State, device: number): number {
    let count = 0;
    for (let object = 1; object < state.objectEnd; object++) if (state.isOn(object, device)) count++;
    return count;
  }
}
