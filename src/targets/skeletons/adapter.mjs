// A skeleton of an adapter for zone-device-conformance. MIT; copy it and change it.
//
// It executes the core on a table in memory. A command without a method is answered with "unsupported". Replace the
// methods by calls of your implementation, and declare each capability that you add.
//
//     npx zone-device-conformance doctor --target "stdio:node adapter.mjs"

import { pathToFileURL } from 'node:url';
import { defineAdapter, serve } from 'zone-device-conformance/adapter';

/** The world of one case: process 0 is alive, no page is mapped, the device is empty. */
class World {
  /** By process and page: the value, the protection, and whether the page is on the device. */
  #pages = new Map();
  #freeFrames;

  constructor({ frames }) {
    this.#freeFrames = frames;
  }

  spawn() {
    return 'ok';
  }

  exit({ process }) {
    for (const key of this.#pages.keys()) {
      const [owner, page] = key.split('/').map(Number);
      if (owner === process) this.unmap({ process, page });
    }
    return 'ok';
  }

  map({ process, page, kind, protection }) {
    if (kind !== 'private') return 'unsupported';
    this.#pages.set(`${process}/${page}`, { value: 0, protection, onDevice: false });
    return 'ok';
  }

  unmap({ process, page }) {
    if (this.#at(process, page)?.onDevice) this.#freeFrames++;
    this.#pages.delete(`${process}/${page}`);
    return 'ok';
  }

  load({ process, page }) {
    const cell = this.#at(process, page);
    if (cell === undefined || cell.protection === 'none') return 'SIGSEGV';
    this.#move(cell, false); // page_fault: a page on the device migrates back.
    return cell.value;
  }

  store({ process, page, value }) {
    const cell = this.#at(process, page);
    if (cell?.protection !== 'write') return 'SIGSEGV';
    this.#move(cell, false);
    cell.value = value;
    return 'ok';
  }

  migrateToDevice({ process, page, count }) {
    return Array.from({ length: count }, (_, index) => this.#move(this.#at(process, page + index), true));
  }

  migrateToSystem({ process, page, count }) {
    return Array.from({ length: count }, (_, index) => this.#move(this.#at(process, page + index), false));
  }

  #at(process, page) {
    return this.#pages.get(`${process}/${page}`);
  }

  #move(cell, toDevice) {
    if (cell === undefined || cell.onDevice === toDevice) return 'skipped';
    if (toDevice && this.#freeFrames === 0) return 'skipped';
    cell.onDevice = toDevice;
    this.#freeFrames += toDevice ? -1 : 1;
    return 'moved';
  }
}

export const adapter = defineAdapter({
  name: 'my-memory',
  profiles: ['linux-6.12'],
  capabilities: [], // Add 'fork' once fork works, and so on.
  createWorld: ({ scope }) => new World(scope),
});

// Started as a program, it speaks the wire protocol; imported, it is a target in process.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await serve(adapter);
