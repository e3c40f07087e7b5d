import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pageMap, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pageMapBringsPagesBack: Mutant = {
  id: 'page-map-brings-pages-back',
  title: 'Reading the page map brings pages back from the device.',
  source: 'C-41',
  primary: 'query.quiet',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override pageMap(process: Process, index: number): Result {
          const entry = process.entry(index);
          const answer = super.pageMap(process, index);
          if (isDevice(entry)) this.deviceFault(process, index, entry);
          return answer;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
};
