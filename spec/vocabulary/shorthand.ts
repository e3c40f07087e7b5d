import type { CommandOf, InjectionKind, MappingKind, Protection, Remaining, Victim } from './command.ts';

/** Commands in short, for cases that are written by hand: those of the mutants, and those of tests. */

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
