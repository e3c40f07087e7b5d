import { isDeviceEntry, isWriteEntry, POISON } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { BELOW_LIMIT } from './charges.ts';
import type { PropertyResult } from './property.ts';
import { mayBeForeign } from './devices-apart.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { isWatchedForStores } from './mapping-table.ts';
import type { AnnotatedTrace } from './annotated-trace.ts';
import { modified } from './stillness.ts';
import type { TraceStep } from './step.ts';
import type { DeviceAccess } from './step-lists.ts';
import { findsUnpopulatedWatched, lacksObject } from './access-outcome.ts';

/** The result that a usable device must return for an access that it may not make; undefined for a permitted access. */
export function refusalOf(step: TraceStep<DeviceAccess>): 'EFAULT' | 'EPERM' | undefined {
  if (!step.permits(false)) return 'EFAULT';
  if (step.command.op === 'device-store' && !step.permits(true)) return 'EPERM';
  return step.code === POISON ? 'EFAULT' : undefined;
}

/** Whether the access succeeded; the value is not checked here. */
export function worked({ command, result }: TraceStep<DeviceAccess>): boolean {
  if (command.op === 'device-store') return result === 'ok';
  return typeof result === 'number' || result === 'torn' || result === 'stale';
}

/** Whether the access meets a watch, so that it must be trapped or refused. */
export const isWatchedFor = (step: TraceStep<DeviceAccess>): boolean =>
  findsUnpopulatedWatched(step) || (step.command.op === 'device-store' && isWatchedForStores(step.mapping));

/** A device access to a watched page is trapped or refused. */
export function isHeldUp({ command, result }: TraceStep<DeviceAccess>): string | undefined {
  if (result === 'trapped' || result === 'EFAULT' || (command.op === 'device-store' && result === 'ENOMEM')) {
    return undefined;
  }
  return `a ${command.op} of a watched page returned ${resultInWords(result)}`;
}

/** Whether the access may need a new object that cannot be charged for. */
export function mayLackCharge(step: TraceStep<DeviceAccess>): boolean {
  if (step.command.op !== 'device-store' || step.atLimit === BELOW_LIMIT) return false;
  return lacksObject(step) || mayBeThroughRead(step);
}

/** A usable device makes the accesses that the mapping permits; other accesses are refused and have no effect. */
export function answersByRights(step: TraceStep<DeviceAccess>, reading: AnnotatedTrace): PropertyResult {
  const { command, result } = step;
  const refusal = refusalOf(step);
  if (refusal !== undefined) {
    if (result === refusal) return modified(step) ?? 1;
    return `a ${command.op} that is not permitted returned ${resultInWords(result)}, not ${refusal}`;
  }
  // Another property checks accesses to watched pages.
  if (isWatchedFor(step)) return 0;
  if (worked(step) || mayFail(step, reading)) return 1;
  return `a ${command.op} that the mapping permits returned ${resultInWords(result)}`;
}

/** Whether a resource that the access may need is missing or is made to fail. */
function mayFail(step: TraceStep<DeviceAccess>, { capabilities, profile, scope }: AnnotatedTrace): boolean {
  const { command, result } = step;
  if (result !== 'EFAULT' && result !== 'ENOMEM') return false;
  if (mayBeForeign(step, scope)) {
    if (!profile.foreignAccessFaults && result === 'EFAULT') return true;
    if ((step.mayFailBy & (PENDING_SIGBUS | PENDING_OOM)) !== 0) return true;
  }
  if (command.op === 'device-load') return false;
  if (step.active !== 0 || mayLackCharge(step)) return true;
  return result === 'EFAULT' && !capabilities.has('device-copy-on-write') && mayBeThroughRead(step);
}

function mayBeThroughRead({ before, cell }: TraceStep): boolean {
  const entry = before?.[cell];
  return entry === undefined || (isDeviceEntry(entry) && !isWriteEntry(entry));
}
