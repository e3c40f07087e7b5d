import { z } from 'zod';
import type { Command } from './command.ts';

/**
 * What a target can do and can show, declared in its `hello`. What is not declared is never sent and never
 * judged; it is reported as missing or not observable, never as passed. The protocol grows by adding names here:
 * a receiver ignores names that it does not know.
 */
export const Capability = z.enum([
  // Commands. Those without a capability here (spawn, exit, map private, unmap, load, store, migrate-to-device,
  // migrate-to-system, inspect) are the core, which every target has.
  'fork',
  'discard',
  'protect',
  'host',
  'device-load',
  'device-store',
  'pin',
  'evict',
  'attach',
  'swap-on',
  'inject-sigbus',
  'inject-oom',
  'inject-no-frame',
  'inject-no-copy',
  // Ways to behave that the specification leaves open.
  'device-copy-on-write',
  'oom-result',
  // What it shows.
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
  'every-step',
]);
export type Capability = z.infer<typeof Capability>;

/**
 * The capabilities that a target must have declared before it is sent this command; none for the core. `heal` is
 * sent to a target that offers any injection; that is the caller's to ask.
 */
export function capabilitiesFor(command: Command): readonly Capability[] {
  switch (command.op) {
    case 'map':
      return command.kind === 'host' ? NEEDS.host : NEEDS.core;
    case 'inject':
      return command.kind === 'oom' && command.remaining === 'until-healed'
        ? NEEDS['inject-oom-until-healed']
        : NEEDS[`inject-${command.kind}`];
    case 'unpin':
      return NEEDS.pin;
    case 'detach':
      return NEEDS.attach;
    case 'fork':
    case 'discard':
    case 'protect':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'evict':
    case 'attach':
    case 'swap-on':
      return NEEDS[command.op];
    case 'spawn':
    case 'exit':
    case 'unmap':
    case 'load':
    case 'store':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'heal':
    case 'inspect':
      return NEEDS.core;
  }
}

/** One array for each answer, so that asking allocates nothing. */
const NEEDS = {
  core: [],
  host: ['host'],
  fork: ['fork'],
  discard: ['discard'],
  protect: ['protect'],
  'device-load': ['device-load'],
  'device-store': ['device-store'],
  pin: ['pin'],
  evict: ['evict'],
  attach: ['attach'],
  'swap-on': ['swap-on'],
  'inject-sigbus': ['inject-sigbus'],
  'inject-oom': ['inject-oom'],
  'inject-oom-until-healed': ['inject-oom', 'oom-result'],
  'inject-no-frame': ['inject-no-frame'],
  'inject-no-copy': ['inject-no-copy'],
} as const satisfies Record<string, readonly Capability[]>;
