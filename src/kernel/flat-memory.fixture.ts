import type { Command } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';

/** For the smoke test: what one process sees of one page. */
interface Cell {
  mapped: boolean;
  host: boolean;
  protection: 'none' | 'read' | 'write';
  value: number;
  poisoned: boolean;
}

const fresh = (): Cell => ({ mapped: false, host: false, protection: 'none', value: 0, poisoned: false });

/** Memory without devices, sharing or frames: each process has values of its own, and a copy of them at fork. */
export class FlatMemory {
  readonly #poisons: boolean;
  readonly #cells: Cell[][];
  readonly #host: number[];
  #detached = false;

  constructor(poisons: boolean, processes: number, pages: number) {
    this.#poisons = poisons;
    this.#cells = Array.from({ length: processes }, () => Array.from({ length: pages }, fresh));
    this.#host = Array.from({ length: pages }, () => 0);
  }

  #cell(process: number, page: number): Cell {
    return this.#cells[process]?.[page] ?? fresh();
  }

  isHost(process: number, page: number): boolean {
    return this.#cell(process, page).host;
  }

  #read(cell: Cell, page: number): number {
    return cell.host ? (this.#host[page] ?? 0) : cell.value;
  }

  #write(cell: Cell, page: number, value: number): void {
    if (cell.host) this.#host[page] = value;
    else cell.value = value;
  }

  /** Follows a command with what it answered; says what it should have answered, if that was wrong. */
  follow(command: Command, result: Result, failing: boolean): string | undefined {
    switch (command.op) {
      case 'map': {
        const host = command.kind === 'host';
        const cell = { ...fresh(), mapped: true, host, protection: command.protection };
        Object.assign(this.#cell(command.process, command.page), cell);
        return undefined;
      }
      case 'unmap':
        Object.assign(this.#cell(command.process, command.page), fresh());
        return undefined;
      case 'discard':
        Object.assign(this.#cell(command.process, command.page), { value: 0, poisoned: false });
        return undefined;
      case 'protect':
        this.#cell(command.process, command.page).protection = command.protection;
        return undefined;
      case 'fork':
        this.#cells[command.child] = structuredClone(this.#cells[command.process] ?? []);
        return undefined;
      case 'exit':
        this.#cells[command.process] = (this.#cells[command.process] ?? []).map(fresh);
        return undefined;
      case 'load':
        return this.#touch(command.process, command.page, false, result, failing);
      case 'store': {
        const wrong = this.#touch(command.process, command.page, true, result, failing);
        const cell = this.#cell(command.process, command.page);
        if (result === 'ok') this.#write(cell, command.page, command.value);
        return wrong;
      }
      case 'device-load':
        return this.#access(command.process, command.page, false, result, failing);
      case 'device-store': {
        const wrong = this.#access(command.process, command.page, true, result, failing);
        if (result === 'ok')
          this.#write(this.#cell(command.process, command.page), command.page, command.value);
        return wrong;
      }
      case 'pin':
        return this.#pin(command.process, command.page, result, failing);
      case 'detach':
        if (result === 'ok') this.#detached = true;
        return undefined;
      case 'attach':
        this.#detached = false;
        return undefined;
      default:
        return undefined;
    }
  }

  #touch(
    process: number,
    page: number,
    write: boolean,
    result: Result,
    failing: boolean,
  ): string | undefined {
    const cell = this.#cell(process, page);
    const expected = this.#expected(cell, page, write);
    if (result === expected) return undefined;
    if (failing && typeof expected !== 'string' && result === 'oom') return undefined;
    if (failing && expected !== 'SIGSEGV' && result === 'SIGBUS') {
      cell.poisoned = this.#poisons;
      return undefined;
    }
    if (write && typeof expected === 'number' && (result === 'ok' || (failing && result === 'oom')))
      return undefined;
    return `${result}, not ${expected}`;
  }

  #expected(cell: Cell, page: number, write: boolean): number | 'SIGSEGV' | 'SIGBUS' {
    if (cell.protection === 'none' || (write && cell.protection === 'read')) return 'SIGSEGV';
    return cell.poisoned ? 'SIGBUS' : this.#read(cell, page);
  }

  #access(
    process: number,
    page: number,
    write: boolean,
    result: Result,
    failing: boolean,
  ): string | undefined {
    const cell = this.#cell(process, page);
    let expected: Result = write ? 'ok' : this.#read(cell, page);
    if (cell.poisoned) expected = 'EFAULT';
    if (write && cell.protection === 'read') expected = 'EPERM';
    if (cell.protection === 'none') expected = 'EFAULT';
    if (this.#detached) expected = 'ENODEV';
    const excused = failing && expected === 'ok' && (result === 'EFAULT' || result === 'ENOMEM');
    return result === expected || excused ? undefined : `${result}, not ${expected}`;
  }

  #pin(process: number, page: number, result: Result, failing: boolean): string | undefined {
    if (result === 'EBUSY') return undefined;
    const cell = this.#cell(process, page);
    const expected = typeof this.#expected(cell, page, true) === 'number' ? 'ok' : 'EFAULT';
    if (result === expected || (failing && result === 'ENOMEM')) return undefined;
    if (!failing || result !== 'EFAULT') return `${result}, not ${expected}`;
    cell.poisoned = this.#poisons;
    return undefined;
  }
}
