import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, populate, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const populatePassesOverTheDevice: Mutant = {
  id: 'populate-passes-over-the-device',
  title: 'Populating takes a device entry for a page that is there.',
  source: 'class (q)',
  primary: 'populate.brings-back',
  earlier: ['failure.oom', 'populate.failure', 'watch.survives'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override populate(process: Process, index: number): Result {
          const isThere = isDevice(process.entry(index)) && this.permits(process, index, false);
          return isThere ? 'ok' : super.populate(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), populate(0, 0)],
};
