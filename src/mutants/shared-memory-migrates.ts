import { FILE, type Page } from '../kernel/page.ts';
import { SHARED_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const sharedMemoryMigrates: Mutant = {
  id: 'shared-memory-migrates',
  title: 'Shared memory moves to the device.',
  source: 'class (k)',
  primary: 'types.shared-stays',
  earlier: ['migrate.vector'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isCollectable(process: Process, index: number): boolean {
          return process.kind(index) === SHARED_VMA || super.isCollectable(process, index);
        }

        protected override isMovable(page: Page): boolean {
          return this.isSharedMemory(page) || super.isMovable(page);
        }

        protected override mayMove(page: Page): boolean {
          return this.isSharedMemory(page) || super.mayMove(page);
        }

        protected isSharedMemory(page: Page): boolean {
          return page.mapping === FILE && this.sharedPage(page.index) === page;
        }
      },
  },
  directed: [map(0, 0, 'write', 'shared'), toDevice(0, 0)],
};
