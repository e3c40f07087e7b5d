import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const failedCopyKeepsItsFrame: Mutant = {
  id: 'failed-copy-keeps-its-frame',
  title: 'A frame that was taken for a copy that failed is not given back.',
  source: 'class (d)',
  primary: 'migrate.failure-restores',
  earlier: ['migrate.frees-source'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override fillFrame(frame: Page, source: number, process: Process, index: number): boolean {
          if (super.fillFrame(frame, source, process, index)) return true;
          this.kernel.getPage(frame);
          return false;
        }
      },
  },
  directed: [map(0, 0), inject('no-copy'), toDevice(0, 0)],
};
