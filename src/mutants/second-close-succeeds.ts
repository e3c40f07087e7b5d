import type { Result } from '../../spec/vocabulary/result.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { close } from '../../spec/vocabulary/shorthand.ts';

export const secondCloseSucceeds: Mutant = {
  id: 'second-close-succeeds',
  title: 'Closing a device that is closed answers ok.',
  source: 'own',
  primary: 'device.closed',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override close(): Result {
          super.close();
          return 'ok';
        }
      },
  },
  directed: [close, close],
};
