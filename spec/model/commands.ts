import type { CommandOf, Op } from '../vocabulary/command.ts';
import { advise } from './advise.ts';
import { attach, close, detach, hotAdd, open, surpriseRemove } from './attachment.ts';
import { evictAll, evictRange } from './eviction.ts';
import { race } from './race.ts';
import { charge, join, limit } from './charging.ts';
import { deviceLoad, deviceStore } from './device-access.ts';
import { deviceExchange, makeExclusive } from './exclusive.ts';
import { collapse, split } from './folio-commands.ts';
import { heal, inject } from './injection.ts';
import { kernelLoad, kernelStore, peek } from './kernel-access.ts';
import { discard, map, protect, unmap } from './mapping.ts';
import { evict, migrateToDevice, migrateToSystem } from './migrate.ts';
import { move } from './move.ts';
import { lock, populate, unlock } from './populate.ts';
import { exit, fork, inherit, spawn } from './process.ts';
import { pageMap, residency, smaps } from './query.ts';
import { HALF_STORED, TORN } from './state.ts';
import type { Step } from './step.ts';
import { swapOn } from './swap.ts';
import { clearSoftDirty, softDirty, watch } from './tracking.ts';
import { load, store } from './access.ts';
import { pin, unpin } from './pin.ts';

type Rules = { readonly [O in Op]: (step: Step, command: CommandOf<O>) => void };

const RULES: Rules = {
  spawn,
  fork,
  exit,
  map,
  unmap,
  discard,
  protect,
  load,
  store,
  'migrate-to-device': migrateToDevice,
  'migrate-to-system': migrateToSystem,
  'device-load': deviceLoad,
  'device-store': deviceStore,
  pin,
  unpin,
  inject,
  heal,
  evict,
  attach,
  detach,
  'swap-on': swapOn,
  inspect: () => undefined,
  move,
  populate,
  lock,
  unlock,
  advise,
  'kernel-load': kernelLoad,
  'kernel-store': kernelStore,
  peek,
  watch,
  'clear-soft-dirty': clearSoftDirty,
  'soft-dirty': softDirty,
  'page-map': pageMap,
  residency,
  smaps,
  limit,
  join,
  charge,
  'evict-all': evictAll,
  'evict-range': evictRange,
  close,
  open,
  'hot-add': hotAdd,
  'make-exclusive': makeExclusive,
  'device-exchange': deviceExchange,
  'surprise-remove': surpriseRemove,
  inherit,
  collapse,
  split,
  race: (step, command) => race(step, command, applyRule),
};

/** The commands with one of these names, as a type that lets the compiler look up their rule by name. */
type CommandAmong<O extends Op> = { [N in O]: CommandOf<N> & { readonly op: N } }[O];

/** Executes one outcome of an admitted command. */
export function applyRule<O extends Op>(step: Step, command: CommandAmong<O>): void {
  const rules: { readonly [N in O]: (step: Step, command: CommandAmong<N>) => void } = RULES;
  rules[command.op](step, command);
  if (step.result === TORN || step.result === HALF_STORED) step.result = 'torn';
}
