import type { Advice } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { advise, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const coldAdviceCrashesOnDeviceEntries: Mutant = {
  id: 'cold-advice-crashes-on-device-entries',
  title: 'Advice that a page is cold makes a page number of the bits of a device entry.',
  source: 'C-43',
  primary: 'robust.survives',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override advise(process: Process, index: number, advice: Advice): Result {
          const entry = process.entry(index);
          if (advice === 'cold' && isDevice(entry)) this.page(entry);
          return super.advise(process, index, advice);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), advise(0, 0, 'cold')],
};
