import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pageMap, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pageMapTellsDevicePagesPresent: Mutant = {
  id: 'page-map-tells-device-pages-present',
  title: 'The page map tells a page on the device as present.',
  source: 'class (q)',
  primary: 'query.page-map',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override pageMap(process: Process, index: number): Result {
          return isDevice(process.entry(index)) ? 'present' : super.pageMap(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
};
