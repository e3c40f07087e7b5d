// A correct memory with the core commands only, used by the misbehaving adapter.

/** A fresh world of a scope; `run` executes one command and returns its result. */
export class Memory {
  #pages;
  #frames;

  constructor({ processes, pages, frames }) {
    this.#pages = Array.from({ length: processes }, () => Array.from({ length: pages }, () => undefined));
    this.#frames = frames;
  }

  run(command) {
    switch (command.op) {
      case 'map':
        this.#put(command, { protection: command.protection, value: undefined, isAway: false });
        return 'ok';
      case 'unmap':
        this.#leave(this.#at(command));
        this.#put(command, undefined);
        return 'ok';
      case 'exit':
        for (const page of this.#pages[command.process]) this.#leave(page);
        this.#pages[command.process].fill(undefined);
        return 'ok';
      case 'load':
      case 'store':
        return this.#touch(this.#at(command), command);
      case 'migrate-to-device':
        return this.#range(command).map((page) => this.#toDevice(page));
      case 'migrate-to-system':
        return this.#range(command).map((page) => (this.#leave(page) ? 'moved' : 'skipped'));
      case 'spawn':
      case 'inspect':
        return 'ok';
      default:
        return 'unsupported';
    }
  }

  #at = ({ process, page }) => this.#pages[process][page];
  #put = ({ process, page }, what) => {
    this.#pages[process][page] = what;
  };
  #range = ({ process, page, count }) => this.#pages[process].slice(page, page + count);

  #touch(page, { op, value }) {
    if (page === undefined || page.protection === 'none') return 'SIGSEGV';
    if (op === 'store' && page.protection !== 'write') return 'SIGSEGV';
    this.#leave(page);
    if (op === 'load') return page.value ?? 0;
    page.value = value;
    return 'ok';
  }

  #toDevice(page) {
    if (page?.value === undefined || page.isAway || this.#frames === 0) return 'skipped';
    this.#frames--;
    page.isAway = true;
    return 'moved';
  }

  /** Releases the frame of a page; returns true if it had one. */
  #leave(page) {
    if (page?.isAway !== true) return false;
    page.isAway = false;
    this.#frames++;
    return true;
  }
}
