import { FILE, type Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pageOfAFileMigrates: Mutant = {
  id: 'page-of-a-file-migrates',
  title: 'The page of a file moves to the device with the private mapping through which it was found.',
  source: 'class (k)',
  primary: 'types.file-stays',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isMovable(page: Page): boolean {
          return page.mapping === FILE || super.isMovable(page);
        }

        protected override mayMove(page: Page): boolean {
          return page.mapping === FILE || super.mayMove(page);
        }
      },
  },
  directed: [map(0, 0, 'write', 'file'), load(0, 0), toDevice(0, 0)],
};
