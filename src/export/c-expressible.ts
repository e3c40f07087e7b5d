import { match, P } from 'ts-pattern';
import type { Clause } from '../../spec/judge/clause.ts';
import type { Command } from '../../spec/vocabulary/command.ts';

/** Why the kernel's test device cannot be made to do a command; undefined where it can. */
export const inexpressible = (command: Command): string | undefined =>
  'device' in command && (command.device ?? 0) > 0
    ? 'a program opens one test device'
    : match(command)
        .with({ op: 'map', kind: 'host' }, () => 'it has no memory of the HOST type')
        .with({ op: 'map', kind: P.union('shared', 'file') }, () => 'it maps anonymous memory alone')
        .with({ op: P.union('pin', 'unpin') }, () => 'it has nothing that pins a page')
        .with({ op: 'surprise-remove' }, () => 'it cannot be taken away while it has pages')
        .with({ op: P.union('inject', 'heal') }, () => 'it cannot be made to fail')
        .with({ op: P.union('evict', 'evict-all') }, () => 'it evicts chunks, not pages')
        .with({ op: P.union('attach', 'detach', 'hot-add') }, () => 'it comes and goes with its module')
        .with({ op: P.union('close', 'open') }, () => 'its owner is the process that has it open')
        .with({ op: 'make-exclusive' }, () => 'it gives the page back before its request returns')
        .with({ op: 'device-exchange' }, () => 'it has no request that exchanges a value')
        .with({ op: 'race' }, () => 'the program does one thing at a time with it')
        .with({ op: 'swap-on' }, () => 'swap areas are not its business')
        .with({ op: 'watch' }, () => 'nobody in the program watches pages')
        .with({ op: P.union('clear-soft-dirty', 'soft-dirty') }, () => 'few kernels track stores')
        .with({ op: P.union('limit', 'join', 'charge') }, () => 'control groups need privileges')
        .with(
          { op: P.union('page-map', 'residency', 'smaps') },
          () => 'it asks the device alone what is mapped',
        )
        .with({ op: P.union('move', 'populate', 'lock', 'unlock', 'advise', 'inherit') }, () => NOT_WRITTEN)
        .with({ op: P.union('kernel-load', 'kernel-store', 'peek') }, () => NOT_WRITTEN)
        .with({ op: P.union('spawn', 'fork', 'exit', 'map', 'unmap', 'discard', 'protect') }, () => undefined)
        .with({ op: P.union('load', 'store', 'device-load', 'device-store', 'inspect') }, () => undefined)
        .with({ op: P.union('migrate-to-device', 'migrate-to-system') }, () => undefined)
        .exhaustive();

/** Not the device's doing: a system call would do. */
const NOT_WRITTEN = 'the exported program knows no such system call';

/** Whether the test device shows what a clause speaks of. */
export const isShown = (clause: Clause): boolean =>
  match(clause)
    .with('result', 'value', 'entries', () => true)
    .with('callbacks', 'counts', 'accounting', () => false)
    .exhaustive();
