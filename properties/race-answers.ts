import { HOLE, isDeviceEntry, POISON, PRESENT, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import { isVector } from '../spec/vocabulary/result.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { OOM, SIGBUS } from './injected.ts';
import {
  isLocked,
  isMapped,
  isPrivate,
  isWatchedForStores,
  isWatchedIfMissing,
  mayRead,
  mayWrite,
} from './mapping-table.ts';
import type { RaceStep, Side } from './race-step.ts';

/** Each of two commands at once answers for what was there, or for what the other one made of it. */
export const raceAnswers = define({
  id: 'race/answers',
  title: 'Each of two at once answers what it could before the other or after it',
  requirements: ['race.one-order'],
  needs: ['race'],
  steps: (reading) => reading.races,
  check(step) {
    let asked = 0;
    for (const [side, other] of step.pairs) {
      if (side.answer === undefined) return 'a race was answered with something else';
      const wrong = wrongIn(step, side, other);
      if (wrong !== undefined) {
        return `the ${side.command.op} answered ${resultInWords(side.answer)}: ${wrong}`;
      }
      asked++;
    }
    return asked;
  },
});

function wrongIn(step: RaceStep, side: Side, other: Side): string | undefined {
  const { answer, command, mapping } = side;
  switch (command.op) {
    case 'load':
    case 'store':
      return wrongTouch(step, side, other);
    case 'discard':
      return (answer === 'EINVAL') === isLocked(mapping)
        ? undefined
        : 'a lock keeps a page, and nothing else does';
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
      return wrongMove(step, side, other);
    case 'fork':
    case 'unmap':
      return answer === 'ok' ? undefined : 'it cannot fail';
  }
}

export const permits = ({ command, mapping }: Side): boolean =>
  isMapped(mapping) && (command.op === 'store' ? mayWrite(mapping) : mayRead(mapping));

function wrongTouch(step: RaceStep, side: Side, other: Side): string | undefined {
  const { answer, cell, code, mapping } = side;
  const isSame = other.cell === cell;
  if (answer === 'SIGSEGV') {
    const isGone = isSame && other.command.op === 'unmap';
    return permits(side) && !isGone ? 'the mapping permits it' : undefined;
  }
  if (!permits(side)) return 'the mapping does not permit it';
  const isEmptied = isSame && (other.command.op === 'discard' || other.command.op === 'unmap');
  if (code === POISON && !isEmptied && answer !== 'SIGBUS') return 'the page is poison';
  if (answer === 'SIGBUS')
    return code === POISON || (step.active & SIGBUS) !== 0 ? undefined : 'nothing was to fail';
  if (answer === 'oom') return step.isLimited || (step.active & OOM) !== 0 ? undefined : 'there is memory';
  if (answer !== 'trapped') return undefined;
  return isWatchedIfMissing(mapping) || isWatchedForStores(mapping) ? undefined : 'nobody watches the page';
}

/** A page moves where it can; where it was, it may have got by the other command. */
function wrongMove(step: RaceStep, { answer, cell, command }: Side, other: Side): string | undefined {
  if (!isVector(answer)) return 'it has pages to answer for';
  const toDevice = command.op === 'migrate-to-device';
  const beside = other.command.op;
  for (const [i, outcome] of answer.entries()) {
    if (outcome === 'skipped') continue;
    const at = cell + i;
    if (!isPrivate(step.mappingsBefore[at] ?? 0)) return 'only private memory moves';
    if (toDevice && !step.devicesBefore.isUsable(command.device ?? 0)) return 'the device is not there';
    const code = step.rowBefore[at] ?? UNMAPPED;
    const entry = step.before?.[at];
    if (code === POISON && beside !== 'discard') return 'poison does not move';
    if (toDevice) {
      const mayLeave = beside !== 'fork' && beside !== 'unmap';
      if (entry !== undefined && isDeviceEntry(entry) && !mayLeave) return 'it was on a device';
    } else if (beside !== 'migrate-to-device' && (code === HOLE || entry === PRESENT || entry === HOLE)) {
      return 'it was not on a device';
    }
  }
  return undefined;
}
