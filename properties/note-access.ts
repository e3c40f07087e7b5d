import { pinsForReading } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { UNPOPULATED, POISON } from '../spec/vocabulary/snapshot.ts';
import type { Answered, ShadowState } from './shadow-state.ts';
import { isFilePage, isObject } from './contents.ts';
import { NO_PIN } from './flat-memory.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { isPrivate } from './mapping-table.ts';
import { gotThrough, lost, noMemory, permits, type Access, writes } from './access-kinds.ts';
import { WRITTEN_BY_KERNEL } from './traits.ts';

/** Applies an access to the shadow state. Returns false where the content of memory is unknown afterwards. */
export function noteAccess(shadow: ShadowState, command: Access, result: Result, seen: Answered): boolean {
  const { memory, mappings } = shadow;
  const cell = shadow.cell(command);
  const mapping = mappings.at(cell);
  const code = memory.code(cell);
  const works =
    permits(command, mapping) &&
    code !== POISON &&
    (command.op !== 'pin' || memory.pins[command.slot] === NO_PIN);
  if (command.op === 'lock') mappings.lock(cell, true);
  // At a limit, an injection or the limit may be the cause of the failure.
  if (works && result === noMemory(command) && !shadow.charges.isLimited) shadow.injected.struck(PENDING_OOM);
  if (result === lost(command)) {
    if (works && isObject(code)) lose(shadow, cell);
    return true;
  }
  if (!gotThrough(command, result)) return true;
  if (command.op === 'load' || command.op === 'kernel-load') {
    memory.accessed(cell);
    mappings.pageIn(cell);
    return true;
  }
  if (!works || (writes(command, mapping) && shadow.isTrapped(cell, true))) return false;
  memory.accessed(cell);
  mappings.pageIn(cell);
  // A pin does not count as a write: its holder must mark the page dirty after a write.
  if (writes(command, mapping) && command.op !== 'pin') mappings.keep(cell);
  switch (command.op) {
    case 'store':
      memory.write(cell, command.value);
      return true;
    case 'kernel-store':
      memory.write(cell, command.value, WRITTEN_BY_KERNEL);
      return true;
    case 'pin':
      if (pinsForReading(command)) {
        const own = makesOwn(shadow, cell, seen);
        if (own === undefined) return false;
        memory.pinForReading(cell, command.slot, own);
      } else memory.pin(cell, command.slot);
      if (memory.code(cell) !== code) mappings.keep(cell);
      return true;
    case 'populate':
    case 'lock':
      memory.populate(cell, writes(command, mapping));
      return true;
  }
}

/**
 * Whether a pin for reading gives its process a page of its own. For a shared page the profile decides. For a page
 * without an object the target decides; undefined where its snapshot does not show the decision.
 */
function makesOwn(
  shadow: ShadowState,
  cell: number,
  { after, state, stateBefore }: Answered,
): boolean | undefined {
  const { memory, profile, pages } = shadow;
  const code = memory.code(cell);
  if (isObject(code)) return profile.readPinUnshares && !memory.contents.isSole(code);
  if (code === UNPOPULATED && after !== undefined) return after[cell] !== UNPOPULATED;
  if (code !== UNPOPULATED && !isFilePage(code)) return false;
  const process = Math.trunc(cell / pages);
  const [was, is] = [stateBefore?.rss?.[process], state?.rss?.[process]];
  return was === undefined || is === undefined ? undefined : is > was;
}

/** The accessed page was lost during its migration. */
function lose(shadow: ShadowState, cell: number): void {
  shadow.injected.struck(PENDING_SIGBUS);
  if (shadow.profile.failedFaultPoisons && isPrivate(shadow.mappings.at(cell))) shadow.memory.poison(cell);
}
