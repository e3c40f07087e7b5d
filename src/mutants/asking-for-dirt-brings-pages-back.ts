import type { Report } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, softDirty, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const askingForDirtBringsPagesBack: Mutant = {
  id: 'asking-for-dirt-brings-pages-back',
  title: 'Asking whether a page is dirty brings it back.',
  source: 'own',
  primary: 'track.quiet',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override softDirty(process: Process, index: number): Report {
          const entry = process.entry(index);
          if (isDevice(entry)) this.deviceFault(process, index, entry);
          return super.softDirty(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), softDirty(0, 0)],
};
