import { resultInWords } from '../spec/vocabulary/words.ts';
import { commonMemory } from './common-memory.ts';
import { define, defineRunning } from './define.ts';
import { isHost, isShared } from './mapping-table.ts';
import { modified } from './stillness.ts';

const host = commonMemory({
  kind: 'host',
  isOfKind: isHost,
  value: 'types.host-value',
  stays: 'types.host-stays',
  quiet: 'types.host-no-callbacks',
});

const shared = commonMemory({
  kind: 'shared',
  isOfKind: isShared,
  value: 'types.shared-value',
  stays: 'types.shared-stays',
  quiet: 'types.shared-stays',
});

const swapLimit = defineRunning({
  id: 'types/swap-limit',
  title: 'swap-on enables exactly as many swap areas as the special entries leave swap types',
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

const hotAdd = define({
  id: 'types/hot-add',
  title: 'Memory cannot be added in the range of an attached device; after a detach it can, once',
  requirements: ['types.add-memory'],
  needs: ['hot-add'],
  steps: (reading) => reading.hotAdds,
  check(step) {
    const { attached, devicesBefore, device, result } = step;
    const right = attached || devicesBefore.isReplaced(device) ? 'EEXIST' : 'ok';
    return result === right
      ? (modified(step) ?? 1)
      : `hot-add answered ${resultInWords(result)}, not ${right}`;
  },
});

/** Properties of other memory types, and of their relation to the rest of the kernel. */
export const types = [...host, ...shared, swapLimit, hotAdd] as const;
