import type { CommandOf } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';

/** The commands that change the state of a device. */
export type DeviceChange = CommandOf<'attach' | 'detach' | 'surprise-remove' | 'close' | 'open' | 'hot-add'>;

/**
 * The devices that are attached, those that are open, and those whose address range holds added system memory: one bit
 * for each device.
 */
export class DeviceStates {
  static readonly START = new DeviceStates(-1, -1, 0);

  readonly #attached: number;
  readonly #open: number;
  readonly #replaced: number;

  private constructor(attached: number, open: number, replaced: number) {
    this.#attached = attached;
    this.#open = open;
    this.#replaced = replaced;
  }

  isAttached(device: number): boolean {
    return (this.#attached & (1 << device)) !== 0;
  }

  isOpen(device: number): boolean {
    return (this.#open & (1 << device)) !== 0;
  }

  /** Whether the device is attached and open. */
  isUsable(device: number): boolean {
    return this.isAttached(device) && this.isOpen(device);
  }

  /** Whether system memory was added in the address range of the device while it was detached. */
  isReplaced(device: number): boolean {
    return (this.#replaced & (1 << device)) !== 0;
  }

  /** The states after a command with this result. */
  after({ op, device = 0 }: DeviceChange, result: Result): DeviceStates {
    if (result !== 'ok') return this;
    const bit = 1 << device;
    switch (op) {
      case 'attach':
        return new DeviceStates(this.#attached | bit, this.#open, this.#replaced & ~bit);
      case 'detach':
      case 'surprise-remove':
        return new DeviceStates(this.#attached & ~bit, this.#open, this.#replaced);
      case 'close':
        return new DeviceStates(this.#attached, this.#open & ~bit, this.#replaced);
      case 'open':
        return new DeviceStates(this.#attached, this.#open | bit, this.#replaced);
      case 'hot-add':
        return new DeviceStates(this.#attached, this.#open, this.#replaced | bit);
    }
  }
}
