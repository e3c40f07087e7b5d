import type {
  CommandOf,
  InjectionKind,
  Protection,
  Remaining,
  Victim,
} from '../../spec/vocabulary/command.ts';

/** Commands in short, for the directed cases of the mutants. */

export const fork = (process: number, child: number): CommandOf<'fork'> => ({ op: 'fork', process, child });
export const map = (process: number, page: number, protection: Protection = 'write'): CommandOf<'map'> => ({
  op: 'map',
  process,
  page,
  kind: 'private',
  protection,
});
export const mapHost = (process: number, page: number): CommandOf<'map'> => ({
  op: 'map',
  process,
  page,
  kind: 'host',
  protection: 'write',
});
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
export const toSystem = (process: number, page: number): CommandOf<'migrate-to-system'> => ({
  op: 'migrate-to-system',
  process,
  page,
  count: 1,
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
export const pin = (process: number, page: number): CommandOf<'pin'> => ({
  op: 'pin',
  process,
  page,
  slot: 0,
});
export const unpin = (): CommandOf<'unpin'> => ({ op: 'unpin', slot: 0 });
export const inject = (
  kind: InjectionKind,
  remaining: Remaining = 1,
  victim: Victim = 'any',
): CommandOf<'inject'> => ({ op: 'inject', kind, victim, remaining });
export const evict = (process: number, page: number): CommandOf<'evict'> => ({ op: 'evict', process, page });
export const attach: CommandOf<'attach'> = { op: 'attach' };
export const detach: CommandOf<'detach'> = { op: 'detach' };
export const swapOn = (areas: number): CommandOf<'swap-on'> => ({ op: 'swap-on', areas });
