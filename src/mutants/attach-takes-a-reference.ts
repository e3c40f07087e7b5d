import type { Result } from '../../spec/vocabulary/result.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { attach, detach } from '../../spec/vocabulary/shorthand.ts';

export const attachTakesAReference: Mutant = {
  id: 'attach-takes-a-reference',
  title: 'Attaching the device takes a reference to its first frame and never lets go of it.',
  source: 'class (d)',
  primary: 'count.idle',
  earlier: [
    'count.free-once',
    'count.references',
    'device.store-place',
    'migrate.detach',
    'migrate.evict-all',
    'migrate.frees-source',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override attach(): Result {
          const result = super.attach();
          const [page] = this.frames;
          if (result === 'ok' && page !== undefined) this.kernel.getPage(page);
          return result;
        }
      },
  },
  directed: [detach, attach],
};
