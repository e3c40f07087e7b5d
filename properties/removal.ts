import { frameOf, POISON } from '../spec/vocabulary/snapshot.ts';
import { entryInWords, resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { isOn, ownerOf } from './devices-apart.ts';
import { changeInWords, faultCall, modified } from './stillness.ts';
import { findsSlotBusy, gotSigbus, isPermitted } from './access-outcome.ts';

const poisons = define({
  id: 'removal/poisons',
  title: 'Removal of an attached device poisons every entry that named a frame of it',
  requirements: ['removal.poisons', 'device.attach'],
  needs: ['attach', 'surprise-removal'],
  steps: (reading) => reading.surpriseRemovals,
  check(step, { scope }) {
    const { result, attached, before, after, device } = step;
    const right = attached ? 'ok' : 'ENODEV';
    if (result !== right) return `surprise-remove answered ${resultInWords(result)}, not ${right}`;
    if (!attached || before === undefined || after === undefined) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      if (isOn(before[cell] ?? 0, device, scope) && after[cell] !== POISON) return changeInWords(step, cell);
    }
    return 1;
  },
});

const spares = define({
  id: 'removal/spares',
  title: 'A removal changes only entries that name a frame of the device, and calls no page_fault',
  requirements: ['removal.spares', 'removal.no-callbacks'],
  needs: ['attach', 'surprise-removal'],
  steps: (reading) => reading.surpriseRemovals,
  check(step, { scope }) {
    const called = faultCall(step);
    if (called !== undefined) return called;
    const { attached, before, after, device } = step;
    if (!attached) return modified(step) ?? 0;
    if (before === undefined || after === undefined) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      if (after[cell] !== before[cell] && !isOn(before[cell] ?? 0, device, scope)) {
        return changeInWords(step, cell);
      }
    }
    return 1;
  },
});

const frees = define({
  id: 'removal/frees',
  title: 'A removal frees each used frame of the device once, and no other',
  requirements: ['removal.frees'],
  needs: ['attach', 'surprise-removal', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.surpriseRemovals,
  check(step, { scope, frames }) {
    const { namesBefore, attached, device } = step;
    if (!attached || namesBefore === undefined) return 0;
    let held = 0;
    for (let frame = 0; frame < frames; frame++) {
      const isHeld = ownerOf(frame, scope) === device && (namesBefore[frame] ?? 0) > 0;
      if (isHeld) held++;
      const times = step.count('free', frame);
      if (times !== (isHeld ? 1 : 0)) return `page_free was called ${times} times for frame ${frame}`;
    }
    return held;
  },
});

const accessFails = define({
  id: 'removal/access-fails',
  title: 'Every access to a lost page fails without a callback or a change',
  requirements: ['removal.access-fails'],
  needs: ['attach', 'surprise-removal'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (step.code !== POISON || !isPermitted(step) || findsSlotBusy(step)) return 0;
    if (!gotSigbus(step)) return `a ${step.command.op} of poison answered ${resultInWords(step.result)}`;
    return modified(step) ?? 1;
  },
});

const inert = define({
  id: 'removal/inert',
  title: 'An entry is poison exactly if its page was lost or fork or move copied it, until unmap or discard',
  requirements: ['removal.inert', 'removal.poisons'],
  needs: ['attach', 'surprise-removal', 'entries'],
  steps: (reading) => reading.anew,
  check({ after, row }) {
    let lost = 0;
    for (let cell = 0; cell < row.length; cell++) {
      const isLost = row[cell] === POISON;
      const entry = after?.[cell] ?? 0;
      if ((entry === POISON) !== isLost) {
        return `entry ${cell} of the table is a ${entryInWords(entry)} ${isLost ? 'where a page was lost' : 'where none was lost'}`;
      }
      if (isLost) lost++;
    }
    return lost;
  },
});

const comesEmpty = define({
  id: 'removal/comes-empty',
  title: 'A device is empty when it is attached',
  requirements: ['removal.frees', 'removal.inert'],
  needs: ['attach', 'surprise-removal', 'entries'],
  steps: (reading) => reading.attachments,
  check({ command, result, after, device }, { scope }) {
    if (command.op !== 'attach' || result !== 'ok' || after === undefined) return 0;
    const left = after.find((entry) => isOn(entry, device, scope));
    return left === undefined ? 1 : `device ${device} was attached with a page on frame ${frameOf(left)}`;
  },
});

/** Properties of the loss of a device. */
export const removal = [poisons, spares, frees, accessFails, inert, comesEmpty] as const;
