import { isDeviceEntry, isWriteEntry, POISON } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import type { Finding } from './define.ts';
import type { DeviceAccess, Reading } from './reading.ts';
import { stirred } from './stillness.ts';
import type { Step } from './step.ts';

/** What an attached device must answer to an access that it may not make; undefined for one that it may. */
export function refusalOf(step: Step<DeviceAccess>): 'EFAULT' | 'EPERM' | undefined {
  if (!step.permits(false)) return 'EFAULT';
  if (step.command.op === 'device-store' && !step.permits(true)) return 'EPERM';
  return step.code === POISON ? 'EFAULT' : undefined;
}

/** Whether it worked; with which value is not asked here. */
function worked({ command, result }: Step<DeviceAccess>): boolean {
  if (command.op === 'device-store') return result === 'ok';
  return typeof result === 'number' || result === 'torn' || result === 'stale';
}

/** An attached device does what the mapping permits; what it does not permit is refused, and nothing comes of it. */
export function answersByRights(step: Step<DeviceAccess>, { capabilities }: Reading): Finding {
  const { command, result } = step;
  const refusal = refusalOf(step);
  if (refusal !== undefined) {
    if (result === refusal) return stirred(step) ?? 1;
    return `a ${command.op} that is not permitted answered ${resultInWords(result)}, not ${refusal}`;
  }
  if (worked(step) || mayFail(step, capabilities.has('device-copy-on-write'))) return 1;
  return `a ${command.op} that the mapping permits answered ${resultInWords(result)}`;
}

/** A store may fail where the device cannot copy on write, or where anything it may need was made to fail. */
function mayFail(step: Step<DeviceAccess>, copiesOnWrite: boolean): boolean {
  const { command, result, active, before, cell } = step;
  if (command.op === 'device-load') return false;
  if (active !== 0) return result === 'EFAULT' || result === 'ENOMEM';
  if (result !== 'EFAULT' || copiesOnWrite) return false;
  const entry = before?.[cell];
  return entry === undefined || (isDeviceEntry(entry) && !isWriteEntry(entry));
}
