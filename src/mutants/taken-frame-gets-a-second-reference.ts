import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const takenFrameGetsASecondReference: Mutant = {
  id: 'taken-frame-gets-a-second-reference',
  title: 'A frame that is taken has a reference beside the one that it lay idle with.',
  source: 'class (d)',
  primary: 'count.references',
  earlier: ['count.free-once', 'migrate.evict-all', 'unmap.releases'],
  profiles: ['linux-5.18'],
  plant: {
    driver: (base) =>
      class extends base {
        protected override takeFrame(): Page | undefined {
          const page = super.takeFrame();
          if (page !== undefined) this.kernel.getPage(page);
          return page;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0)],
};
