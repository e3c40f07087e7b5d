import { fileValue } from '../spec/vocabulary/scope.ts';
import { isContent, isObject } from './contents.ts';
import { define } from './define.ts';
import { isCommon, isFile } from './mapping-table.ts';
import { reads } from './race-sides.ts';
import type { Side } from './race-step.ts';

/** A load returns the value before or after the concurrent command, or a value from the midst of it. */
export const raceValue = define({
  id: 'race/value',
  title:
    'A load in a race returns the value before or after the other command, or a torn value during that load only',
  requirements: ['race.value'],
  needs: ['race'],
  steps: (reading) => reading.races,
  check({ pairs }, { scope }) {
    let seen = 0;
    for (const [side, other] of pairs) {
      const { answer, command, value } = side;
      if (!reads(side) || !('page' in command)) continue;
      const change = changeBy(other, side, scope.pages);
      if (answer === 'stale' || (answer === 'torn' && change === undefined)) {
        return `the load of page ${command.page} of process ${command.process} saw ${answer} memory`;
      }
      if (typeof answer !== 'number' || !isContentOrUnpopulated(side)) continue;
      if (answer !== value && answer !== change) {
        const right = change === undefined ? `${value}` : `${value} or ${change}`;
        return `the load of page ${command.page} of process ${command.process} saw ${answer}, not ${right}`;
      }
      seen++;
    }
    return seen;
  },
});

const isContentOrUnpopulated = ({ value }: Side): boolean => value >= 0;

/** The change that the other side makes to the memory that the load reads; undefined for none. */
function changeBy(
  { answer, command, cell, code, mapping }: Side,
  seen: Side,
  pages: number,
): number | undefined {
  if (command.op === 'device-exchange') {
    return typeof answer === 'number' && cell === seen.cell ? command.value : undefined;
  }
  if (answer !== 'ok') return undefined;
  const isSame = cell === seen.cell;
  if (command.op === 'store' || command.op === 'kernel-store' || command.op === 'device-store') {
    const isCommons = isContent(code) && !isObject(code) && isCommon(mapping) && code === seen.code;
    return isSame || isCommons ? command.value : undefined;
  }
  const empties = command.op === 'discard' || (command.op === 'move' && command.keep);
  if (!empties || !isSame || isCommon(mapping)) return undefined;
  return isFile(mapping) ? fileValue(cell % pages) : 0;
}
