import type { Result } from '../../spec/vocabulary/result.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { attach } from '../../spec/vocabulary/shorthand.ts';

export const secondAttachSucceeds: Mutant = {
  id: 'second-attach-succeeds',
  title: 'Attaching a device that is attached answers ok.',
  source: 'own',
  primary: 'device.attach',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override attach(): Result {
          super.attach();
          return 'ok';
        }
      },
  },
  directed: [attach],
};
