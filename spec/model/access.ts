import type { CommandOf } from '../vocabulary/command.ts';
import { type AccessKind, BY_CPU, BY_KERNEL } from './access-kind.ts';
import { ACCESS } from './attribution/access.ts';
import { becomeDirty, keep } from './tracking.ts';
import { emptyValue, ownPage } from './own-page.ts';
import {
  isCommon,
  isHost,
  LIKELY_WRITABLE,
  NO_OBJECT,
  type State,
  STORED_BY_KERNEL,
  WAS_SHARED,
} from './state.ts';
import { reach } from './page-access.ts';
import type { Step } from './step.ts';

/** The index in `common` of the page that an entry of host or shared memory maps. */
export const commonIndex = (state: State, entry: number): number => {
  const { pages } = state.scope;
  return (entry % pages) + (isHost(state.mapping[entry] ?? 0) ? 0 : pages);
};

export function load(step: Step, command: CommandOf<'load'>): void {
  loadBy(step, command, BY_CPU);
}

export function store(step: Step, command: CommandOf<'store'>): void {
  storeBy(step, command, BY_CPU);
}

/** A load by the CPU or the kernel. Returns false if the command ended before it reached the page. */
export function loadBy(
  step: Step,
  { process, page }: { readonly process: number; readonly page: number },
  kind: AccessKind,
): boolean {
  const { state } = step;
  const entry = state.at(process, page);
  step.names(process, page);
  if (!reach(step, entry, false, kind)) return false;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isCommon(state.mapping[entry] ?? 0)) {
    step.result = state.common[commonIndex(state, entry)] ?? 0;
  } else if (object === NO_OBJECT) {
    step.refine(ACCESS.loadedUnpopulated);
    step.result = emptyValue(step, entry);
  } else {
    if (((state.history[object] ?? 0) & WAS_SHARED) !== 0) step.refine(ACCESS.loadedShared);
    step.result = state.value[object] ?? 0;
  }
  return true;
}

/** A store by the CPU or the kernel. Returns false if the command ended before it reached the page. */
export function storeBy(
  step: Step,
  { process, page, value }: { readonly process: number; readonly page: number; readonly value: number },
  kind: AccessKind,
): boolean {
  const { state } = step;
  const entry = state.at(process, page);
  step.names(process, page);
  if (!reach(step, entry, true, kind)) return false;
  if (isCommon(state.mapping[entry] ?? 0)) {
    state.common[commonIndex(state, entry)] = value;
    return true;
  }
  const object = ownPage(step, entry, kind.memory);
  if (object === undefined) return false;
  state.value[object] = value;
  const byKernel = kind === BY_KERNEL ? STORED_BY_KERNEL : 0;
  state.history[object] = ((state.history[object] ?? 0) & ~STORED_BY_KERNEL) | byKernel;
  keep(state, entry);
  state.writable[entry] = LIKELY_WRITABLE;
  becomeDirty(state, entry);
  return true;
}
