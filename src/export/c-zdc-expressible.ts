import { match, P } from 'ts-pattern';
import type { Command } from '../../spec/vocabulary/command.ts';

/** Why a program cannot make our driver do a command; undefined where it can. */
export const inexpressible = (command: Command): string | undefined =>
  'device' in command && (command.device ?? 0) > 0
    ? 'a program drives its first device'
    : match(command)
        .with({ op: 'map', kind: P.union('shared', 'file') }, () => 'it maps anonymous and host memory alone')
        .with({ op: 'race' }, () => 'the exported program has one thread')
        .with({ op: 'swap-on' }, () => 'swap areas are not its business')
        .with({ op: P.union('limit', 'join', 'charge') }, () => 'control groups are not its business')
        .with({ op: P.union('evict-all', 'close', 'open', 'hot-add') }, () => NOT_WRITTEN)
        .with({ op: P.union('make-exclusive', 'device-exchange') }, () => NOT_WRITTEN)
        .with({ op: P.union('watch', 'clear-soft-dirty', 'soft-dirty') }, () => NOT_WRITTEN)
        .with({ op: P.union('lock', 'unlock', 'advise', 'kernel-load', 'kernel-store') }, () => NOT_WRITTEN)
        .with({ op: P.union('spawn', 'fork', 'exit', 'map', 'unmap', 'discard', 'protect') }, () => undefined)
        .with({ op: P.union('load', 'store', 'device-load', 'device-store', 'inspect') }, () => undefined)
        .with({ op: P.union('migrate-to-device', 'migrate-to-system', 'evict') }, () => undefined)
        .with({ op: P.union('pin', 'unpin', 'inject', 'heal', 'attach', 'detach') }, () => undefined)
        .with({ op: P.union('move', 'populate', 'peek', 'page-map', 'residency', 'smaps') }, () => undefined)
        .exhaustive();

const NOT_WRITTEN = 'the exported program does not know it';
