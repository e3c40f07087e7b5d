import { match, P } from 'ts-pattern';
import type { Clause } from '../../spec/judge/clause.ts';
import type { Command } from '../../spec/vocabulary/command.ts';

/** Why the kernel's test device cannot be made to do a command; undefined where it can. */
export const inexpressible = (command: Command): string | undefined =>
  match(command)
    .with({ op: 'map', kind: 'host' }, () => 'it has no memory of the HOST type')
    .with({ op: P.union('pin', 'unpin') }, () => 'it has nothing that pins a page')
    .with({ op: P.union('inject', 'heal') }, () => 'it cannot be made to fail')
    .with({ op: 'evict' }, () => 'it evicts chunks, not pages')
    .with({ op: P.union('attach', 'detach') }, () => 'it comes and goes with its module')
    .with({ op: 'swap-on' }, () => 'swap areas are not its business')
    .with(
      { op: P.union('spawn', 'fork', 'exit', 'map', 'unmap', 'discard', 'protect', 'load', 'store') },
      () => undefined,
    )
    .with(
      { op: P.union('migrate-to-device', 'migrate-to-system', 'device-load', 'device-store', 'inspect') },
      () => undefined,
    )
    .exhaustive();

/** Whether the test device shows what a clause speaks of. */
export const isShown = (clause: Clause): boolean =>
  match(clause)
    .with('result', 'value', 'entries', () => true)
    .with('callbacks', 'counts', 'accounting', () => false)
    .exhaustive();
