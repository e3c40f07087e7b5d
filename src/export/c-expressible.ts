import { match, P } from 'ts-pattern';
import type { Clause } from '../../spec/judge/verdict.ts';
import { type Command, isBasicSide, type RaceSide } from '../../spec/vocabulary/command.ts';
import { conflictOf } from '../../spec/vocabulary/race-conflict.ts';

/** The reason why the kernel's HMM test device cannot execute a command; undefined if it can. */
export const inexpressible = (command: Command): string | undefined =>
  'device' in command && (command.device ?? 0) > 0
    ? 'a program opens one test device'
    : match(command)
        .with({ op: 'map', kind: 'host' }, () => 'it has no memory of the HOST type')
        .with({ op: 'map', kind: P.union('shared', 'file') }, () => 'it maps anonymous memory alone')
        .with({ op: P.union('pin', 'unpin') }, () => 'it has nothing that pins a page')
        .with({ op: 'surprise-remove' }, () => 'it cannot be removed while it has pages')
        .with({ op: P.union('inject', 'heal') }, () => 'it cannot be made to fail')
        .with({ op: P.union('evict', 'evict-all') }, () => 'it evicts chunks, not pages')
        .with(
          { op: P.union('attach', 'detach', 'hot-add') },
          () => 'it is attached and detached with its module only',
        )
        .with({ op: P.union('close', 'open') }, () => 'its owner is the process that has it open')
        .with({ op: 'make-exclusive' }, () => 'it ends exclusive access before its request returns')
        .with({ op: 'device-exchange' }, () => 'it has no request that exchanges a value')
        .with({ op: 'race' }, () => 'the program executes one command at a time with it')
        .with({ op: 'swap-on' }, () => 'it does not manage swap areas')
        .with({ op: 'watch' }, () => 'the program does not use userfaultfd')
        .with({ op: P.union('clear-soft-dirty', 'soft-dirty') }, () => 'few kernels track stores')
        .with({ op: P.union('limit', 'join', 'charge') }, () => 'control groups need privileges')
        .with(
          { op: P.union('page-map', 'residency', 'smaps') },
          () => 'it reads mappings from the device only',
        )
        .with({ op: P.union('move', 'populate', 'lock', 'unlock', 'advise', 'inherit') }, () => NOT_WRITTEN)
        .with({ op: P.union('kernel-load', 'kernel-store', 'peek') }, () => NOT_WRITTEN)
        .with({ op: P.union('spawn', 'fork', 'exit', 'map', 'unmap', 'discard', 'protect') }, () => undefined)
        .with({ op: P.union('load', 'store', 'device-load', 'device-store', 'inspect') }, () => undefined)
        .with({ op: P.union('migrate-to-device', 'migrate-to-system') }, () => undefined)
        .exhaustive();

/** The device is not concerned: a system call would suffice. */
const NOT_WRITTEN = 'the exported program does not make this system call';

/** Whether the test device shows the part of an observation that a clause compares. */
export const isShown = (clause: Clause): boolean =>
  match(clause)
    .with('result', 'value', 'entries', () => true)
    .with('callbacks', 'counts', 'accounting', () => false)
    .exhaustive();

/** The reason why a program cannot execute a command with the driver of this suite; undefined if it can. */
export const inexpressibleOnDriver = (command: Command): string | undefined =>
  match(command)
    .with({ op: P.union('limit', 'join', 'charge') }, () => 'the exported program has no control groups')
    .with({ op: 'surprise-remove' }, () => 'the driver cannot remove its memory while pages are on it')
    .with({ op: 'inherit' }, () => 'the exported program does not set inheritance at fork')
    .with({ op: 'pin', access: 'read' }, () => 'the driver pins for writing only')
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

/** Whether two sides race only on targets that declare `race-extended`, which the agent does not. */
function isExtended(one: RaceSide, other: RaceSide): boolean {
  if (!isBasicSide(one) || conflictOf(one, other, () => true) !== undefined) return true;
  // On such targets, only loads and stores race with an unmap of their page.
  if (one.op !== 'unmap' || !('page' in other) || other.process !== one.process) return false;
  const isSameAlone = other.page === one.page && ('count' in other ? other.count : 1) === 1;
  return isSameAlone && other.op !== 'load' && other.op !== 'store';
}
