import { match } from 'ts-pattern';
import type { Clause } from '../../spec/judge/verdict.ts';
import type { Command, Op } from '../../spec/vocabulary/command.ts';

/** The commands that a program executes with the kernel's HMM test device. */
const EXECUTED: ReadonlySet<Op> = new Set<Op>([
  ...(['spawn', 'fork', 'exit', 'map', 'unmap', 'discard', 'protect', 'load', 'store'] as const),
  ...(['device-load', 'device-store', 'migrate-to-device', 'migrate-to-system', 'inspect'] as const),
]);

/** The device is not concerned: a system call would suffice. */
const NOT_WRITTEN = 'the exported program does not make this system call';

/** The reasons why it does not execute a command; `NOT_WRITTEN` for others. */
const REASONS: { readonly [O in Op]?: string } = {
  ...reasons(['pin', 'unpin'], 'it has nothing that pins a page'),
  ...reasons(['surprise-remove'], 'it cannot be removed while it has pages'),
  ...reasons(['inject', 'heal'], 'it cannot be made to fail'),
  ...reasons(['evict', 'evict-all'], 'it evicts chunks, not pages'),
  ...reasons(['attach', 'detach', 'hot-add'], 'it is attached and detached with its module only'),
  ...reasons(['close', 'open'], 'its owner is the process that has it open'),
  ...reasons(['make-exclusive'], 'it ends exclusive access before its request returns'),
  ...reasons(['device-exchange'], 'it has no request that exchanges a value'),
  ...reasons(['race'], 'the program executes one command at a time with it'),
  ...reasons(['swap-on'], 'it does not manage swap areas'),
  ...reasons(['watch'], 'the program does not use userfaultfd'),
  ...reasons(['clear-soft-dirty', 'soft-dirty'], 'few kernels track stores'),
  ...reasons(['limit', 'join', 'charge'], 'control groups need privileges'),
  ...reasons(['page-map', 'residency', 'smaps'], 'it reads mappings from the device only'),
  ...reasons(['evict-range'], 'it evicts chunks, not ranges of frames'),
  ...reasons(['split'], 'it has no request that splits a large folio'),
};

function reasons(ops: readonly Op[], reason: string): { readonly [O in Op]?: string } {
  return Object.fromEntries(ops.map((op) => [op, reason]));
}

/** The reason why the kernel's HMM test device cannot execute a command; undefined if it can. */
export function inexpressible(command: Command): string | undefined {
  if ('device' in command && (command.device ?? 0) > 0) return 'a program opens one test device';
  if ('compound' in command && command.compound === true)
    return 'its requests do not choose whether large folios migrate whole, and it does not report it';
  if ('whole' in command && command.whole === true)
    return 'it does not show large folios, so the program has base pages alone';
  if (command.op === 'map' && command.kind !== 'private') {
    return command.kind === 'host' ? 'it has no memory of the HOST type' : 'it maps anonymous memory alone';
  }
  return EXECUTED.has(command.op) ? undefined : (REASONS[command.op] ?? NOT_WRITTEN);
}

/** Whether the test device shows the part of an observation that a clause compares. */
export const isShown = (clause: Clause): boolean =>
  match(clause)
    .with('result', 'value', 'entries', () => true)
    .with('callbacks', 'counts', 'accounting', () => false)
    .exhaustive();

/** The commands that a program also executes with the driver of this suite. */
const EXECUTED_ON_DRIVER: ReadonlySet<Op> = new Set<Op>([
  ...(['evict', 'evict-all', 'pin', 'unpin', 'inject', 'heal', 'attach', 'detach', 'close', 'open'] as const),
  ...(['hot-add', 'move', 'populate', 'peek', 'page-map', 'residency', 'smaps', 'lock', 'unlock'] as const),
  ...(['advise', 'kernel-load', 'kernel-store', 'watch', 'clear-soft-dirty', 'soft-dirty'] as const),
  ...(['swap-on', 'make-exclusive', 'device-exchange', 'evict-range', 'collapse', 'split', 'race'] as const),
]);

/** The reasons why it does not execute a command; `NOT_WRITTEN` for others. */
const REASONS_ON_DRIVER: { readonly [O in Op]?: string } = {
  ...reasons(['limit', 'join', 'charge'], 'the exported program has no control groups'),
  ...reasons(['surprise-remove'], 'the driver cannot remove its memory while pages are on it'),
  ...reasons(['inherit'], 'the exported program does not set inheritance at fork'),
};

/** The reason why a program cannot execute a command with the driver of this suite; undefined if it can. */
export function inexpressibleOnDriver(command: Command): string | undefined {
  const { op } = command;
  if (op === 'pin' && command.access === 'read') return 'the driver pins for writing only';
  const isExecuted = EXECUTED.has(op) || EXECUTED_ON_DRIVER.has(op);
  return isExecuted ? undefined : (REASONS_ON_DRIVER[op] ?? NOT_WRITTEN);
}
