import type { CommandOf, OpWithEffects, RaceSide } from '../spec/vocabulary/command.ts';
import type { Answer } from '../spec/vocabulary/result.ts';
import { UNPOPULATED, isDeviceEntry, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import type { Answered, ShadowState } from './shadow-state.ts';
import { pageByPage } from '../spec/vocabulary/parts.ts';
import { isObject, ROAMED } from './contents.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import {
  discardPage,
  noteAccess,
  noteAdvice,
  noteDeviceLoad,
  noteDeviceStore,
  noteExchange,
  noteMakeExclusive,
  noteMigration,
  noteProtection,
  noteRace,
  noteRemoval,
} from './shadow-notes.ts';

/**
 * Applies a command and its result to the shadow state. Returns false where the content of memory is unknown
 * afterwards.
 */
export function note(shadow: ShadowState, answered: Answered): boolean {
  const { command, result, before } = answered;
  if (result === 'unsupported') return false;
  if (command.op === 'race') {
    shadow.softDirty?.forgetAll();
    const takeSide = (side: RaceSide, answer: Answer): boolean =>
      pageByPage(side, shadow.scope).every((single) =>
        take(shadow, { command: single, result: answer, before, after: undefined }),
      );
    return noteRace(shadow, command, result, takeSide);
  }
  shadow.softDirty?.note(command, result);
  if ('whole' in command && command.whole === true) {
    return pageByPage(command, shadow.scope).every((single) =>
      take(shadow, { ...answered, command: single }),
    );
  }
  const isKnown = take(shadow, answered);
  shadow.exclusives.note(command, result, shadow.mappings.row);
  return isKnown;
}

function take(shadow: ShadowState, answered: Answered): boolean {
  const { command, result, before, after } = answered;
  switch (command.op) {
    case 'load':
    case 'store':
    case 'pin':
    case 'kernel-load':
    case 'kernel-store':
    case 'populate':
    case 'lock':
      return noteAccess(shadow, command, result, answered);
    case 'device-load':
      noteDeviceLoad(shadow, command, result);
      return true;
    case 'device-store':
      return result !== 'ok' || noteDeviceStore(shadow, command, before);
    case 'make-exclusive':
      return result !== 'ok' || noteMakeExclusive(shadow, command);
    case 'device-exchange':
      return typeof result !== 'number' || noteExchange(shadow, command);
    case 'unpin':
      if (result !== 'EINVAL') shadow.memory.unpin(command.slot);
      return true;
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
      return noteMigration(shadow, command, result);
    case 'evict-all':
      if ((shadow.injected.active & (PENDING_SIGBUS | PENDING_OOM)) === 0)
        shadow.memory.allBack(command.device ?? 0);
      return true;
    case 'detach':
      if (result === 'ok') shadow.memory.allBack(command.device ?? 0);
      shadow.devices = shadow.devices.after(command, result);
      return true;
    case 'surprise-remove':
      return noteRemoval(shadow, command, answered);
    case 'attach':
    case 'close':
    case 'open':
    case 'hot-add':
      shadow.devices = shadow.devices.after(command, result);
      return true;
    case 'discard':
      if (result === 'ok') discardPage(shadow, shadow.cell(command));
      return result === 'ok' || result === 'EINVAL';
    case 'advise':
      return result === 'EINVAL' || (result === 'ok' && noteAdvice(shadow, command, before, after));
    case 'protect':
      return result === 'ok' && noteProtection(shadow, command, after);
    case 'join':
      join(shadow, command, before);
      return result === 'ok';
    case 'spawn':
    case 'fork':
    case 'exit':
    case 'map':
    case 'unmap':
    case 'move':
    case 'inherit':
    case 'unlock':
    case 'watch':
    case 'limit':
    case 'inject':
    case 'heal':
    case 'inspect':
    case 'clear-soft-dirty':
      arrange(shadow, command);
      return result === 'ok';
    case 'evict-range':
    case 'collapse':
      return true;
    // The sides of a race are applied one by one.
    case 'race':
      return false;
    default:
      command satisfies CommandOf<
        OpWithEffects<{ space: 'keeps'; content: 'none'; entries: 'none'; migratesBack: 'never' }>
      >;
      return true;
  }
}

/** Whether a watch for stores holds on this content. */
const isWatchable = (shadow: ShadowState, code: number): boolean =>
  isObject(code) || (code === UNPOPULATED && shadow.watchesUnpopulated);

/** Commands whose result is always `ok`. */
function arrange(
  shadow: ShadowState,
  command: CommandOf<
    | 'spawn'
    | 'fork'
    | 'exit'
    | 'map'
    | 'unmap'
    | 'move'
    | 'inherit'
    | 'unlock'
    | 'watch'
    | 'limit'
    | 'inject'
    | 'heal'
    | 'inspect'
    | 'clear-soft-dirty'
  >,
): void {
  const { mappings, memory } = shadow;
  switch (command.op) {
    case 'spawn':
      shadow.charges.spawn(command.process);
      return;
    case 'fork':
      shadow.charges.fork(command.process, command.child);
      memory.fork(command.process, command.child, shadow.profile.forkCopiesPinned, mappings.row);
      mappings.fork(command.process, command.child);
      keepCopies(shadow, command);
      return;
    case 'exit':
      mappings.exit(command.process);
      memory.exit(command.process);
      return;
    case 'map': {
      const cell = shadow.cell(command);
      mappings.map(cell, command.kind, command.protection);
      memory.empty(cell, mappings.at(cell));
      return;
    }
    case 'unmap':
      mappings.unmap(shadow.cell(command));
      memory.unmap(shadow.cell(command));
      return;
    case 'move': {
      const to = shadow.cell({ process: command.process, page: command.to });
      mappings.move(shadow.cell(command), to, command.keep);
      memory.move(shadow.cell(command), to, command.keep ? UNPOPULATED : UNMAPPED);
      return;
    }
    case 'inherit':
      mappings.inherit(shadow.cell(command), command.inheritance);
      return;
    case 'unlock':
      mappings.lock(shadow.cell(command), false);
      return;
    case 'watch':
      mappings.watch(
        shadow.cell(command),
        command.watch,
        isWatchable(shadow, memory.code(shadow.cell(command))),
      );
      return;
    case 'limit':
      shadow.charges.limit(command.group, command.pages);
      return;
    case 'inject':
      shadow.injected.inject(command);
      return;
    case 'heal':
      shadow.injected.heal();
      return;
    case 'inspect':
    case 'clear-soft-dirty':
      return;
    default:
      command satisfies never;
  }
}

/** The child may have copies of pinned pages, which are objects of its own. */
function keepCopies(shadow: ShadowState, { process, child }: CommandOf<'fork'>): void {
  const { mappings, memory } = shadow;
  for (let page = 0; page < shadow.pages; page++) {
    const its = shadow.cell({ process: child, page });
    if (memory.code(its) !== memory.code(shadow.cell({ process, page }))) mappings.keep(its);
  }
}

function join(
  shadow: ShadowState,
  { process, group }: CommandOf<'join'>,
  before: readonly number[] | undefined,
): void {
  const { memory, charges } = shadow;
  const { contents } = memory;
  const isReal = charges.join(process, group);
  for (let cell = process * shadow.pages; cell < (process + 1) * shadow.pages; cell++) {
    const code = memory.code(cell);
    if (!isObject(code)) continue;
    const entry = before?.[cell];
    const isInSystemMemory =
      entry === undefined ? (contents.traits(code) & ROAMED) === 0 : !isDeviceEntry(entry);
    charges.mayFollow(code, group, isReal && contents.isSole(code), isInSystemMemory);
  }
}
