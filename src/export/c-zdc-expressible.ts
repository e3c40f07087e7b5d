import { match, P } from 'ts-pattern';
import { type Command, type RaceSide, isBasicSide } from '../../spec/vocabulary/command.ts';
import { conflictOf } from '../../spec/vocabulary/race-conflict.ts';

/** Why a program cannot make our driver do a command; undefined where it can. */
export const inexpressibleOnDriver = (command: Command): string | undefined =>
  match(command)
    .with({ op: P.union('limit', 'join', 'charge') }, () => 'the exported program has no control groups')
    .with({ op: 'surprise-remove' }, () => 'our driver cannot lose its memory')
    .with({ op: 'inherit' }, () => 'the exported program does not say what children inherit')
    .with({ op: 'pin', access: 'read' }, () => 'our driver pins for writing only')
    .with({ op: P.union('close', 'open', 'hot-add') }, () => undefined)
    .with({ op: P.union('spawn', 'fork', 'exit', 'map', 'unmap', 'discard', 'protect') }, () => undefined)
    .with({ op: P.union('load', 'store', 'device-load', 'device-store', 'inspect') }, () => undefined)
    .with({ op: P.union('migrate-to-device', 'migrate-to-system', 'evict') }, () => undefined)
    .with({ op: P.union('pin', 'unpin', 'inject', 'heal', 'attach', 'detach') }, () => undefined)
    .with({ op: P.union('move', 'populate', 'peek', 'page-map', 'residency', 'smaps') }, () => undefined)
    .with({ op: P.union('lock', 'unlock', 'advise', 'kernel-load', 'kernel-store') }, () => undefined)
    .with({ op: P.union('watch', 'clear-soft-dirty', 'soft-dirty', 'swap-on') }, () => undefined)
    .with({ op: P.union('make-exclusive', 'device-exchange', 'evict-all') }, () => undefined)
    .with({ op: 'race' }, ({ left, right }) =>
      isExtended(left, right) || isExtended(right, left)
        ? 'the exported program races commands only that a target without race-extended is sent'
        : undefined,
    )
    .exhaustive();

/** Whether two sides race only where a target declares `race-extended`; as our agent does not. */
function isExtended(one: RaceSide, other: RaceSide): boolean {
  if (!isBasicSide(one) || conflictOf(one, other, () => true) !== undefined) return true;
  // Of a page that was unmapped nothing else is asked there but by touches.
  if (one.op !== 'unmap' || !('page' in other) || other.process !== one.process) return false;
  const isSameAlone = other.page === one.page && ('count' in other ? other.count : 1) === 1;
  return isSameAlone && other.op !== 'load' && other.op !== 'store';
}
