import { PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryInWords, resultInWords } from '../spec/vocabulary/words.ts';
import { define, defineRunning } from './define.ts';
import { isHost } from './mapping-table.ts';
import { defineRead } from './read-value.ts';
import { stirred } from './stillness.ts';
import { endsAsItMay, findsSlotBusy, isPermitted } from './touch-outcome.ts';

const hostValue = defineRead({
  id: 'types/host-value',
  title: 'Every process that maps a host page reads what was stored there last',
  requirements: ['types.host-value'],
  needs: ['host'],
  concerns: ({ mapping }) => isHost(mapping),
});

const hostPresent = define({
  id: 'types/host-present',
  title: 'The entry of a host mapping is present, always',
  requirements: ['types.host-stays'],
  needs: ['host', 'entries'],
  steps: (reading) => reading.anew,
  check({ after, mappings }) {
    let hosts = 0;
    for (let cell = 0; cell < mappings.length; cell++) {
      if (!isHost(mappings[cell] ?? 0)) continue;
      const entry = after?.[cell] ?? 0;
      if (entry !== PRESENT) return `the entry of a host mapping is a ${entryInWords(entry)}`;
      hosts++;
    }
    return hosts;
  },
});

const hostSkipped = define({
  id: 'types/host-skipped',
  title: 'Every migration skips host memory',
  requirements: ['types.host-stays'],
  needs: ['host'],
  steps: (reading) => reading.migrations,
  check({ result, cell, mappingsBefore, command }) {
    if (typeof result !== 'object') return 0;
    let hosts = 0;
    for (let i = 0; i < result.length; i++) {
      if (!isHost(mappingsBefore[cell + i] ?? 0)) continue;
      if (result[i] === 'moved') return `${command.op} moved page ${command.page + i}, which is host memory`;
      hosts++;
    }
    return hosts;
  },
});

const hostQuiet = define({
  id: 'types/host-quiet',
  title: 'What is done to one host page calls no callback',
  requirements: ['types.host-quiet'],
  needs: ['host', 'callbacks'],
  steps: (reading) => reading.atHost,
  check({ command, events }) {
    // What a range calls may be for another page of it.
    if (command.op === 'migrate-to-device' || command.op === 'migrate-to-system') {
      if (command.count > 1) return 0;
    }
    return events.length === 0 ? 1 : `${command.op} of host memory called the driver`;
  },
});

const hostWorks = define({
  id: 'types/host-works',
  title: 'A touch of host memory works as the mapping permits, whatever state the device is in',
  requirements: ['types.host-value'],
  needs: ['host'],
  steps: (reading) => reading.touches,
  check(step) {
    if (!isHost(step.mapping) || !isPermitted(step) || findsSlotBusy(step)) return 0;
    return endsAsItMay(step) ?? stirred(step) ?? 1;
  },
});

const swapLimit = defineRunning({
  id: 'types/swap-limit',
  title: 'As many swap areas are accepted as the special entries leave room for, and no more',
  requirements: ['types.swap-limit'],
  needs: ['swap-on'],
  steps: (reading) => reading.swapOns,
  begin({ profile }) {
    let on = 0;
    return ({ command, result }) => {
      const right = Math.min(command.areas, profile.swapAreas - on);
      if (result !== right) {
        return `swap-on ${command.areas} with ${on} areas on answered ${resultInWords(result)}, not ${right}`;
      }
      on += right;
      return 1;
    };
  },
});

/** What the types of memory have to do with each other, and with the rest of the kernel. */
export const types = [hostValue, hostPresent, hostSkipped, hostQuiet, hostWorks, swapLimit] as const;
