import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, map, toDevice, toSystem } from '../../spec/vocabulary/shorthand.ts';

/**
 * The page goes nowhere and looks the same; from now on it seems to be held by somebody, and it is never
 * free again.
 */
export const skipKeepsItsReference: Mutant = {
  id: 'skip-keeps-its-reference',
  title: 'A page whose move fails keeps the reference that the migration took to it.',
  source: 'class (d)',
  primary: 'count.references',
  earlier: [
    'account.charge',
    'account.limit-holds',
    'count.free-once',
    'failure.poison-releases',
    'fault.calls-once',
    'migrate.detach',
    'migrate.failure-restores',
    'migrate.frees-source',
    'race.books',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override finishSkipped(old: Page): void {
          this.replaceMigrationEntries(old, old);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), toSystem(0, 0)],
};
