import { resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { homeBefore } from './devices-apart.ts';
import { defineRead } from './read-value.ts';
import type { AnnotatedTrace } from './annotated-trace.ts';
import { modified } from './stillness.ts';
import type { TraceStep } from './step.ts';
import { endsAsItMay, reachesContent } from './access-outcome.ts';
import { homeOf } from './traits.ts';

const answers = define({
  id: 'device/open-and-close',
  title: 'Close and open return results that match the state of the device, and change nothing else',
  requirements: ['device.closed', 'robust.at-rest'],
  needs: ['close'],
  steps: (reading) => reading.openings,
  check(step) {
    const { command, result, devicesBefore, device } = step;
    const isOpen = devicesBefore.isOpen(device);
    const right = command.op === 'close' ? (isOpen ? 'ok' : 'ENODEV') : isOpen ? 'EBUSY' : 'ok';
    if (result !== right) return `${command.op} answered ${resultInWords(result)}, not ${right}`;
    return modified(step) ?? 1;
  },
});

/** Whether the page that a step names is on a device that no process has open. */
function isOnClosed(step: TraceStep, { scope }: AnnotatedTrace): boolean {
  const home = homeBefore(step, step.cell, scope);
  return home !== undefined && !step.devicesBefore.isOpen(home);
}

const comesBack = define({
  id: 'device/closed-gives-back',
  title: 'An access migrates a page from a closed device as from an open one',
  requirements: ['device.close-keeps'],
  needs: ['close'],
  steps: (reading) => reading.accesses,
  check: (step, reading) =>
    reachesContent(step) && isOnClosed(step, reading) ? (endsAsItMay(step) ?? 1) : 0,
});

const keepsContent = defineRead({
  id: 'device/closed-keeps',
  title: 'A page that migrates from a closed device keeps its content',
  requirements: ['device.close-keeps'],
  needs: ['close'],
  concerns({ traits, devicesBefore }) {
    const home = homeOf(traits);
    return home !== undefined && !devicesBefore.isOpen(home);
  },
});

/** Properties of a device that no process has open. */
export const close = [answers, comesBack, keepsContent] as const;
