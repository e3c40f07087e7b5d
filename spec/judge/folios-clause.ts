import { FIRST_FRAME, isSomeFrame, NO_OBJECT, type State, SYSTEM } from '../model/state.ts';
import type { Step } from '../model/step.ts';
import type { RequirementId } from '../requirements/catalogue.ts';
import { blockIn, framesIn, isFrameBlock } from '../vocabulary/scope.ts';
import { isDeviceEntry, isWriteEntry, type Snapshot } from '../vocabulary/snapshot.ts';
import { entryInWords } from '../vocabulary/words.ts';
import type { Breach } from './verdict.ts';

const breach = (requirement: RequirementId, expected: string, observed: string): Breach => ({
  clause: 'entries',
  requirement,
  expected,
  observed,
});

/**
 * Large folios: each on one block of frames, the whole entries, and the frames that hold a large folio. Checked after the
 * entries, which name the frames. The state adopts the split of a whole entry where one is allowed.
 */
export function matchFolios(step: Step, { entries, whole, large }: Snapshot): Breach | undefined {
  const { state } = step;
  if (entries === undefined || whole === undefined || large === undefined) return undefined;
  return nameFrames(state) ?? matchWhole(step, entries, whole) ?? matchLarge(step, large);
}

/** Names the frames of large folios of which one frame is known. */
function nameFrames(state: State): Breach | undefined {
  for (let object = 1; object < state.folio.length; object++) {
    const place = state.place[object] ?? SYSTEM;
    if (!state.isInFolio(object) || place < FIRST_FRAME) continue;
    const head = place - FIRST_FRAME - state.partOf(object);
    const members = state.membersOf(object);
    const isRight =
      isFrameBlock(state.scope, head) &&
      members.every((member, part) => {
        const other = state.place[member] ?? SYSTEM;
        const wanted = FIRST_FRAME + head + part;
        return isSomeFrame(other) ? state.holderOf(head + part) === NO_OBJECT : other === wanted;
      });
    if (!isRight) {
      const frames = members.map((member) => (state.place[member] ?? SYSTEM) - FIRST_FRAME);
      const seen = frames.map((frame) => (frame < 0 ? 'not shown' : String(frame))).join(', ');
      return breach('folio.on-a-block', 'a large folio on one block of frames, in order', `frames ${seen}`);
    }
    for (const [part, member] of members.entries()) {
      if (isSomeFrame(state.place[member] ?? SYSTEM)) state.setPlace(member, FIRST_FRAME + head + part);
    }
  }
  return undefined;
}

function matchWhole(step: Step, codes: readonly number[], whole: readonly boolean[]): Breach | undefined {
  const { state } = step;
  const { pages } = state.scope;
  for (let entry = 0; entry < state.entry.length; entry++) {
    const where = `process ${Math.floor(entry / pages)} page ${entry % pages}`;
    if (whole[entry] === true) {
      if (!state.isWhole(entry)) {
        return breach(
          step.attribution.folio,
          `${where}: an entry of its own`,
          `${where}: part of a whole entry`,
        );
      }
      const block = state.blockOf(entry);
      const [first = entry] = block;
      const code = codes[entry] ?? 0;
      if (isDeviceEntry(code) && isWriteEntry(code) !== isWriteEntry(codes[first] ?? 0)) {
        return breach(
          'folio.on-a-block',
          `${where}: ${isWriteEntry(code) ? 'READ' : 'WRITE'}, as the first page of its whole entry`,
          `${where}: ${entryInWords(code)}`,
        );
      }
    } else if (state.isWhole(entry)) {
      const object = state.entry[entry] ?? NO_OBJECT;
      const maySplit = !state.onDevice(object) || (step.mayReplaceWhole && isNamed(step, entry));
      if (!maySplit) {
        return breach(
          step.attribution.folio,
          `${where}: part of a whole entry`,
          `${where}: an entry of its own`,
        );
      }
      const partial = state.blockOf(entry).find((part) => whole[part] === true);
      if (partial !== undefined) {
        return breach(
          'folio.splits-entry-only',
          `${where}: part of a whole entry`,
          `${where}: an entry of its own`,
        );
      }
      state.splitEntry(entry);
    }
  }
  return undefined;
}

/** Whether the command names a page of the block of an entry. */
function isNamed(step: Step, entry: number): boolean {
  if (step.process < 0) return false;
  const first = step.state.at(step.process, step.page);
  return step.state.blockOf(entry).some((part) => part >= first && part < first + step.count);
}

function matchLarge(step: Step, large: readonly boolean[]): Breach | undefined {
  const { state } = step;
  for (let frame = 0; frame < framesIn(state.scope); frame++) {
    const isLarge = state.isInFolio(state.holderOf(frame));
    if (large[frame] === isLarge) continue;
    const words = (is: boolean): string =>
      `frame ${frame}: ${is ? `a large folio of ${blockIn(state.scope)} pages` : 'a base page or nothing'}`;
    return breach(step.attribution.folio, words(isLarge), words(!isLarge));
  }
  return undefined;
}
