import type { CommandOf } from '../vocabulary/command.ts';
import { FOLIO } from './attribution/folio.ts';
import { choice, ifSeen } from './choice.ts';
import { isOfOneMapping, isSplitStruck, mayDropZeroPages, splitLargeFolio } from './folio.ts';
import {
  isPoison,
  LIKELY_WRITABLE,
  mayWrite,
  NO_OBJECT,
  NO_SPLIT,
  READ_ONLY,
  SYSTEM,
  WAS_COLLAPSED,
  WHOLE,
} from './state.ts';
import type { Step } from './step.ts';
import { mayBecomeDirty } from './tracking.ts';

const COLLAPSE = choice('collapse', 'succeeds', 'fails');
const COLLAPSED_WHOLE = choice('collapse that is not needed', 'changes nothing', 'makes a new large folio');
const SYSTEM_SPLIT = choice('split of a large folio in system memory', 'ok', 'EINVAL', 'EBUSY');
const STRUCK_SYSTEM_SPLIT = choice('split in system memory that an injection refuses', 'EBUSY', 'EINVAL');
const SYSTEM_REFUSAL = choice('refused split in system memory', 'injection', 'another cause');

/** The content of an unpopulated page. */
const ZERO = { value: 0, history: 0 } as const;

/** The errors of a collapse. A target may return any of them for any cause. */
const COLLAPSE_ERRORS = ['EINVAL', 'EBUSY', 'ENOMEM'] as const;

/**
 * Makes the pages of a block one large folio in system memory, of which the process has the only entry. Sharers keep the
 * objects that they have.
 */
export function collapse(step: Step, { process, page }: CommandOf<'collapse'>): void {
  const { state } = step;
  const block = state.blockOf(state.at(process, page));
  const [first = 0] = block;
  step.names(process, first % state.scope.pages, block.length);
  step.select(FOLIO.collapseRefused);
  const mayCollapse = isOfOneMapping(state, block) && block.every((entry) => isCollapsible(step, entry));
  if (!mayCollapse) step.refine(FOLIO.notCollapsible);
  // A whole entry in system memory needs no collapse, nor does a block that may be mapped to a large page of zeros.
  const isCollapsed = state.isWhole(first) && !state.onDevice(state.entry[first] ?? NO_OBJECT);
  const isEmpty = block.every((entry) => state.entry[entry] === NO_OBJECT);
  const hint = ifSeen(step.returned('ok'), 'succeeds', 'fails');
  if (!(mayCollapse || isCollapsed) || step.choose(COLLAPSE, hint) === 'fails') {
    step.result = step.chooseResult(COLLAPSE_ERRORS) ?? 'EINVAL';
    return;
  }
  step.select(FOLIO.collapsed);
  if (!mayCollapse) return;
  if ((isCollapsed || isEmpty) && step.choose(COLLAPSED_WHOLE) === 'changes nothing') return;
  step.refine(FOLIO.collapsedAnew);
  const contents = block.map((entry) => {
    const object = state.entry[entry] ?? NO_OBJECT;
    if (object === NO_OBJECT) return ZERO;
    return { value: state.value[object] ?? 0, history: state.history[object] ?? 0 };
  });
  for (const entry of block) step.unlink(entry);
  const objects = block.map((entry, part) => {
    const { value, history } = contents[part] ?? ZERO;
    const object = step.newObject(value, SYSTEM, entry);
    state.history[object] = history | WAS_COLLAPSED;
    step.link(entry, object, mayWrite(state.mapping[entry] ?? 0) ? LIKELY_WRITABLE : READ_ONLY);
    mayBecomeDirty(state, entry);
    state.track[entry] = (state.track[entry] ?? 0) | WHOLE;
    return object;
  });
  state.bindFolio(objects);
}

/** Whether a page can become a page of a large folio by a collapse: it is unpopulated, or in system memory and not pinned. */
function isCollapsible({ state }: Step, entry: number): boolean {
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object === NO_OBJECT) return true;
  return !isPoison(object) && !state.onDevice(object) && !state.pinned(object);
}

/** Splits the large folio of a page and leaves each page where it is. */
export function split(step: Step, { process, page }: CommandOf<'split'>): void {
  const { state } = step;
  const object = state.entry[state.at(process, page)] ?? NO_OBJECT;
  step.names(process, page);
  step.select(FOLIO.split);
  if (object <= NO_OBJECT || !state.isInFolio(object)) {
    step.result = 'EINVAL';
    return;
  }
  const isStruck = isSplitStruck(step, object);
  if (isStruck) {
    step.select(FOLIO.splitRefused);
    step.refine(FOLIO.splitStruck);
  }
  if (state.onDevice(object)) step.result = isStruck ? 'EBUSY' : 'ok';
  // A large folio in system memory may have been split before.
  else if (isStruck) step.result = step.choose(STRUCK_SYSTEM_SPLIT, step.resultAmong(['EBUSY', 'EINVAL']));
  else step.result = step.choose(SYSTEM_SPLIT, step.resultAmong(['ok', 'EINVAL', 'EBUSY']));
  if (isStruck && step.result === 'EBUSY' && !step.lasting(NO_SPLIT)) {
    // In system memory another cause, for example a pin, may refuse it first.
    if (state.onDevice(object) || step.choose(SYSTEM_REFUSAL) === 'injection') step.consume(NO_SPLIT);
  }
  if (step.result !== 'ok') return;
  step.refine(FOLIO.splitDone);
  if (!state.onDevice(object)) mayDropZeroPages(step, state.membersOf(object));
  if (state.isInFolio(object)) splitLargeFolio(step, object);
}
