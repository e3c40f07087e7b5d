import type {
  Advice,
  Command,
  CommandOf,
  RaceSide,
  Inheritance,
  InjectionKind,
  MappingKind,
  Protection,
  Limit,
  Remaining,
  Victim,
  Watch,
} from './command.ts';

/** Commands in short form, for cases that are written by hand in mutants and in tests. */

export const spawn = (process: number): CommandOf<'spawn'> => ({ op: 'spawn', process });
export const fork = (process: number, child: number): CommandOf<'fork'> => ({ op: 'fork', process, child });
export const exit = (process: number): CommandOf<'exit'> => ({ op: 'exit', process });
export const map = (
  process: number,
  page: number,
  protection: Protection = 'write',
  kind: MappingKind = 'private',
): CommandOf<'map'> => ({ op: 'map', process, page, kind, protection });
export const mapHost = (process: number, page: number): CommandOf<'map'> =>
  map(process, page, 'write', 'host');
export const unmap = (process: number, page: number): CommandOf<'unmap'> => ({ op: 'unmap', process, page });
export const discard = (process: number, page: number): CommandOf<'discard'> => ({
  op: 'discard',
  process,
  page,
});
export const protect = (process: number, page: number, protection: Protection): CommandOf<'protect'> => ({
  op: 'protect',
  process,
  page,
  protection,
});
export const load = (process: number, page: number): CommandOf<'load'> => ({ op: 'load', process, page });
export const store = (process: number, page: number, value: number): CommandOf<'store'> => ({
  op: 'store',
  process,
  page,
  value,
});
export const toDevice = (process: number, page: number, count = 1): CommandOf<'migrate-to-device'> => ({
  op: 'migrate-to-device',
  process,
  page,
  count,
});
export const toSystem = (process: number, page: number, count = 1): CommandOf<'migrate-to-system'> => ({
  op: 'migrate-to-system',
  process,
  page,
  count,
});
export const deviceLoad = (process: number, page: number): CommandOf<'device-load'> => ({
  op: 'device-load',
  process,
  page,
});
export const deviceStore = (process: number, page: number, value: number): CommandOf<'device-store'> => ({
  op: 'device-store',
  process,
  page,
  value,
});
export const pin = (process: number, page: number, slot = 0): CommandOf<'pin'> => ({
  op: 'pin',
  process,
  page,
  slot,
});
export const readPin = (process: number, page: number, slot = 0): CommandOf<'pin'> => ({
  ...pin(process, page, slot),
  access: 'read',
});
export const unpin = (slot = 0): CommandOf<'unpin'> => ({ op: 'unpin', slot });
export const inject = (
  kind: InjectionKind,
  remaining: Remaining = 1,
  victim: Victim = 'any',
): CommandOf<'inject'> => ({ op: 'inject', kind, victim, remaining });
export const heal: CommandOf<'heal'> = { op: 'heal' };
export const evict = (process: number, page: number): CommandOf<'evict'> => ({ op: 'evict', process, page });
export const attach: CommandOf<'attach'> = { op: 'attach' };
export const detach: CommandOf<'detach'> = { op: 'detach' };
export const swapOn = (areas: number): CommandOf<'swap-on'> => ({ op: 'swap-on', areas });
export const inspect: CommandOf<'inspect'> = { op: 'inspect' };

export const move = (process: number, page: number, to: number, keep = false): CommandOf<'move'> => ({
  op: 'move',
  process,
  page,
  to,
  keep,
});
export const populate = (process: number, page: number): CommandOf<'populate'> => ({
  op: 'populate',
  process,
  page,
});
export const lock = (process: number, page: number): CommandOf<'lock'> => ({ op: 'lock', process, page });
export const unlock = (process: number, page: number): CommandOf<'unlock'> => ({
  op: 'unlock',
  process,
  page,
});
export const advise = (process: number, page: number, advice: Advice): CommandOf<'advise'> => ({
  op: 'advise',
  process,
  page,
  advice,
});
export const kernelLoad = (process: number, page: number): CommandOf<'kernel-load'> => ({
  op: 'kernel-load',
  process,
  page,
});
export const kernelStore = (process: number, page: number, value: number): CommandOf<'kernel-store'> => ({
  op: 'kernel-store',
  process,
  page,
  value,
});
export const peek = (process: number, page: number): CommandOf<'peek'> => ({ op: 'peek', process, page });
export const watch = (process: number, page: number, how: Watch): CommandOf<'watch'> => ({
  op: 'watch',
  process,
  page,
  watch: how,
});
export const clearSoftDirty = (process: number): CommandOf<'clear-soft-dirty'> => ({
  op: 'clear-soft-dirty',
  process,
});
export const softDirty = (process: number, page: number): CommandOf<'soft-dirty'> => ({
  op: 'soft-dirty',
  process,
  page,
});
export const pageMap = (process: number, page: number): CommandOf<'page-map'> => ({
  op: 'page-map',
  process,
  page,
});
export const residency = (process: number, page: number): CommandOf<'residency'> => ({
  op: 'residency',
  process,
  page,
});
export const smaps = (process: number): CommandOf<'smaps'> => ({ op: 'smaps', process });
export const limit = (pages: Limit, group = 0): CommandOf<'limit'> => ({ op: 'limit', group, pages });
export const join = (process: number, group: number): CommandOf<'join'> => ({ op: 'join', process, group });
export const charge = (group = 0): CommandOf<'charge'> => ({ op: 'charge', group });
export const evictAll: CommandOf<'evict-all'> = { op: 'evict-all' };
export const close: CommandOf<'close'> = { op: 'close' };
export const open: CommandOf<'open'> = { op: 'open' };
export const hotAdd: CommandOf<'hot-add'> = { op: 'hot-add' };
export const surpriseRemove: CommandOf<'surprise-remove'> = { op: 'surprise-remove' };
export const makeExclusive = (process: number, page: number): CommandOf<'make-exclusive'> => ({
  op: 'make-exclusive',
  process,
  page,
});
export const deviceExchange = (
  process: number,
  page: number,
  value: number,
): CommandOf<'device-exchange'> => ({ op: 'device-exchange', process, page, value });
export const inherit = (process: number, page: number, inheritance: Inheritance): CommandOf<'inherit'> => ({
  op: 'inherit',
  process,
  page,
  inheritance,
});

/** The same command for all pages of the block of its page. */
export const whole = <C extends Extract<Command, { readonly whole?: true | undefined }>>(command: C): C => ({
  ...command,
  whole: true,
});
/** The same migration with large folios. */
export const compound = <C extends Extract<Command, { readonly compound?: true | undefined }>>(
  command: C,
): C => ({ ...command, compound: true });
export const evictRange = (frame: number, frames = 1): CommandOf<'evict-range'> => ({
  op: 'evict-range',
  frame,
  frames,
});

/** The same command with another device than the first. */
export const onDevice = <C extends Extract<Command, { readonly device?: number | undefined }>>(
  device: number,
  command: C,
): C => ({ ...command, device });

/** Two concurrent commands. */
export const race = (left: RaceSide, right: RaceSide): CommandOf<'race'> => ({ op: 'race', left, right });
export const collapse = (process: number, page: number): CommandOf<'collapse'> => ({
  op: 'collapse',
  process,
  page,
});
export const split = (process: number, page: number): CommandOf<'split'> => ({ op: 'split', process, page });
