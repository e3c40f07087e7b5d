import type { RaceSide } from '../vocabulary/command.ts';
import { commonIndex } from './access.ts';
import { areOneMemory, isPinnedAt } from './meeting.ts';
import { emptyValue } from './own-page.ts';
import { isCommon, isMapped } from './permission.ts';
import { HALF_STORED, NO_OBJECT, type State, TORN } from './state.ts';
import type { Step } from './step.ts';

/** The sides that write a page cell by cell. */
type Writer = Extract<RaceSide, { op: 'store' | 'kernel-store' | 'device-store' }>;

export const isWriter = (command: RaceSide): command is Writer =>
  command.op === 'store' || command.op === 'kernel-store' || command.op === 'device-store';

/** Whether the other side may preserve a half-done store to a page, or mix it with its own store. */
export function mayBeLeftHalf(state: State, { process, page, value }: Writer, other: RaceSide): boolean {
  switch (other.op) {
    case 'fork':
      return other.process === process;
    case 'unmap':
    case 'discard':
    case 'move':
    case 'protect':
      return other.process === process && other.page === page;
    case 'store':
    case 'kernel-store':
    case 'device-store':
    case 'device-exchange':
      return (
        other.value !== value &&
        areOneMemory(state, state.at(process, page), state.at(other.process, other.page))
      );
    case 'load':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'exit':
    case 'device-load':
    case 'pin':
    case 'unpin':
    case 'detach':
    case 'kernel-load':
    case 'peek':
    case 'close':
    case 'make-exclusive':
      return false;
  }
}

/** The value that a load at an entry would return; undefined where there is no value. */
export function valueAt(step: Step, entry: number): number | undefined {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!isMapped(mapping)) return undefined;
  if (isCommon(mapping)) return state.common[commonIndex(state, entry)];
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object === NO_OBJECT) return emptyValue(step, entry);
  return object > NO_OBJECT ? state.value[object] : undefined;
}

/** Makes the page at an entry torn: it holds some cells of one store and some of another content. */
export function tear({ state }: Step, entry: number): void {
  if (isCommon(state.mapping[entry] ?? 0)) {
    state.common[commonIndex(state, entry)] = TORN;
    return;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object > NO_OBJECT) state.value[object] = TORN;
}

/** Makes pages that are still half stored at the end of the race torn. */
export function settleHalves({ state }: Step): void {
  for (const values of [state.value, state.common]) {
    for (let at = 0; at < values.length; at++) if (values[at] === HALF_STORED) values[at] = TORN;
  }
}

/** Whether a reading side runs concurrently with a command that changes the cells of its page one by one. */
export function seesHalves(state: State, reader: RaceSide, other: RaceSide): boolean {
  switch (reader.op) {
    case 'load':
    case 'kernel-load':
    case 'peek':
    case 'device-load': {
      const here = state.at(reader.process, reader.page);
      if (isWriter(other) || other.op === 'device-exchange') {
        return areOneMemory(state, here, state.at(other.process, other.page));
      }
      const empties = other.op === 'discard' || (other.op === 'move' && other.keep);
      return empties && here === state.at(other.process, other.page);
    }
    case 'unpin':
      return (
        (isWriter(other) || other.op === 'device-exchange') &&
        isPinnedAt(state, reader.slot, state.at(other.process, other.page))
      );
    case 'device-exchange':
      return (
        other.op === 'device-store' &&
        state.at(reader.process, reader.page) === state.at(other.process, other.page)
      );
    case 'fork':
    case 'unmap':
    case 'discard':
    case 'store':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'exit':
    case 'protect':
    case 'device-store':
    case 'pin':
    case 'detach':
    case 'move':
    case 'kernel-store':
    case 'close':
    case 'make-exclusive':
      return false;
  }
}
