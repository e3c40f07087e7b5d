import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { deviceLoad, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const deviceLoadBringsThePageBack: Mutant = {
  id: 'device-load-brings-the-page-back',
  title: 'A device load brings the page to system memory before it reads it.',
  source: 'own',
  primary: 'device.load-quiet',
  earlier: [
    'devices.foreign-value',
    'failure.oom',
    'failure.sigbus',
    'migrate.failure-restores',
    'pin.failure',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override deviceLoad(process: Process, index: number): Result {
          const refused = this.refusal(process, index, false) !== undefined;
          if (!refused && isDevice(process.entry(index))) this.bringOneBack(process, index);
          return super.deviceLoad(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), deviceLoad(0, 0)],
};
