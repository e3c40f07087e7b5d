import type { Page } from '../kernel/page.ts';
import { HOST_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { mapHost, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const hostMemoryMigrates: Mutant = {
  id: 'host-memory-migrates',
  title: 'Host memory moves to the device.',
  source: 'class (k)',
  primary: 'types.host-stays',
  earlier: ['account.rss'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isCollectable(process: Process, index: number): boolean {
          return process.kind(index) === HOST_VMA || super.isCollectable(process, index);
        }

        protected override isMovable(page: Page): boolean {
          return page.pagemap !== undefined || super.isMovable(page);
        }

        protected override mayMove(page: Page): boolean {
          return page.pagemap !== undefined || super.mayMove(page);
        }
      },
  },
  directed: [mapHost(0, 0), toDevice(0, 0)],
};
