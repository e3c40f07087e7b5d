import type { Command } from '../vocabulary/command.ts';
import { fileValue } from '../vocabulary/scope.ts';
import { isCommon, isFile, isMapped } from './permission.ts';
import { isPoison, NO_OBJECT, type State } from './state.ts';

const NOTHING_THERE = -1;
const LOST = -2;
/** Any process may change common memory, so its content is not compared. */
const COMMON = -3;

/** The value that a permitted load would return, or one of the negative codes. */
function contentOf(state: State, entry: number): number {
  const mapping = state.mapping[entry] ?? 0;
  if (!isMapped(mapping)) return NOTHING_THERE;
  if (isCommon(mapping)) return COMMON;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) return LOST;
  if (object !== NO_OBJECT) return state.value[object] ?? 0;
  return isFile(mapping) ? fileValue(entry % state.scope.pages) : 0;
}

const NONE = 0;
const PAGE = 1;
const LOSS = 2;
const PROCESS = 3;
const CHILD = 4;
const BOTH_PAGES = 5;
const DEVICE = 6;

/** The pages whose content a command may change. The content of all other pages must stay the same. */
const MAY_CHANGE: { readonly [O in Exclude<Command['op'], 'race'>]: number } = {
  spawn: NONE,
  fork: CHILD,
  exit: PROCESS,
  map: PAGE,
  unmap: PAGE,
  discard: PAGE,
  protect: LOSS,
  load: LOSS,
  store: PAGE,
  'migrate-to-device': NONE,
  'migrate-to-system': NONE,
  'device-load': NONE,
  'device-store': PAGE,
  pin: LOSS,
  unpin: NONE,
  inject: NONE,
  heal: NONE,
  evict: NONE,
  attach: NONE,
  detach: NONE,
  'swap-on': NONE,
  inspect: NONE,
  move: BOTH_PAGES,
  populate: LOSS,
  lock: LOSS,
  unlock: NONE,
  advise: PAGE,
  'kernel-load': LOSS,
  'kernel-store': PAGE,
  peek: NONE,
  watch: NONE,
  'clear-soft-dirty': NONE,
  'soft-dirty': NONE,
  'page-map': NONE,
  residency: NONE,
  smaps: NONE,
  limit: NONE,
  join: NONE,
  charge: NONE,
  'evict-all': NONE,
  close: NONE,
  open: NONE,
  'hot-add': NONE,
  'make-exclusive': LOSS,
  'device-exchange': PAGE,
  'surprise-remove': DEVICE,
  inherit: NONE,
};

/** Whether the command may have changed the content of an entry to `after`. */
function mayChange(command: Command, state: State, entry: number, after: number): boolean {
  if (command.op === 'race') {
    return mayChange(command.left, state, entry, after) || mayChange(command.right, state, entry, after);
  }
  const how = MAY_CHANGE[command.op];
  if (how === NONE) return false;
  if (how === DEVICE) return after === LOST;
  const { pages } = state.scope;
  const process = (entry / pages) | 0;
  if (how === CHILD) return command.op === 'fork' && process === command.child;
  if (!('process' in command) || process !== command.process) return false;
  if (how === PROCESS) return true;
  const page = entry % pages;
  if (how === BOTH_PAGES && command.op === 'move' && page === command.to) return true;
  if (!('page' in command) || page !== command.page) return false;
  return how !== LOSS || after === LOST;
}

/**
 * The first entry whose content changed although the command may not change it; −1 if there is none. A store in one process
 * therefore changes no value that another process would load, except in common memory.
 */
export function wronglyChanged(before: State, after: State, command: Command): number {
  for (let entry = 0; entry < before.entry.length; entry++) {
    const content = contentOf(after, entry);
    if (content !== contentOf(before, entry) && !mayChange(command, before, entry, content)) return entry;
  }
  return -1;
}
