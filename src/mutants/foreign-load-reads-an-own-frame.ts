import { profilesBefore } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { pfnOf } from '../kernel/entry.ts';
import { readPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { deviceLoad, map, onDevice, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const foreignLoadReadsAnOwnFrame: Mutant = {
  id: 'foreign-load-reads-an-own-frame',
  title: 'A device that reads a page of another one reads its own frame of that number.',
  source: 'C-17',
  primary: 'devices.foreign-value',
  earlier: [],
  profiles: profilesBefore('linux-6.1'),
  plant: {
    driver: (base) =>
      class extends base {
        protected override loadForeign(_process: Process, _index: number, entry: number): Result {
          const { data } = this.kernel.page(pfnOf(entry));
          const own = this.frames[data % this.frames.length];
          return own === undefined ? 'EFAULT' : readPage(own);
        }
      },
  },
  directed: [map(0, 0), onDevice(1, toDevice(0, 0)), deviceLoad(0, 0)],
};
