import { profilesFrom } from '../../spec/profiles/profile.ts';
import { cleaned } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import {
  clearSoftDirty,
  map,
  softDirty,
  store,
  toDevice,
  toSystem,
} from '../../spec/vocabulary/shorthand.ts';

export const returnForgetsSoftDirty: Mutant = {
  id: 'return-forgets-soft-dirty',
  title: 'A page that was stored to is clean after it came back from the device.',
  source: 'C-11',
  primary: 'track.survives',
  earlier: ['track.store'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override trackedEntry(page: Page, made: number, entry: number): number {
          return super.trackedEntry(page, made, page.pagemap === undefined ? cleaned(entry) : entry);
        }
      },
  },
  directed: [map(0, 0), clearSoftDirty(0), store(0, 0, 1), toDevice(0, 0), toSystem(0, 0), softDirty(0, 0)],
};
