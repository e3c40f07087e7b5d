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

/** Large folios: each on one block of frames, the whole entries, and the frames that hold a large folio. */
export function checkFolios(step: Step, { entries, whole, large }: Snapshot): Breach | undefined {
  const { state } = step;
  if (entries === undefined || whole === undefined || large === undefined) return undefined;
  return checkBlocks(state) ?? checkWhole(step, entries, whole) ?? checkLarge(step, large);
}

/** Whether all pages of a large folio are on the block of frames that begins at `head`, as far as their frames are known. */
export const isOnBlock = (state: State, object: number, head: number): boolean =>
  isFrameBlock(state.scope, head) &&
  state.membersOf(object).every((member, part) => {
    const place = state.place[member] ?? SYSTEM;
    return isSomeFrame(place)
      ? state.holderOf(head + part) === NO_OBJECT
      : place === FIRST_FRAME + head + part;
  });

/** The frames of large folios of which one frame is known. */
function checkBlocks(state: State): Breach | undefined {
  for (let object = 1; object < state.folio.length; object++) {
    const place = state.place[object] ?? SYSTEM;
    if (!state.isInFolio(object) || place < FIRST_FRAME) continue;
    const head = place - FIRST_FRAME - state.partOf(object);
    if (isOnBlock(state, object, head)) continue;
    const frames = state.membersOf(object).map((member) => (state.place[member] ?? SYSTEM) - FIRST_FRAME);
    const seen = frames.map((frame) => (frame < 0 ? 'not shown' : String(frame))).join(', ');
    return breach('folio.on-a-block', 'a large folio on one block of frames, in order', `frames ${seen}`);
  }
  return undefined;
}

function checkWhole(step: Step, codes: readonly number[], whole: readonly boolean[]): Breach | undefined {
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
      // A split that is allowed would have been adopted if it showed in every page of the block.
      const requirement = maySplitWhole(step, entry) ? 'folio.splits-entry-only' : step.attribution.folio;
      return breach(requirement, `${where}: part of a whole entry`, `${where}: an entry of its own`);
    }
  }
  return undefined;
}

/** Whether the command may leave an entry for each page in place of a whole entry. */
export const maySplitWhole = (step: Step, entry: number): boolean =>
  !step.state.onDevice(step.state.entry[entry] ?? NO_OBJECT) ||
  (step.mayReplaceWhole && isNamed(step, entry));

/** Whether the command names a page of the block of an entry. */
function isNamed(step: Step, entry: number): boolean {
  if (step.process < 0) return false;
  const first = step.state.at(step.process, step.page);
  return step.state.blockOf(entry).some((part) => part >= first && part < first + step.count);
}

function checkLarge(step: Step, large: readonly boolean[]): Breach | undefined {
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
