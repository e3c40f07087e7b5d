import type { Advice } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { advise, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const placementAdviceBringsPagesBack: Mutant = {
  id: 'placement-advice-brings-pages-back',
  title: 'Advice on where a page should be brings it back from the device.',
  source: 'C-44',
  primary: 'advise.spares-device',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override advise(process: Process, index: number, advice: Advice): Result {
          const entry = process.entry(index);
          if (advice === 'move-node' && isDevice(entry)) this.deviceFault(process, index, entry);
          return super.advise(process, index, advice);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), advise(0, 0, 'move-node')],
};
