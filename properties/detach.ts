import { devicesIn, type Scope } from '../spec/vocabulary/scope.ts';
import { PRESENT } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { isOn } from './devices-apart.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { changeInWords, faultCall } from './stillness.ts';

/** The number of entries that name a frame of a device. */
function entriesOn(entries: readonly number[] | undefined, device: number, scope: Scope): number {
  let count = 0;
  for (const entry of entries ?? []) if (isOn(entry, device, scope)) count++;
  return count;
}

const empties = define({
  id: 'migrate/detach-empties',
  title: 'While a device is detached no entry names its frames',
  requirements: ['migrate.detach', 'device.detached'],
  needs: ['attach', 'entries'],
  steps: (reading) => reading.shown,
  check({ after, devices }, { scope }) {
    let gone = 0;
    for (let device = 0; device < devicesIn(scope); device++) {
      if (devices.isAttached(device)) continue;
      const left = entriesOn(after, device, scope);
      if (left > 0) return `device ${device} is detached, and ${left} entries name its frames`;
      gone++;
    }
    return gone;
  },
});

const busy = define({
  id: 'migrate/detach-succeeds',
  title: 'Detach fails only if an injection made a migration fail or the device is detached already',
  requirements: ['migrate.detach', 'device.attach'],
  needs: ['attach'],
  steps: (reading) => reading.attachments,
  check(step, { scope }) {
    const { command, result, attached, active, before, after, device } = step;
    if (command.op !== 'detach') return 0;
    if (!attached) return result === 'ENODEV' ? 1 : `a second detach answered ${resultInWords(result)}`;
    if (result === 'ok') return 1;
    if (result !== 'EBUSY' || (active & (PENDING_SIGBUS | PENDING_OOM)) === 0) {
      return `nothing was made to fail, and detach answered ${resultInWords(result)}`;
    }
    if (after !== undefined && entriesOn(after, device, scope) === 0)
      return 'detach answered EBUSY, and nothing is on the device';
    return before === undefined || entriesOn(before, device, scope) > 0
      ? 1
      : 'detach answered EBUSY, and nothing was on the device';
  },
});

const onlyBack = define({
  id: 'migrate/detach-brings-back',
  title: 'Detach only migrates pages to system memory: it calls no page_fault and poisons nothing',
  requirements: ['migrate.detach', 'migrate.no-callbacks', 'robust.at-rest'],
  needs: ['attach'],
  steps: (reading) => reading.attachments,
  check(step, { scope }) {
    const called = faultCall(step);
    if (called !== undefined) return called;
    const { command, before, after, device } = step;
    if (before === undefined || after === undefined) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      const cameBack = command.op === 'detach' && isOn(was, device, scope) && is === PRESENT;
      if (was !== is && !cameBack) return changeInWords(step, cell);
    }
    return 1;
  },
});

const attach = define({
  id: 'device/attach',
  title: 'Attaching a detached device returns ok, attaching an attached one EBUSY',
  requirements: ['device.attach'],
  needs: ['attach'],
  steps: (reading) => reading.attachments,
  check({ command, result, attached }) {
    if (command.op !== 'attach') return 0;
    const right = attached ? 'EBUSY' : 'ok';
    return result === right ? 1 : `attach answered ${resultInWords(result)}, not ${right}`;
  },
});

/** Properties of detaching and attaching a device. */
export const detach = [empties, busy, onlyBack, attach] as const;
